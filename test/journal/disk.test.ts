/** What lies on disk, and what of it goes: nothing that somebody may be at work with. */
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CurrentSession } from '../../src/app/current-session.ts'
import { diskOf, gcOf } from '../../src/app/history-disk.ts'
import { indexDirectory } from '../../src/app/services.ts'
import { openSessionStore } from '../../src/sessions/store.ts'
import { type JournalBench, openJournalBench } from './journal-bench.ts'

const day = 86_400_000

describe('gc', () => {
  test('frees results of sessions that are gone and dead captures, once they are at rest', async () => {
    using bench = openJournalBench()
    const parts = partsOf(bench)
    const dead = join(parts.paths.data, 'results', '20200101-dead')
    const young = join(parts.paths.data, 'results', '20200101-young')
    const capture = join(bench.journal.directory, 'captures', 'nobody')
    for (const path of [dead, young, capture]) {
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'text'), 'x'.repeat(5000))
    }
    for (const path of [dead, capture]) makeOld(path)
    await bench.journal.open()
    const would = await gcOf(parts, { isDryRun: true })
    expect(existsSync(dead)).toBe(true)
    const rows = await gcOf(parts, { isDryRun: false })
    expect(rows).toEqual(would)
    expect(rows.map((row) => [row.what, row.count])).toEqual([
      ['captures of ended commands', 1],
      ['results of removed sessions', 1],
    ])
    expect([existsSync(dead), existsSync(young), existsSync(capture)]).toEqual([false, true, false])
  })

  test('frees the index of a directory that is gone, and no other', async () => {
    using bench = openJournalBench()
    const parts = partsOf(bench)
    const { store } = await bench.journal.open()
    const scope = { session: null, entry: null, kind: 'tool', label: 'x' } as const
    store.addStep({
      ...{ ...scope, root: '/nowhere/project', at: 1 },
      ...{ refers: [], undoneBy: null, notes: [] },
    })
    await bench.step(['a'], () => bench.write('a', 'x'))
    const gone = indexDirectory(parts.paths.cache, '/nowhere/project')
    const here = indexDirectory(parts.paths.cache, bench.root)
    for (const path of [gone, here]) {
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'index.db'), 'x')
      makeOld(path)
    }
    await gcOf(parts, { isDryRun: false })
    expect([existsSync(gone), existsSync(here)]).toEqual([false, true])
  })

  test('lets go of old steps by age, and tells beforehand how many', async () => {
    using bench = openJournalBench()
    const parts = partsOf(bench)
    const { store } = await bench.journal.open()
    bench.write('a', 'one')
    await bench.step(['a'], () => bench.write('a', 'two'))
    const old = store.addStep({
      ...{ root: bench.root, session: null, entry: null, kind: 'tool', label: 'old' },
      ...{ at: Date.now() - 40 * day, refers: [], undoneBy: null, notes: [] },
    })
    expect(await gcOf(parts, { isDryRun: true, olderDays: 30 })).toMatchObject([
      { what: 'old steps of the journal', count: 1 },
    ])
    await gcOf(parts, { isDryRun: false, olderDays: 30 })
    expect(store.step(old.id)).toBeUndefined()
    await bench.undo()
    expect(bench.text('a')).toBe('one')
  })
})

describe('du', () => {
  test('tells the journal by project', async () => {
    using bench = openJournalBench()
    const parts = partsOf(bench)
    await bench.step(['a'], () => bench.write('a', 'x'.repeat(100)))
    const rows = await diskOf(parts)
    expect(rows.find((row) => row.what === 'journal')).toMatchObject({
      count: 1,
      projects: [{ root: bench.root, bytes: expect.any(Number) }],
    })
  })
})

function partsOf(bench: JournalBench) {
  const store = openSessionStore({ path: ':memory:', notice: () => undefined })
  store
    .create({ cwd: bench.root, provider: 'builtin', model: 'builtin' })
    .append({ type: 'message', message: { role: 'user', content: [{ type: 'text', text: 'x' }] } })
  return {
    journal: bench.journal,
    paths: { data: join(bench.directory, 'data'), cache: join(bench.directory, 'cache') },
    current: { store: () => store } as CurrentSession,
    tries: () => ({ list: async () => [], discard: async () => undefined }),
  }
}

function makeOld(path: string): void {
  const then = new Date(Date.now() - 2 * day)
  for (const name of ['text', 'index.db'])
    if (existsSync(join(path, name))) utimesSync(join(path, name), then, then)
  utimesSync(path, then, then)
}
