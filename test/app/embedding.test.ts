/** The `embedding` setting as what the vectors worker is started with. */
import { describe, expect, test } from 'bun:test'
import { embeddingOptions, embeddingOrBuiltin } from '../../src/app/embedding.ts'
import { defaultSettings } from '../../src/config/schema.ts'
import type { Settings } from '../../src/contract/settings.ts'

const read = (settings: Partial<Settings>, env: Record<string, string> = {}) =>
  embeddingOptions({ ...defaultSettings, ...settings }, env)

test('builtin, the default and nothing at all need no host', () => {
  for (const embedding of [defaultSettings.embedding, 'builtin', ' ', ''])
    expect(read({ embedding })).toBeUndefined()
})

describe('Ollama', () => {
  test('is where OLLAMA_HOST says, costs nothing and wants no key', () => {
    expect(read({ embedding: 'ollama/nomic-embed-text:latest' })).toEqual({
      provider: 'ollama',
      name: 'ollama/nomic-embed-text:latest',
      model: 'nomic-embed-text:latest',
      baseUrl: 'http://localhost:11434',
      keyName: 'OLLAMA_API_KEY',
      pricePerMillion: 0,
    })
    expect(read({ embedding: 'ollama/m' }, { OLLAMA_HOST: '0.0.0.0:1234' })).toMatchObject({
      baseUrl: 'http://127.0.0.1:1234',
    })
    const elsewhere = read({ embedding: 'ollama/m' }, { OLLAMA_HOST: 'http://gpu.lan:11434' })
    expect(elsewhere).toMatchObject({ baseUrl: 'http://gpu.lan:11434', pricePerMillion: 0 })
  })

  test('that is sold by Ollama is not free', () => {
    const cloud = read({ embedding: 'ollama/m' }, { OLLAMA_HOST: 'https://ollama.com' })
    expect(cloud).not.toHaveProperty('pricePerMillion')
  })
})

describe('hosts of the OpenAI wire', () => {
  test('come with their address, key and header', () => {
    expect(read({ embedding: 'openai/text-embedding-3-small' }, { OPENAI_API_KEY: 'k' })).toEqual({
      provider: 'openai',
      name: 'openai/text-embedding-3-small',
      model: 'text-embedding-3-small',
      baseUrl: 'https://api.openai.com/v1',
      apiKey: 'k',
      keyName: 'OPENAI_API_KEY',
    })
    const azure = {
      AZURE_OPENAI_ENDPOINT: 'https://me.openai.azure.com',
      AZURE_OPENAI_API_KEY: 'k',
    }
    expect(read({ embedding: 'azure/deployed' }, azure)).toMatchObject({
      baseUrl: 'https://me.openai.azure.com/openai/v1',
      keyHeader: 'api-key',
    })
    expect(
      read({ embedding: 'gemini/gemini-embedding-001' }, { GOOGLE_API_KEY: 'g' }),
    ).toMatchObject({ name: 'google/gemini-embedding-001', apiKey: 'g', keyName: 'GOOGLE_API_KEY' })
  })

  test('on this machine are free and may do without a key', () => {
    expect(read({ embedding: 'vllm/org/model' })).toMatchObject({
      model: 'org/model',
      baseUrl: 'http://localhost:8000/v1',
      pricePerMillion: 0,
    })
    const moved = { embedding: 'openai/m', embeddingBaseUrl: 'http://127.0.0.1:9000' }
    expect(read(moved)).toMatchObject({ baseUrl: 'http://127.0.0.1:9000/v1', pricePerMillion: 0 })
  })

  test('a person’s price and dimensions count, proxy and authorities come along', () => {
    const options = read(
      {
        embedding: 'openai/m',
        embeddingPrice: 0.5,
        embeddingDimensions: 256,
        caFile: '/etc/own.pem',
      },
      { OPENAI_API_KEY: 'k', HTTPS_PROXY: 'proxy:3128' },
    )
    expect(options).toMatchObject({
      pricePerMillion: 0.5,
      dimensions: 256,
      caFile: '/etc/own.pem',
      proxy: 'http://proxy:3128',
    })
  })
})

describe('what cannot work', () => {
  for (const [embedding, said] of [
    ['nomic-embed-text', 'HOST/MODEL'],
    ['openai/', 'HOST/MODEL'],
    ['/model', 'HOST/MODEL'],
    ['mistrall/x', 'did you mean mistral?'],
    ['anthropic/x', 'no embedding models'],
    ['openai/x', 'set OPENAI_API_KEY'],
    ['azure/x', 'give embeddingBaseUrl'],
  ] as const)
    test(`"${embedding}" says what to do, and the built-in embedder takes over`, () => {
      expect(() => read({ embedding })).toThrow(said)
      const warnings: string[] = []
      const settings = { ...defaultSettings, embedding }
      const options = embeddingOrBuiltin(settings, { env: {}, warn: (text) => warnings.push(text) })
      expect(options).toBeUndefined()
      expect(warnings).toHaveLength(1)
    })
})

test('a stored key is used where the environment has none, at its own address only', async () => {
  const settings = { ...defaultSettings, embedding: 'openai/text-embedding-3-small' }
  const keyOf = (env: Record<string, string>, stored: { key: string; baseUrl?: string }) =>
    embeddingOptions(settings, env, stored)?.apiKey
  expect(keyOf({}, { key: 'stored' })).toBe('stored')
  expect(keyOf({ OPENAI_API_KEY: 'env' }, { key: 'stored' })).toBe('env')
  expect(() => keyOf({}, { key: 'stored', baseUrl: 'https://else.example/v1' })).toThrow(
    'codi login openai',
  )
})
