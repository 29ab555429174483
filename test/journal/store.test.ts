/** The journal on disk: contents once, limits, damage, a disk that takes nothing. */

import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { letGo, strayObjects } from '../../src/journal/quota.ts'
import { openJournalBench } from './journal-bench.ts'

describe('The journal', () => {
  test('keeps a content once, however often it comes back', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    for (const text of ['two', 'one', 'two', 'one'])
      await bench.step(['a'], () => bench.write('a', text))
    const { objects } = await bench.journal.open()
    expect([...objects.list()]).toHaveLength(2)
  })

  test('is for the person alone', async () => {
    using bench = openJournalBench()
    bench.write('.env', 'TOKEN=x')
    await bench.step(['.env'], () => bench.write('.env', 'TOKEN=y'))
    const { objects } = await bench.journal.open()
    const [object] = [...objects.list()]
    const sha = object?.sha ?? ''
    const { mode } = await Bun.file(
      join(bench.journal.directory, 'objects', sha.slice(0, 2), sha.slice(2)),
    ).stat()
    expect(mode & 0o777).toBe(0o600)
  })

  test('lets the oldest steps go when it takes too much, and the checkpoints that need them', async () => {
    using bench = openJournalBench({ maxBytes: 60_000, keepMs: 0 })
    bench.write('a', '')
    const random = () => crypto.getRandomValues(new Uint8Array(10_000))
    const { store } = await bench.journal.open()
    store.addCheckpoint({
      ...{ root: bench.root, session: null, entry: null, name: 'first', automatic: false },
      ...{ change: 0, at: 1 },
    })
    for (let at = 0; at < 12; at++) await bench.step(['a'], () => bench.write('a', random()))
    await Bun.sleep(2)
    const gone = await bench.journal.tidy()
    expect(gone?.steps).toBeGreaterThan(0)
    expect(gone?.checkpoints).toEqual(['first'])
    expect(store.objectBytes()).toBeLessThanOrEqual(60_000)
    const left = store.steps({ root: bench.root }).length
    await bench.undo(left)
    expect(store.steps({ root: bench.root })).toHaveLength(left + 1)
  })

  test('never lets go of what is young, nor of a step in which something is under way', async () => {
    using bench = openJournalBench({ maxBytes: 1 })
    bench.write('a', 'one')
    await bench.step(['a'], () => bench.write('a', 'two'))
    const open = await bench.journal.open()
    expect((await bench.journal.tidy())?.steps).toBe(0)
    await bench.recordedStep(async (recorder) => {
      await recorder.before([bench.path('a')], { callId: 'c', tool: 't' })
      const gone = letGo(open, { maxBytes: 1, keepAfter: Date.now() + 1000 })
      expect(gone.steps).toBe(1)
    })
  })

  test('finds contents that nothing speaks of', async () => {
    using bench = openJournalBench()
    const open = await bench.journal.open()
    await open.objects.put('a'.repeat(40), new Uint8Array([1]))
    expect(strayObjects(open, Date.now() + 1000).map(({ sha }) => sha)).toEqual(['a'.repeat(40)])
  })

  test('that is damaged is set aside and said, and the work goes on', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    await bench.step(['a'], () => bench.write('a', 'two'))
    bench.journal.close()
    const path = join(bench.journal.directory, 'journal.db')
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
    writeFileSync(path, 'this is no database, and it never was one'.repeat(100))
    bench.journal = bench.reopen()
    await bench.step(['a'], () => bench.write('a', 'three'))
    expect(bench.notices.join()).toContain('was damaged')
    await bench.undo()
    expect(bench.text('a')).toBe('two')
  })

  test('of a newer codi is left alone: the change is made, and it is said once', async () => {
    using bench = openJournalBench()
    await bench.journal.open()
    bench.journal.close()
    const database = new Database(join(bench.journal.directory, 'journal.db'))
    database.run('PRAGMA user_version = 99')
    database.close()
    bench.journal = bench.reopen()
    await bench.step(['a'], () => bench.write('a', 'x'))
    await bench.step(['b'], () => bench.write('b', 'x'))
    expect(bench.notices).toHaveLength(1)
    expect(bench.notices[0]).toContain('newer codi')
  })

  test('that cannot be written costs the undo and not the change', async () => {
    using bench = openJournalBench()
    mkdirSync(join(bench.directory, 'journal'))
    // A file where a directory has to be: that holds for root, too.
    writeFileSync(join(bench.directory, 'journal', 'objects'), '')
    bench.write('a', 'one')
    await bench.step(['a'], () => bench.write('a', 'two'))
    await bench.step(['a'], () => bench.write('a', 'three'))
    expect(bench.text('a')).toBe('three')
    expect(bench.notices).toHaveLength(1)
    expect(bench.notices[0]).toStartWith('Changes of files are not recorded')
  })

  test.skipIf(process.geteuid?.() === 0)(
    'in a directory that takes nothing is said once',
    async () => {
      using bench = openJournalBench()
      mkdirSync(join(bench.directory, 'journal'))
      chmodSync(join(bench.directory, 'journal'), 0o500)
      await bench.step(['a'], () => bench.write('a', 'x'))
      expect(existsSync(bench.path('a'))).toBe(true)
      expect(bench.notices).toHaveLength(1)
    },
  )
})

test('a journal that somebody removes while codi works is begun anew, and it is said', async () => {
  using bench = openJournalBench()
  bench.write('a', 'one')
  await bench.step(['a'], () => bench.write('a', 'two'))
  rmSync(join(bench.directory, 'journal'), { recursive: true })
  await bench.step(['a'], () => bench.write('a', 'three'))
  expect(bench.notices.join()).toContain('was removed or replaced while codi worked')
  bench.journal.close()
  bench.journal = bench.reopen()
  await bench.undo()
  expect(bench.text('a')).toBe('two')
  expect(bench.notices).toHaveLength(1)
})
