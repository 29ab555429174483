/** The refusals of real hosts, as they word them, and what codi makes of them. */
import { describe, expect, test } from 'bun:test'
import type { JsonValue } from '../../src/base/json.ts'
import type { FailureKind } from '../../src/contract/provider.ts'
import { toFailure } from '../../src/providers/failure.ts'
import type { FailureContext } from '../../src/providers/failure-context.ts'
import { hostFailure } from '../../src/providers/host-failure.ts'
import type { OverflowFigures } from '../../src/providers/overflow-figures.ts'

const context: FailureContext = {
  hostName: 'Example',
  providerId: 'example',
  baseUrl: 'https://api.example.com/v1',
  keyName: 'EXAMPLE_API_KEY',
  apiKey: 'sk-secret-0123456789',
  model: 'some-model',
}

const said: [FailureKind, number, JsonValue][] = [
  // Context overflow: Anthropic, OpenAI, Groq, Google, Mistral, xAI, vLLM, llama.cpp, LM Studio, OpenRouter, TGI.
  [
    'context_overflow',
    400,
    {
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 215000 tokens > 200000 maximum',
      },
    },
  ],
  [
    'context_overflow',
    400,
    {
      error: {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      },
    },
  ],
  [
    'context_overflow',
    400,
    {
      error: {
        code: 'context_length_exceeded',
        message: "This model's maximum context length is 128000 tokens.",
      },
    },
  ],
  [
    'context_overflow',
    400,
    { error: { message: 'Your input exceeds the context window of this model.' } },
  ],
  [
    'context_overflow',
    400,
    {
      error: {
        message: 'Please reduce the length of the messages or completion.',
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'context_overflow',
    400,
    [
      {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message:
            'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        },
      },
    ],
  ],
  [
    'context_overflow',
    400,
    {
      object: 'error',
      message:
        'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_error',
    },
  ],
  [
    'context_overflow',
    400,
    {
      error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    },
  ],
  [
    'context_overflow',
    500,
    {
      error: {
        message: 'the request exceeds the available context size. try increasing the context size',
      },
    },
  ],
  [
    'context_overflow',
    400,
    {
      error: {
        code: 400,
        type: 'exceed_context_size_error',
        message: 'request (9000 tokens) exceeds',
      },
    },
  ],
  [
    'context_overflow',
    422,
    { error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192' },
  ],
  [
    'context_overflow',
    413,
    { error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
  ],
  [
    'context_overflow',
    413,
    {
      error: {
        code: 'rate_limit_exceeded',
        message:
          'Request too large for model on tokens per minute (TPM): Limit 8000, Requested 12000',
      },
    },
  ],
  // Waiting helps.
  [
    'rate_limit',
    429,
    {
      error: {
        type: 'rate_limit_error',
        message: 'Number of request tokens has exceeded your per-minute rate limit',
      },
    },
  ],
  [
    'rate_limit',
    429,
    {
      error: { code: 'rate_limit_exceeded', message: 'Rate limit reached on tokens per min (TPM)' },
    },
  ],
  [
    'rate_limit',
    429,
    [
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota, please check your plan and billing details.',
          details: [{ '@type': 'RetryInfo', retryDelay: '31s' }],
        },
      },
    ],
  ],
  [
    'overloaded',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  ],
  [
    'overloaded',
    503,
    {
      error: {
        code: 503,
        message: 'The model is overloaded. Please try again later.',
        status: 'UNAVAILABLE',
      },
    },
  ],
  [
    'server',
    500,
    { type: 'error', error: { type: 'api_error', message: 'Internal server error' } },
  ],
  [
    'server',
    502,
    '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>',
  ],
  ['server', 524, 'error code: 524'],
  // Waiting does not help.
  [
    'quota',
    429,
    {
      error: {
        code: 'insufficient_quota',
        type: 'insufficient_quota',
        message: 'You exceeded your current quota, please check your plan and billing details.',
      },
    },
  ],
  [
    'quota',
    400,
    {
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
    },
  ],
  ['quota', 402, { error: { message: 'Insufficient Balance', type: 'unknown_error' } }],
  [
    'quota',
    402,
    { error: { message: 'This request requires more credits, or fewer max_tokens.', code: 402 } },
  ],
  ['credentials', 401, { error: { type: 'authentication_error', message: 'invalid x-api-key' } }],
  [
    'credentials',
    401,
    { error: { code: 'invalid_api_key', message: 'Incorrect API key provided: sk-abc*****xyz.' } },
  ],
  ['credentials', 403, { error: { message: 'Forbidden' } }],
  [
    'credentials',
    400,
    [
      {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
  ],
  ['credentials', 401, { detail: 'Not authenticated' }],
  [
    'model_not_found',
    404,
    { type: 'error', error: { type: 'not_found_error', message: 'model: claude-nope' } },
  ],
  [
    'model_not_found',
    404,
    {
      error: {
        code: 'model_not_found',
        message: 'The model `gpt-99` does not exist or you do not have access to it.',
      },
    },
  ],
  ['model_not_found', 400, { error: { message: 'nope/nope is not a valid model ID', code: 400 } }],
  ['model_not_found', 404, { error: "model 'llama9.9' not found" }],
  [
    'model_not_found',
    404,
    {
      error: {
        code: 'DeploymentNotFound',
        message: 'The API deployment for this resource does not exist.',
      },
    },
  ],
  ['model_not_found', 403, { error: { message: 'Project does not have access to model gpt-6' } }],
  ['protocol', 404, '404 page not found'],
  ['protocol', 405, { detail: 'Method Not Allowed' }],
  ['protocol', 301, ''],
  [
    'bad_request',
    400,
    {
      error: { message: "Unsupported parameter: 'temperature' is not supported with this model." },
    },
  ],
  ['bad_request', 422, { detail: [{ loc: ['body', 'tools'], msg: 'field required' }] }],
]

describe('what hosts say', () => {
  for (const [kind, status, body] of said) {
    test(`${status} ${JSON.stringify(body).slice(0, 90)} is ${kind}`, () => {
      const failure = hostFailure({ status, body }, context)
      expect(failure.kind).toBe(kind)
      expect(failure.message).not.toContain('\n')
      expect(failure.message.length).toBeLessThan(500)
    })
  }

  test('a key is never repeated, not even one that is half hidden', () => {
    for (const text of [
      `Incorrect API key provided: ${context.apiKey}`,
      'Incorrect API key provided: sk-proj-abcdefgh********wxyz',
      'bad key gsk_0123456789abcdefghij',
    ]) {
      const { message } = hostFailure({ status: 401, body: { error: { message: text } } }, context)
      expect(message).not.toMatch(/sk-|gsk_0/)
      expect(message).toContain('EXAMPLE_API_KEY')
    }
  })

  test('Retry-After is read in seconds, in milliseconds, as a date and from the body', () => {
    const after = (headers: Record<string, string>, body: JsonValue = {}) =>
      hostFailure({ status: 429, body, headers: new Headers(headers) }, context).retryAfterMs
    expect(after({ 'retry-after': '7' })).toBe(7000)
    expect(after({ 'retry-after-ms': '250' })).toBe(250)
    expect(after({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() })).toBeGreaterThan(
      50_000,
    )
    expect(after({}, [{ error: { details: [{ retryDelay: '31s' }] } }])).toBe(31_000)
    expect(after({ 'retry-after': 'soon' })).toBeUndefined()
  })
})

describe('what the network does', () => {
  const withCode = (code: string, message = code) => Object.assign(new Error(message), { code })
  const wrapped = (cause: Error) => new Error('Connection error.', { cause })

  test('a refused connection names the address and what to do', () => {
    const failure = toFailure(
      wrapped(withCode('ECONNREFUSED')),
      { ...context, startHint: 'start it' },
      false,
    )
    expect(failure.kind).toBe('unreachable')
    expect(failure.message).toContain('https://api.example.com')
    expect(failure.message).toContain('start it')
  })

  test('a certificate that is not trusted is not tried again', () => {
    const failure = toFailure(wrapped(withCode('DEPTH_ZERO_SELF_SIGNED_CERT')), context, false)
    expect(failure).toMatchObject({ kind: 'unreachable', permanent: true })
    expect(failure.message).toContain('caFile')
  })

  test('a connection that breaks within an answer is a truncated answer', () => {
    expect(toFailure(wrapped(withCode('ECONNRESET')), context, true).kind).toBe('truncated')
    expect(toFailure(wrapped(withCode('ECONNRESET')), context, false).kind).toBe('unreachable')
  })

  test('anything else is told as it is', () => {
    expect(toFailure(new Error('boom'), context, false)).toMatchObject({ kind: 'protocol' })
    expect(toFailure('just text', context, false).message).toContain('just text')
  })
})

describe('the figures of an overflow', () => {
  const figures: [string, OverflowFigures][] = [
    [
      'prompt is too long: 215000 tokens > 200000 maximum',
      { windowTokens: 200_000, requestTokens: 215_000 },
    ],
    [
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      { windowTokens: 200_000 },
    ],
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130,512 tokens.",
      { windowTokens: 128_000, requestTokens: 130_512 },
    ],
    [
      "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens (30000 of text input).",
      { windowTokens: 32_768, requestTokens: 40_000 },
    ],
    ["This model's maximum context length is 8192 tokens.", { windowTokens: 8192 }],
    [
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      { windowTokens: 1_048_576, requestTokens: 1_200_000 },
    ],
    [
      'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
      { windowTokens: 32_768, requestTokens: 40_000 },
    ],
    [
      "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
      { windowTokens: 131_072, requestTokens: 140_000 },
    ],
    [
      'the request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it',
      { windowTokens: 8192, requestTokens: 9000 },
    ],
    [
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 8000 `inputs` tokens',
      { windowTokens: 8192 },
    ],
    ['Your input exceeds the context window of this model.', {}],
    ['Request too large on tokens per minute (TPM): Limit 8000, Requested 12000', {}],
  ]

  test.each(figures)('%s', (message, expected) => {
    const body = { error: { code: 'context_length_exceeded', message } }
    const { kind, windowTokens, requestTokens } = hostFailure({ status: 400, body }, context)
    expect(kind === 'context_overflow' || expected.windowTokens === undefined).toBe(true)
    expect({
      ...(windowTokens === undefined ? {} : { windowTokens }),
      ...(requestTokens === undefined ? {} : { requestTokens }),
    }).toEqual(expected)
  })
})
