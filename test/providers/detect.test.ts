/** Which provider and model a run uses: the order of what was named, what the environment holds and who answers. */
import { afterAll, describe, expect, test } from 'bun:test'
import { baseUrlOf, keyOf } from '../../src/providers/address.ts'
import { createProvider, hostOf } from '../../src/providers/create.ts'
import {
  type ChoiceSettings,
  chooseProvider,
  configuredProviders,
  isProviderName,
} from '../../src/providers/detect.ts'
import { never } from '../contract/provider.suite.ts'
import { startModelServer } from '../support/model-server.ts'

const server = startModelServer()
afterAll(() => server.close())

const closed = startModelServer()
const nobody = closed.url
closed.close()

/** Without an OLLAMA_HOST a real Ollama on this machine would answer. */
function choose(settings: ChoiceSettings, env: Record<string, string> = {}) {
  return chooseProvider({ settings, env: { OLLAMA_HOST: nobody, ...env }, signal: never() })
}

async function refusal(settings: ChoiceSettings, env: Record<string, string> = {}) {
  const thrown = await choose(settings, env).catch((error) => error)
  expect(thrown).toBeInstanceOf(Error)
  return thrown as Error & { kind: string }
}

describe('the choice', () => {
  test('is the built-in engine where nothing is configured', async () => {
    expect(await choose({})).toMatchObject({ provider: 'builtin', model: 'builtin' })
  })

  test('is what was named, whatever keys there are', async () => {
    const env = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' }
    expect(await choose({ provider: 'openai' }, env)).toMatchObject({ provider: 'openai' })
    expect(await choose({ provider: 'groq', model: 'openai/gpt-oss-120b' }, env)).toMatchObject({
      provider: 'groq',
      model: 'openai/gpt-oss-120b',
    })
    expect(await choose({ provider: 'mock' })).toMatchObject({ provider: 'mock', model: 'mock' })
    expect(await choose({ provider: 'Claude' })).toMatchObject({ provider: 'anthropic' })
    expect(await choose({ provider: 'auto' })).toMatchObject({ provider: 'builtin' })
  })

  test('is told by a model written as provider/model', async () => {
    expect(await choose({ model: 'anthropic/claude-x' })).toMatchObject({
      provider: 'anthropic',
      model: 'claude-x',
    })
    expect(await choose({ model: 'openrouter/anthropic/claude-x' })).toMatchObject({
      provider: 'openrouter',
      model: 'anthropic/claude-x',
    })
    expect(await choose({ provider: 'openrouter', model: 'openrouter/a/b' })).toMatchObject({
      model: 'a/b',
    })
    expect(
      await choose({ model: 'anthropic/claude-x' }, { OPENROUTER_API_KEY: 'k' }),
    ).toMatchObject({
      provider: 'openrouter',
      model: 'anthropic/claude-x',
    })
  })

  test('is told by the name of a well-known model', async () => {
    const env = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' }
    expect(await choose({ model: 'claude-opus-5-5' }, env)).toMatchObject({ provider: 'anthropic' })
    expect(await choose({ model: 'gpt-6-luna' }, env)).toMatchObject({ provider: 'openai' })
    expect(await choose({ model: 'gemini-3.8-flash' }, env)).toMatchObject({ provider: 'google' })
  })

  test('is the first key of the environment, and says so', async () => {
    expect(await choose({}, { OPENAI_API_KEY: 'k', GROQ_API_KEY: 'k' })).toEqual({
      provider: 'openai',
      model: 'gpt-6.1-sol',
      reason: 'OPENAI_API_KEY is set',
    })
    expect(await choose({}, { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' })).toMatchObject({
      provider: 'anthropic',
    })
    expect(await choose({}, { ANTHROPIC_API_KEY: '  ' })).toMatchObject({ provider: 'builtin' })
    expect(await choose({ model: 'my-model' }, { GROQ_API_KEY: 'k' })).toMatchObject({
      provider: 'groq',
      model: 'my-model',
    })
  })

  test('takes OPENAI_API_KEY with an address elsewhere for an OpenAI-compatible host', async () => {
    const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'm' }
    expect(await choose({}, env)).toMatchObject({ provider: 'openai-compatible', model: 'm' })
    const own = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://eu.api.openai.com/v1' }
    expect(await choose({}, own)).toMatchObject({ provider: 'openai' })
  })

  test('takes --base-url alone for an OpenAI-compatible host, unless it knows the host', async () => {
    expect(await choose({ baseUrl: server.url })).toMatchObject({
      provider: 'openai-compatible',
      model: 'scripted-model',
    })
    expect(await choose({ baseUrl: 'https://api.groq.com/openai/v1' })).toMatchObject({
      provider: 'groq',
    })
  })

  test('is an Ollama that answers and has a model', async () => {
    const env = { OLLAMA_HOST: server.url }
    expect(await choose({}, env)).toMatchObject({ provider: 'ollama', model: 'scripted:latest' })
    expect(await choose({ model: 'scripted' }, env)).toMatchObject({ model: 'scripted:latest' })
    expect(await choose({ provider: 'ollama' }, env)).toMatchObject({ model: 'scripted:latest' })
  })

  test('passes over an Ollama that is silent or has only embedding models', async () => {
    const env = { OLLAMA_HOST: server.url }
    server.answers.set('/api/tags', { body: { models: [{ name: 'nomic-embed-text:latest' }] } })
    expect(await choose({}, env)).toMatchObject({ provider: 'builtin' })
    server.answers.set('/api/tags', { status: 500, body: {} })
    expect(await choose({}, env)).toMatchObject({ provider: 'builtin' })
    server.answers.clear()
    const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const url = `127.0.0.1:${silent.port}`
    expect(await choose({}, { OLLAMA_HOST: url })).toMatchObject({ provider: 'builtin' })
    silent.stop(true)
  })

  test('fails with what to do', async () => {
    const unknown = await refusal({ provider: 'antropic' })
    expect(unknown.kind).toBe('usage')
    expect(unknown.message).toContain('anthropic')
    const nothingKnown = await refusal({ model: 'no-such-model' })
    expect(nothingKnown.message).toContain('no-such-model')
    const data = [{ id: 'first-model' }, { id: 'second-model' }]
    server.answers.set('/v1/models', { body: { data } })
    const env = { MOONSHOT_API_KEY: 'k', MOONSHOT_BASE_URL: server.url }
    const unnamed = await refusal({ provider: 'moonshot' }, env)
    expect(unnamed.message).toContain('--model, such as first-model, second-model')
    expect((await refusal({ provider: 'ollama' })).kind).toBe('unreachable')
    server.answers.set('/api/tags', { body: { models: [] } })
    const empty = await refusal({ provider: 'ollama' }, { OLLAMA_HOST: server.url })
    expect(empty.message).toContain('codi models pull')
    server.answers.clear()
  })
})

test('the providers that can be used here are those with a key, Ollama and the built-in engine', () => {
  expect(configuredProviders({ OPENAI_API_KEY: 'k', XAI_API_KEY: 'k' })).toEqual([
    'openai',
    'xai',
    'ollama',
    'builtin',
  ])
  expect(isProviderName('lm-studio')).toBe(true)
  expect(isProviderName('nope')).toBe(false)
})

describe('addresses and keys', () => {
  const at = (id: string, env: Record<string, string> = {}, given?: string) =>
    baseUrlOf(hostOf(id), env, given)

  test('an address comes from the flag, else the environment, else the table', () => {
    expect(at('groq')).toBe('https://api.groq.com/openai/v1')
    expect(at('groq', { GROQ_BASE_URL: 'https://g.example/v1/' })).toBe('https://g.example/v1')
    expect(at('groq', { GROQ_BASE_URL: 'https://g.example' }, 'http://h:1')).toBe('http://h:1/v1')
    expect(at('anthropic', {}, 'https://gateway.example/anthropic/')).toBe(
      'https://gateway.example/anthropic',
    )
    expect(at('azure', { AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com/' })).toBe(
      'https://x.openai.azure.com/openai/v1',
    )
    expect(at('runpod', { RUNPOD_ENDPOINT_ID: 'e1' })).toBe('https://api.runpod.ai/v2/e1/openai/v1')
  })

  test('OLLAMA_HOST is read as Ollama reads it', () => {
    const cases: Record<string, string> = {
      '0.0.0.0': 'http://127.0.0.1:11434',
      '0.0.0.0:8080': 'http://127.0.0.1:8080',
      ':8080': 'http://localhost:8080',
      'box.lan': 'http://box.lan:11434',
      'http://box.lan:1234/': 'http://box.lan:1234',
      'https://ollama.example': 'https://ollama.example',
      'http://localhost:11434/v1': 'http://localhost:11434',
    }
    for (const [given, wanted] of Object.entries(cases)) {
      expect(at('ollama', { OLLAMA_HOST: given })).toBe(wanted)
    }
  })

  test('a wrong or missing address is said with the value', () => {
    expect(() => at('openai', {}, 'localhost:8000')).toThrow(/localhost:8000.*http/)
    expect(() => at('openai-compatible')).toThrow('--base-url')
    expect(() => at('runpod')).toThrow('RUNPOD_ENDPOINT_ID')
    expect(() => at('azure')).toThrow('AZURE_OPENAI')
  })

  test('a missing key names the variable and where to make one', async () => {
    const thrown = await createProvider('openrouter', { env: {}, stallMs: 1 }).catch(
      (error) => error,
    )
    expect(thrown).toMatchObject({ kind: 'credentials' })
    expect(thrown.message).toContain('OPENROUTER_API_KEY')
    expect(thrown.message).toContain('https://openrouter.ai/keys')
  })

  test('a key with a line break is refused before it is sent', () => {
    const key = () =>
      keyOf(
        hostOf('groq'),
        { GROQ_API_KEY: 'abc\ndef' },
        { apiKey: undefined, baseUrl: 'https://x' },
      )
    expect(key).toThrow('GROQ_API_KEY')
  })
})
