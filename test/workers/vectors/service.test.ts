/** A configured embedder beside the built-in one: when it is used, what is sent, what a failure does to a search. */
import { Database } from 'bun:sqlite'
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import { createVectorService } from '../../../workers/vectors/service.ts'
import { startEmbeddingServer } from '../../support/embedding-server.ts'
import { makeSearchable, type Searchable } from './searchable.ts'

const server = await startEmbeddingServer()

afterAll(() => server.close())

beforeEach(() => {
  server.requests.length = 0
  server.faults = []
  server.models = new Set(['test-embed', 'other-embed'])
  server.dimensions = 32
  server.key = undefined
  server.poison = undefined
  server.gate = undefined
  // What no word statistics can know.
  server.meanings = ['zebra giraffe', 'quince papaya']
})

function ollama(more: Partial<EmbeddingOptions> = {}): EmbeddingOptions {
  const model = more.model ?? 'test-embed'
  const name = `ollama/${model}`
  return { provider: 'ollama', name, model, baseUrl: server.url, pricePerMillion: 0, ...more }
}

function openai(more: Partial<EmbeddingOptions> = {}): EmbeddingOptions {
  const model = more.model ?? 'test-embed'
  return {
    provider: 'openai',
    name: `openai/${model}`,
    model,
    baseUrl: `${server.url}/v1`,
    ...more,
  }
}

/** One function a file; none shares a word with `zebra` or `quince`. */
function animals(): Record<string, string> {
  const names = ['giraffe', 'papaya', 'walnut', 'copper', 'violet', 'marble', 'saddle', 'anchor']
  return Object.fromEntries(
    names.map((name) => [
      `src/${name}.ts`,
      `export function ${name}(amount: number) {\n  return amount\n}\n`,
    ]),
  )
}

const names = async (project: Searchable, text: string) =>
  (await project.search(text)).map((hit) => hit.symbol)

const documents = () =>
  server.requests.flatMap((request) => request.texts).filter((text) => text.includes('\n'))

describe('an embedder that costs nothing', () => {
  test('embeds in the background, tells how far it is, and is used once it is complete', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    const opened = Promise.withResolvers<void>()
    server.gate = opened.promise
    expect(await project.update()).toMatchObject({ chunks: 8 })
    expect((await names(project, 'zebra'))[0]).not.toBe('giraffe')
    await server.received(1)
    expect(await project.vectors.status()).toMatchObject({
      embedder: 'ollama/test-embed',
      embedded: 0,
      note: expect.stringContaining('in the background'),
    })
    opened.resolve()
    await project.vectors.embed({})
    expect(project.vectorEvents).toContainEqual({
      type: 'progress',
      what: 'embeddings',
      done: 8,
      total: 8,
    })
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
    const status = await project.vectors.status()
    expect(status).toMatchObject({ embedded: 8, dimensions: 32 })
    expect(status.note).toBeUndefined()
  })

  test('sends where a place is, what it is called and its lines', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    expect(documents()).toContain(
      'src/giraffe.ts: giraffe\nexport function giraffe(amount: number) {\n  return amount\n}',
    )
  })

  test('sends only what changed, and a text that was there before not again', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    server.requests.length = 0
    const before = 'export function walnut(amount: number) {\n  return amount\n}\n'
    project.write('src/walnut.ts', 'export function hazel() {\n  return 1\n}\n')
    await project.update()
    await project.vectors.embed({})
    expect(documents()).toEqual(['src/walnut.ts: hazel\nexport function hazel() {\n  return 1\n}'])
    project.write('src/walnut.ts', before)
    await project.update()
    await project.vectors.embed({})
    expect(documents()).toHaveLength(1)
    expect((await project.vectors.status()).embedded).toBe(8)
  })

  test('a second codi at the same time does not send it twice', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    const other = createVectorService(
      {
        root: project.root,
        indexDatabase: project.database,
        directory: project.directory,
        embedding: ollama(),
      },
      () => undefined,
    )
    await Promise.all([project.vectors.embed({}), other.embed({})])
    other.close()
    expect(documents()).toHaveLength(8)
  })

  test('what was embedded before a kill stays', async () => {
    const files: Record<string, string> = {}
    for (let at = 0; at < 60; at++)
      files[`f${at}.ts`] = `export function task${at}(x: number) {\n  return x + ${at}\n}\n`
    const project = makeSearchable(files)
    await project.update()
    const options = { root: project.root, indexDatabase: project.database }
    const child = Bun.spawn(
      [
        process.execPath,
        `${import.meta.dir}/embedders/embed-until-killed.ts`,
        JSON.stringify({ ...options, directory: project.directory, embedding: ollama() }),
      ],
      { stdout: 'pipe', stderr: 'inherit' },
    )
    // The third request is never answered: two batches are kept by then.
    server.faults = [undefined, undefined, 'silent']
    await server.received(3)
    child.kill('SIGKILL')
    await child.exited
    const sent = new Set(server.requests.slice(0, 2).flatMap((request) => request.texts))
    server.requests.length = 0
    project.embedWith(ollama())
    await project.vectors.embed({})
    const again = documents()
    expect(again.some((text) => sent.has(text))).toBe(false)
    expect(again.length + sent.size).toBe(60)
    expect((await project.vectors.status()).embedded).toBe(60)
  })

  test('a text that the model fails on is left out, and not sent for ever', async () => {
    server.poison = 'copper'
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
    server.requests.length = 0
    await project.vectors.embed({})
    expect(server.requests).toEqual([])
    expect(await names(project, 'copper')).toContain('copper')
  })
})

describe('an embedder that costs money', () => {
  test('gets nothing until it is told to; the estimate says what it would take', async () => {
    const project = makeSearchable(animals(), { embedding: openai({ pricePerMillion: 100 }) })
    await project.update()
    const estimate = await project.vectors.estimate()
    expect(estimate.chunks).toBe(8)
    expect(estimate.tokens).toBeGreaterThan(100)
    expect(estimate.costUsd).toBeCloseTo((estimate.tokens * 100) / 1e6, 9)
    await names(project, 'zebra')
    expect(server.requests).toEqual([])
    expect((await project.vectors.status()).note).toContain('codi index')
    await project.vectors.embed({})
    expect(await project.vectors.estimate()).toMatchObject({ chunks: 0, tokens: 0, costUsd: 0 })
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
  })

  test('a price that nobody knows is none', async () => {
    const project = makeSearchable(animals(), { embedding: openai() })
    await project.update()
    expect(await project.vectors.estimate()).not.toHaveProperty('costUsd')
    expect(server.requests).toEqual([])
  })

  test('a change waits too, while everything else is used', async () => {
    const project = makeSearchable(animals(), { embedding: openai({ pricePerMillion: 1 }) })
    await project.update()
    await project.vectors.embed({})
    const sent = documents().length
    project.write('src/quince.ts', 'export function almond() {\n  return 1\n}\n')
    await project.update()
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
    expect(await names(project, 'almond')).toContain('almond')
    expect(documents()).toHaveLength(sent)
    expect(await project.vectors.status()).toMatchObject({
      embedded: 8,
      note: expect.stringContaining('1 chunk'),
    })
  })
})

describe('another model', () => {
  test('is used when it is complete; the one before it until then, asked by its own name', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    server.dimensions = 48
    project.embedWith(ollama({ model: 'other-embed' }))
    const opened = Promise.withResolvers<void>()
    server.requests.length = 0
    server.dimensions = 32
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
    expect(server.requests.map((request) => request.body.model)).toEqual(['test-embed'])
    server.dimensions = 48
    server.gate = opened.promise
    const embedding = project.vectors.embed({})
    opened.resolve()
    await embedding
    server.gate = undefined
    server.requests.length = 0
    expect((await names(project, 'quince'))[0]).toBe('papaya')
    expect(server.requests.map((request) => request.body.model)).toEqual(['other-embed'])
    expect(await project.vectors.status()).toMatchObject({ dimensions: 48, embedded: 8 })
  })

  test('going back needs nothing to be sent; back to the built-in one neither', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    project.embedWith(ollama({ model: 'other-embed' }))
    await project.vectors.embed({})
    server.requests.length = 0
    project.embedWith(ollama())
    await project.vectors.embed({})
    expect(documents()).toEqual([])
    project.embedWith(undefined)
    expect((await names(project, 'zebra'))[0]).not.toBe('giraffe')
    expect(server.requests).toEqual([])
    expect(await project.vectors.status()).toMatchObject({ embedder: 'builtin', embedded: 8 })
  })

  test('a model that changed its length behind its name is embedded anew', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    server.dimensions = 40
    project.reopen()
    project.write('src/fresh.ts', 'export function fresh() {\n  return 1\n}\n')
    await project.update()
    await project.vectors.embed({})
    await project.vectors.embed({})
    expect(await project.vectors.status()).toMatchObject({ embedded: 9, dimensions: 40 })
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
  })
})

describe('a host that fails', () => {
  test('is told of once with what to do, and the search goes on', async () => {
    const project = makeSearchable(animals(), { embedding: ollama({ model: 'missing' }) })
    await project.update()
    const isNotice = (event: { type: string }) => event.type === 'notice'
    await project.heard(isNotice)
    await project.update()
    expect(await names(project, 'walnut')).toContain('walnut')
    expect(project.vectorEvents.filter(isNotice)).toEqual([
      {
        type: 'notice',
        level: 'warning',
        text: expect.stringMatching(/run `ollama pull missing`.*built-in vectors/),
      },
    ])
    expect((await project.vectors.status()).note).toContain('ollama pull missing')
  })

  test('a refused key ends `embed` with its reason', async () => {
    server.key = 'right'
    const project = makeSearchable(animals(), {
      embedding: openai({ apiKey: 'wrong', keyName: 'OPENAI_API_KEY' }),
    })
    await project.update()
    await expect(project.vectors.embed({})).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('OPENAI_API_KEY'),
    })
    expect(await names(project, 'walnut')).toContain('walnut')
  })

  test('one that falls silent after it was complete costs a search its model, not its answer', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    server.faults = [{ status: 500, body: { error: 'out of memory' } }]
    expect(await names(project, 'walnut')).toContain('walnut')
    const asked = server.requests.length
    expect(await names(project, 'copper')).toContain('copper')
    expect(server.requests).toHaveLength(asked)
    expect((await project.vectors.status()).note).toContain('out of memory')
  })
})

describe('the database', () => {
  test('that is deleted under a running service is built again', async () => {
    const project = makeSearchable(animals())
    await project.update()
    for (const name of readdirSync(project.directory))
      rmSync(join(project.directory, name), { recursive: true })
    expect(await project.vectors.update({})).toMatchObject({ chunks: 8, embedded: 8 })
    expect(await names(project, 'walnut')).toContain('walnut')
  })

  test('with vectors of other trained words is built again; what an embedder gave stays', async () => {
    const project = makeSearchable(animals(), { embedding: openai() })
    await project.update()
    await project.vectors.embed({})
    server.requests.length = 0
    project.vectors.close()
    const database = new Database(join(project.directory, 'search.db'))
    database.run("UPDATE meta SET value = 'older' WHERE key = 'builtin'")
    database.close()
    project.reopen()
    expect(await project.vectors.update({})).toMatchObject({ chunks: 8, embedded: 8 })
    await project.vectors.embed({})
    expect(server.requests).toEqual([])
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
    project.reopen()
    expect(await project.vectors.update({})).toMatchObject({ chunks: 8, embedded: 0 })
  })

  test('a host that is slow with a question costs the search its model only, and is heard later', async () => {
    const project = makeSearchable(animals(), { embedding: ollama() })
    await project.update()
    await project.vectors.embed({})
    const opened = Promise.withResolvers<void>()
    server.requests.length = 0
    server.gate = opened.promise
    const [hit] = await project.search('walnut', { deadlineMs: 50 })
    expect(hit?.symbol).toBe('walnut')
    await server.received(1)
    opened.resolve()
    server.gate = undefined
    expect((await names(project, 'zebra'))[0]).toBe('giraffe')
  })
})
