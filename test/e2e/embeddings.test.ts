/** Embeddings as a person meets them: settings, `codi index`, what is asked before anything is sent, what fails. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Bench, RunOptions } from '../support/codi.ts'
import { openBench } from '../support/codi.ts'
import { startEmbeddingServer } from '../support/embedding-server.ts'
import { keys } from '../support/pty.ts'

const server = await startEmbeddingServer()

afterAll(() => server.close())

beforeEach(() => {
  server.requests.length = 0
  server.key = undefined
  server.models = new Set(['nomic-embed-text', 'text-embedding-3-small'])
  server.dimensions = 64
  // What no word statistics can know.
  server.meanings = ['zebra giraffe']
})

const names = ['giraffe', 'walnut', 'copper', 'violet', 'marble', 'saddle']

function animals(): Bench {
  return openBench(
    Object.fromEntries(
      names.map((name) => [
        `src/${name}.ts`,
        `export function ${name}(amount: number) {\n  return amount\n}\n`,
      ]),
    ),
  )
}

const ollama: RunOptions = {
  env: { CODI_EMBEDDING: 'ollama/nomic-embed-text', OLLAMA_HOST: server.url },
}
const openai: RunOptions = {
  env: {
    CODI_EMBEDDING: 'openai/text-embedding-3-small',
    CODI_EMBEDDING_BASE_URL: `${server.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    // The host on loopback would be free.
    CODI_EMBEDDING_PRICE: '0.02',
  },
}

async function firstSymbol(bench: Bench, options: RunOptions): Promise<string> {
  const { stdout } = await bench.run(['search', 'zebra', '--json', '-k', '1'], options)
  return JSON.parse(stdout)[0]?.symbol
}

test('a model of Ollama is used for search once codi index has run; it costs nothing and asks nothing', async () => {
  await using bench = animals()
  expect(await bench.run(['index'], ollama)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('embedded by ollama/nomic-embed-text'),
  })
  expect(server.requests[0]?.texts[0]).toStartWith('search_document: src/')
  expect(await firstSymbol(bench, ollama)).toBe('giraffe')
  expect(server.requests.at(-1)?.texts).toEqual(['search_query: zebra'])
  const { stdout } = await bench.run(['index', '--status'], ollama)
  expect(stdout).toContain('embedder ollama/nomic-embed-text, 64 dimensions')
  expect(await firstSymbol(bench, {})).not.toBe('giraffe')
})

describe('a model that costs money', () => {
  test('gets nothing from a pipe without -y; what it would cost and how to agree is said', async () => {
    await using bench = animals()
    const denied = await bench.run(['index', '--json'], openai)
    expect(denied.exitCode).toBe(0)
    expect(denied.stderr).toContain('nothing was sent to openai/text-embedding-3-small')
    expect(denied.stderr).toMatch(/6 chunks, about \d+ tokens, less than \$0\.01.*codi index -y/)
    expect(JSON.parse(denied.stdout).embedding).toMatchObject({ embedded: 0, waiting: 6 })
    expect(server.requests).toEqual([])
    const agreed = await bench.run(['index', '-y'], openai)
    expect(agreed.stdout).toContain('6 chunks embedded by openai/text-embedding-3-small')
    expect(server.requests[0]).toMatchObject({
      headers: { authorization: 'Bearer sk-test' },
      body: { dimensions: 512 },
    })
    expect(await firstSymbol(bench, openai)).toBe('giraffe')
  })

  test('asks a person at a terminal, with the figures, and takes no for an answer', async () => {
    await using bench = animals()
    const refused = bench.terminal(['index'], openai)
    await refused.waitFor('Send this code to openai/text-embedding-3-small?')
    expect(refused.text).toMatch(/6 chunks, about \d+ tokens/)
    refused.type(keys.down)
    refused.type(keys.enter)
    await refused.waitFor('6 chunks not embedded')
    expect(await refused.exited).toBe(0)
    expect(server.requests).toEqual([])
    const agreed = bench.terminal(['index'], openai)
    await agreed.waitFor('Send this code')
    agreed.type(keys.enter)
    await agreed.waitFor('6 chunks embedded by')
    expect(await agreed.exited).toBe(0)
    expect(server.requests).toHaveLength(1)
  })
})

describe('what cannot work', () => {
  test('a refused key ends codi index with status 5, and search goes on', async () => {
    await using bench = animals()
    server.key = 'sk-other'
    const index = await bench.run(['index', '-y'], openai)
    expect(index.exitCode).toBe(5)
    expect(index.stderr).toMatch(/refused the key.*set OPENAI_API_KEY to a valid one/)
    expect(index.stderr).not.toContain('sk-test')
    const search = await bench.run(['search', 'walnut', '-k', '1'], openai)
    expect(search).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('walnut.ts') })
  })

  test('a model that is not there says how to get it', async () => {
    await using bench = animals()
    const missing = { env: { ...ollama.env, CODI_EMBEDDING: 'ollama/bge-m3' } }
    const index = await bench.run(['index'], missing)
    expect(index.exitCode).toBe(1)
    expect(index.stderr).toContain('run `ollama pull bge-m3`')
  })

  for (const [setting, said] of [
    ['nonsense', /wants builtin or HOST\/MODEL/],
    ['olama/x', /unknown host "olama"; did you mean ollama/],
    ['anthropic/x', /Anthropic has no embedding models/],
    ['groq/x', /No key for Groq: set GROQ_API_KEY.*embedding setting/],
  ] as const)
    test(`embedding = ${setting} is told, and the built-in embedder does the work`, async () => {
      await using bench = animals()
      const index = await bench.run(['index'], { env: { CODI_EMBEDDING: setting } })
      expect(index.exitCode).toBe(0)
      expect(index.stderr).toMatch(said)
      expect(index.stderr).toContain('search uses the built-in vectors')
    })

  test('a project cannot send its code anywhere by its own settings', async () => {
    await using bench = animals()
    bench.write(
      '.codi.json',
      JSON.stringify({
        embedding: 'ollama/nomic-embed-text',
        embeddingBaseUrl: server.url,
        embeddingPrice: 0,
      }),
    )
    const index = await bench.run(['index'])
    expect(index.stderr).toContain("a project's settings may not choose where its code is sent")
    expect(index.stderr).toContain('"embeddingBaseUrl" is only read from your own settings')
    expect(index.exitCode).toBe(0)
    expect(server.requests).toEqual([])
  })
})
