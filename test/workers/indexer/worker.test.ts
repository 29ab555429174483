/** The two workers of code knowledge as codi starts them: real threads, real calls, one after the other. */
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { connectWorker } from '../../../src/rpc/connect.ts'
import { fixtures, ripgrep } from './project.ts'

const state = mkdtempSync(join(tmpdir(), 'codi-workers-'))
const root = join(fixtures, 'typescript')
const database = join(state, 'index.db')
const events: WorkerEvent[] = []
const onEvent = (event: WorkerEvent) => void events.push(event)
const indexer = connectWorker('indexer', { root, database, ripgrep }, { onEvent })
const vectors = connectWorker(
  'vectors',
  { root, indexDatabase: database, directory: join(state, 'vectors') },
  { onEvent },
)

afterAll(async () => {
  await indexer.close()
  await vectors.close()
  rmSync(state, { recursive: true, force: true })
})

test('the indexer worker updates, tells its progress and answers', async () => {
  const report = await indexer.service.update({})
  expect(report.symbols).toBeGreaterThan(40)
  expect(events).toContainEqual({
    type: 'progress',
    what: 'index',
    done: report.files,
    total: report.files,
  })
  const [row] = await indexer.service.findSymbols({ name: 'cart', match: 'fuzzy', limit: 1 })
  expect(row?.name).toBe('Cart')
  // Not `expect(…).rejects`: bun waits for that promise without letting the other thread speak.
  const refusal = await indexer.service.outline({ path: 'missing.ts' }).catch((thrown) => thrown)
  expect(refusal).toMatchObject({ kind: 'not_found' })
})

test('the vectors worker follows it and searches', async () => {
  const report = await vectors.service.update({})
  expect(report.chunks).toBeGreaterThan(10)
  const [hit] = await vectors.service.search({ text: 'format a price in cents', limit: 3 })
  expect(hit).toMatchObject({ path: 'src/money/index.ts', symbol: 'formatPrice', line: 2 })
})

test.skipIf(process.platform !== 'linux')(
  'a worker that is to follow watches from its first update on, and ends while it does',
  async () => {
    const project = mkdtempSync(join(tmpdir(), 'codi-followed-'))
    writeFileSync(join(project, 'a.ts'), 'export const a = 1')
    const changed = Promise.withResolvers<WorkerEvent>()
    const options = { root: project, database: join(state, 'followed.db'), ripgrep, follow: true }
    const followed = connectWorker('indexer', options, {
      onEvent: (event) => event.type === 'files_changed' && changed.resolve(event),
    })
    await followed.service.update({})
    expect(await followed.service.status()).toMatchObject({ watching: true })
    writeFileSync(join(project, 'a.ts'), 'export const b = 1')
    expect(await changed.promise).toEqual({ type: 'files_changed', paths: ['a.ts'] })
    await followed.close()
    rmSync(project, { recursive: true })
  },
)
