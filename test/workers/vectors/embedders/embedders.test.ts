/** Every embedder by the shared suite, and the wires against a host that is unkind. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cancelled } from '../../../../src/base/async.ts'
import type { EmbeddingOptions } from '../../../../src/contract/vector-service.ts'
import { createBuiltinEmbedder } from '../../../../workers/vectors/embed.ts'
import { batchesOf, embedBatch } from '../../../../workers/vectors/embedders/batches.ts'
import { createEmbedderFor, embedderKey } from '../../../../workers/vectors/embedders/create.ts'
import { cutToTokens, type Embedder } from '../../../../workers/vectors/embedders/embedder.ts'
import { findModel, listPrice } from '../../../../workers/vectors/embedders/models.ts'
import type { Patience } from '../../../../workers/vectors/embedders/request.ts'
import { createStemmer } from '../../../../workers/vectors/words.ts'
import { certificate, certificateKey } from '../../../providers/certificate.ts'
import { type Fault, startEmbeddingServer, vectorOf } from '../../../support/embedding-server.ts'
import { embedderSuite } from './embedders.suite.ts'

const server = await startEmbeddingServer()
const directory = mkdtempSync(join(tmpdir(), 'codi-embedders-'))
const never = new AbortController().signal

afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

beforeEach(() => {
  server.requests.length = 0
  server.faults = []
  server.models = new Set(['test-embed', 'nomic-embed-text', 'text-embedding-3-small'])
  server.dimensions = 32
  server.key = undefined
  server.maxChars = undefined
  server.poison = undefined
  server.gate = undefined
})

const quick: Patience = {
  maxAttempts: 3,
  firstPauseMs: 1,
  maxPauseMs: 2,
  maxRetryAfterMs: 50,
  answerMs: 2_000,
}

const wires = ['ollama', 'openai'] as const

function open(
  provider: (typeof wires)[number],
  more: Partial<EmbeddingOptions> = {},
  patience: Partial<Patience> = {},
): Embedder {
  const model = more.model ?? 'test-embed'
  const options: EmbeddingOptions = {
    provider,
    name: `${provider}/${model}`,
    model,
    baseUrl: provider === 'ollama' ? server.url : `${server.url}/v1`,
    ...more,
  }
  const both = { ...quick, ...patience }
  return createEmbedderFor(options, { query: both, document: both })
}

embedderSuite('the built-in embedder', () => {
  const stemmer = createStemmer()
  const builtin = createBuiltinEmbedder()
  const words = (text: string): [string, number][] => {
    const stems = stemmer.stems(text)
    return (stems.length > 0 ? stems : ['']).map((stem) => [stem, 1])
  }
  return {
    name: 'builtin',
    dimensions: builtin.dimensions,
    limits: { texts: 1_000, tokens: 1e6, tokensPerText: 1e6 },
    async embed(texts, kind, signal) {
      if (signal.aborted) throw cancelled()
      return texts.map((text) =>
        kind === 'query' ? builtin.query(words(text)) : builtin.code(words(text)),
      )
    },
  }
})
for (const wire of wires) embedderSuite(`the ${wire} wire`, () => open(wire))

describe('what is sent', () => {
  test('Ollama gets the texts at /api/embed, OpenAI at /v1/embeddings with the key', async () => {
    server.key = 'sk-right'
    await open('ollama', { apiKey: 'sk-right' }).embed(['a b'], 'document', never)
    await open('openai', { apiKey: 'sk-right', dimensions: 8 }).embed(['c'], 'document', never)
    const [first, second] = server.requests
    expect(first).toMatchObject({
      path: '/api/embed',
      body: { model: 'test-embed', input: ['a b'], truncate: true },
    })
    expect(second).toMatchObject({
      path: '/v1/embeddings',
      headers: { authorization: 'Bearer sk-right' },
      body: { model: 'test-embed', input: ['c'], dimensions: 8, encoding_format: 'base64' },
    })
  })

  test('other hosts of that wire are asked for plain numbers, and nothing for nothing', async () => {
    const embedder = open('openai', { name: 'vllm/test-embed' })
    await embedder.embed([], 'document', never)
    await embedder.embed(['a'], 'document', never)
    expect(server.requests.map((request) => request.body)).toEqual([
      { model: 'test-embed', input: ['a'], encoding_format: 'float' },
    ])
  })

  test('a host with its own header for the key gets it there', async () => {
    await open('openai', { apiKey: 'azure-key', keyHeader: 'api-key' }).embed(['a'], 'query', never)
    expect(server.requests[0]?.headers).toMatchObject({ 'api-key': 'azure-key' })
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
  })

  test('OpenAI’s own models are asked for 512 dimensions in base64', async () => {
    const embedder = open('openai', { model: 'text-embedding-3-small' })
    const [vector] = await embedder.embed(['open a session'], 'query', never)
    expect(server.requests[0]?.body).toMatchObject({ dimensions: 512, encoding_format: 'base64' })
    const expected = vectorOf('open a session', 512, [])
    const length = Math.hypot(...expected)
    expect(vector?.[3]).toBeCloseTo((expected[3] ?? 0) / length, 5)
  })

  test('models that want prefixes get them: one for questions, one for documents', async () => {
    const embedder = open('ollama', { model: 'nomic-embed-text' })
    await embedder.embed(['where is it'], 'query', never)
    await embedder.embed(['here it is'], 'document', never)
    expect(server.requests.map((request) => request.texts)).toEqual([
      ['search_query: where is it'],
      ['search_document: here it is'],
    ])
  })

  test('a text longer than the model’s window is cut, not in half a character', async () => {
    const embedder = open('ollama')
    const { tokensPerText } = embedder.limits
    await embedder.embed(['😀'.repeat(tokensPerText * 3)], 'document', never)
    const sent = server.requests[0]?.texts[0] ?? ''
    expect(sent.length).toBeLessThanOrEqual(tokensPerText * 3)
    expect(sent).not.toContain('\ufffd')
    expect(cutToTokens('ab😀', 1)).toBe('ab')
  })

  test('a vector that is too long is cut where its beginning is a vector too', async () => {
    server.models.add('qwen3-embedding:0.6b')
    server.dimensions = 64
    const embedder = open('ollama', { model: 'qwen3-embedding:0.6b', dimensions: 16 })
    const [vector] = await embedder.embed(['cut me'], 'document', never)
    expect(server.requests[0]?.body.dimensions).toBeUndefined()
    expect(vector).toHaveLength(16)
    expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 5)
  })
})

describe('an unkind host', () => {
  const passing: Record<string, Fault> = {
    'a rate limit': { status: 429, body: { error: { message: 'slow down' } } },
    'a rate limit with a short pause': { status: 429, headers: { 'retry-after-ms': '5' } },
    'an overloaded host': { status: 503, text: 'busy' },
    'a failing host': { status: 500, body: { error: 'llama runner has stopped' } },
    'a bad gateway with a page': { status: 502, text: '<html><title>nginx</title>no</html>' },
    'a reset connection': 'reset',
    'an answer that breaks off': 'truncate',
  }
  for (const wire of wires)
    for (const [what, fault] of Object.entries(passing))
      test(`${wire}: ${what} is tried again`, async () => {
        server.faults = [fault, fault]
        const vectors = await open(wire).embed(['one', 'two'], 'document', never)
        expect(vectors).toHaveLength(2)
        expect(server.requests).toHaveLength(3)
      })

  test('it is not tried for ever, and the failure says how often', async () => {
    server.faults = Array<Fault>(9).fill({ status: 503, body: { error: 'loading model' } })
    await expect(open('openai').embed(['x'], 'document', never)).rejects.toMatchObject({
      kind: 'provider',
      message: expect.stringMatching(
        /openai\/test-embed failed \(503: loading model\).*tried 3 times/,
      ),
    })
    expect(server.requests).toHaveLength(3)
  })

  test('a host that wants a long pause is not waited for', async () => {
    server.faults = [{ status: 429, headers: { 'retry-after': '3600' } }]
    await expect(open('openai').embed(['x'], 'document', never)).rejects.toMatchObject({
      message: expect.stringContaining('limits the rate'),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('a silent host is given up after its time', async () => {
    server.faults = ['silent']
    const embedder = open('ollama', {}, { maxAttempts: 1, answerMs: 50 })
    await expect(embedder.embed(['x'], 'query', never)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('did not answer within'),
    })
  })

  const permanent: [string, Fault, RegExp][] = [
    ['a web page', 'html', /answered with a web page.*embeddingBaseUrl/],
    ['one vector too few', 'count', /1 vectors for 2 texts/],
    ['an answer without vectors', 'empty', /without embeddings/],
    ['texts for vectors', 'words', /no vector/],
    ['a redirect', { status: 302, headers: { location: 'http://elsewhere/' } }, /answered 302/],
    ['no credit', { status: 402, body: { error: { message: 'pay' } } }, /credit.*top it up/],
    [
      'dimensions it does not take',
      { status: 400, body: { error: { message: 'dimensions is not supported' } } },
      /does not take these dimensions.*embeddingDimensions/,
    ],
  ]
  for (const wire of wires)
    for (const [what, fault, said] of permanent)
      test(`${wire}: ${what} is a failure with its reason, at once`, async () => {
        server.faults = [fault]
        await expect(open(wire).embed(['one', 'two'], 'document', never)).rejects.toMatchObject({
          message: expect.stringMatching(said),
        })
        expect(server.requests).toHaveLength(1)
      })

  test('vectors of a length that was not asked for are refused', async () => {
    server.faults = ['dimensions']
    await expect(
      open('openai', { dimensions: 16 }).embed(['x'], 'document', never),
    ).rejects.toMatchObject({ message: expect.stringContaining('17 numbers instead of 16') })
  })

  test('vectors in another order are put right by their numbers, wrong numbers refused', async () => {
    const texts = ['alpha', 'beta', 'gamma']
    const straight = await open('openai').embed(texts, 'document', never)
    server.faults = ['shuffled', 'misnumbered']
    expect(await open('openai').embed(texts, 'document', never)).toEqual(straight)
    await expect(open('openai').embed(texts, 'document', never)).rejects.toMatchObject({
      message: expect.stringContaining('numbered its vectors wrongly'),
    })
  })

  test('a refused key is said with where to set it, and the key is not', async () => {
    server.key = 'sk-right'
    const embedder = open('openai', { apiKey: 'sk-wrong-0123', keyName: 'OPENAI_API_KEY' })
    const failure = await embedder.embed(['x'], 'document', never).catch((thrown) => thrown)
    expect(failure.kind).toBe('credentials')
    expect(failure.message).toMatch(/refused the key.*set OPENAI_API_KEY to a valid one/)
    expect(failure.message).not.toContain('sk-wrong-0123')
  })

  test('a missing key, a missing model, nobody at the address: each with what to do', async () => {
    server.key = 'sk-right'
    await expect(
      open('openai', { keyName: 'OPENAI_API_KEY' }).embed(['x'], 'document', never),
    ).rejects.toMatchObject({ message: expect.stringContaining('wants a key') })
    server.key = undefined
    await expect(
      open('ollama', { model: 'bge-m3' }).embed(['x'], 'document', never),
    ).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining('run `ollama pull bge-m3`'),
    })
    await expect(
      open('openai', { model: 'gone' }).embed(['x'], 'document', never),
    ).rejects.toMatchObject({ kind: 'not_found' })
    await expect(
      open('ollama', { baseUrl: 'http://127.0.0.1:1' }).embed(['x'], 'document', never),
    ).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('start it with `ollama serve`'),
    })
  })

  test('cancelling ends a pause and a request at once', async () => {
    const controller = new AbortController()
    server.faults = ['silent']
    const pending = open('ollama').embed(['x'], 'document', controller.signal)
    await server.received(1)
    controller.abort()
    await expect(pending).rejects.toMatchObject({ kind: 'cancelled' })
    expect(server.requests).toHaveLength(1)
  })
})

describe('the way there', () => {
  test('a proxy is asked for a host that is not this machine', async () => {
    const embedder = open('openai', {
      baseUrl: 'http://embeddings.example/v1',
      proxy: server.url,
    })
    // The loopback host sees the whole URL, as a proxy does, and knows no such path.
    await expect(embedder.embed(['x'], 'document', never)).rejects.toMatchObject({
      message: expect.stringContaining('answered 404'),
    })
  })

  test('an own authority is trusted only when caFile names it', async () => {
    using host = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: { cert: certificate, key: certificateKey },
      fetch: () => Response.json({ embeddings: [[1, 0]] }),
    })
    const caFile = join(directory, 'ca.pem')
    writeFileSync(caFile, certificate)
    const baseUrl = `https://localhost:${host.port}`
    await expect(open('ollama', { baseUrl }).embed(['x'], 'document', never)).rejects.toMatchObject(
      { message: expect.stringContaining('caFile') },
    )
    expect(await open('ollama', { baseUrl, caFile }).embed(['x'], 'document', never)).toHaveLength(
      1,
    )
    await expect(
      open('ollama', { baseUrl, caFile: join(directory, 'none.pem') }).embed(['x'], 'query', never),
    ).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('many texts', () => {
  test('go in batches by count and by tokens', () => {
    const embedder: Embedder = {
      ...open('ollama'),
      limits: { texts: 3, tokens: 100, tokensPerText: 60 },
    }
    const short = ['a', 'b', 'c', 'd']
    expect(batchesOf(short, embedder)).toEqual([[0, 1, 2], [3]])
    const long = 'x'.repeat(3 * 50)
    expect(batchesOf([long, long, 'a', long], embedder)).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(batchesOf([], embedder)).toEqual([])
  })

  test('one text that is too long is found, cut shorter and embedded; the others are whole', async () => {
    server.maxChars = 200
    const texts = ['short one', 'word '.repeat(60), 'short two']
    const vectors = await embedBatch(open('ollama'), texts, { kind: 'document', signal: never })
    expect(vectors.every((vector) => vector !== undefined)).toBe(true)
    const taken = server.requests.flatMap((request) => request.texts)
    expect(taken).toContain('short two')
  })

  test('a text that makes the model fail is left out, the others are not', async () => {
    server.poison = 'poison'
    const vectors = await embedBatch(open('ollama'), ['fine', 'poison', 'good', 'well'], {
      kind: 'document',
      signal: never,
    })
    expect(vectors.map((vector) => vector !== undefined)).toEqual([true, false, true, true])
  })

  test('NaN in a vector is a text that the model does not take', async () => {
    server.faults = ['nan']
    const vectors = await embedBatch(open('openai'), ['one', 'two'], {
      kind: 'document',
      signal: never,
    })
    expect(vectors.every((vector) => vector?.every(Number.isFinite))).toBe(true)
  })
})

describe('what is known of models', () => {
  test('a tag or an owner around the name changes nothing', () => {
    expect(findModel('nomic-embed-text:latest')?.query).toBe('search_query: ')
    expect(findModel('BAAI/bge-small-en-v1.5')?.dimensions).toBe(384)
    expect(findModel('Qwen/Qwen3-Embedding-8B')?.query).toStartWith('Instruct: ')
    expect(findModel('somebody/new-model')).toBeUndefined()
  })

  test('a price belongs to a host and a model', () => {
    expect(listPrice('openai/text-embedding-3-small')).toBe(0.02)
    expect(listPrice('elsewhere/text-embedding-3-small')).toBeUndefined()
  })

  test('vectors are of one space only when model, dimensions and host agree', () => {
    const base = {
      provider: 'openai',
      name: 'openai/m',
      model: 'm',
      baseUrl: 'https://a/v1',
    } as const
    expect(embedderKey({ ...base, apiKey: 'k' })).toBe(embedderKey(base))
    expect(embedderKey({ ...base, dimensions: 8 })).not.toBe(embedderKey(base))
    expect(embedderKey({ ...base, baseUrl: 'https://b/v1' })).not.toBe(embedderKey(base))
  })
})
