/** What a command left in its capture becomes changes that can be taken back. */
import { describe, expect, test } from 'bun:test'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { CaptureLine } from '../../src/contract/capture.ts'
import type { PendingCapture } from '../../src/contract/journal.ts'
import { readCaptureLog } from '../../src/journal/capture-log.ts'
import { type JournalBench, openJournalBench } from './journal-bench.ts'

const over = { by: 'notify', note: '', isOver: true } as const

describe('A capture', () => {
  test('of a moved directory with edits in it is taken back file by file, and done again', async () => {
    using bench = openJournalBench()
    bench.write('src/a', 'one')
    bench.write('src/deep/b', 'two')
    bench.write('src/c', 'three')
    const before = bench.tree()
    await captured(bench, (log) => {
      log({ path: bench.path('lib'), was: 'absent' })
      log({ path: bench.path('src'), was: 'moved', to: bench.path('lib') })
      renameSync(bench.path('src'), bench.path('lib'))
      log({ path: bench.path('lib/a'), was: 'file', ...image(log, 'one') })
      bench.write('lib/a', 'changed')
      log({ path: bench.path('lib/new'), was: 'absent' })
      bench.write('lib/new', 'new')
      log({ path: bench.path('lib/c'), was: 'file', ...image(log, 'three') })
      rmSync(bench.path('lib/c'))
    })
    const after = bench.tree()
    await bench.undo()
    expect(bench.tree()).toEqual(before)
    await bench.redo()
    expect(bench.tree()).toEqual(after)
  })

  test('of a move that the system refused, so that it became a copy, is taken back, too', async () => {
    using bench = openJournalBench()
    bench.write('src/a', 'one')
    const before = bench.tree()
    await captured(bench, (log) => {
      log({ path: bench.path('lib'), was: 'absent' })
      log({ path: bench.path('src'), was: 'moved', to: bench.path('lib') })
      log({ path: bench.path('lib'), was: 'absent' })
      log({ path: bench.path('lib/a'), was: 'absent' })
      bench.write('lib/a', 'one')
      log({ path: bench.path('src/a'), was: 'file', ...image(log, 'one') })
      log({ path: bench.path('src'), was: 'directory', mode: 0o755 })
      rmSync(bench.path('src'), { recursive: true })
    })
    await bench.undo()
    expect(bench.tree()).toEqual(before)
  })

  test('of a directory whose name became a link to it is taken back, link and all', async () => {
    using bench = openJournalBench()
    bench.write('dir/a', 'one')
    mkdirSync(bench.path('empty'))
    const before = bench.tree()
    await captured(bench, (log) => {
      for (const name of ['dir', 'empty']) {
        log({ path: bench.path(`${name}.moved`), was: 'absent' })
        log({ path: bench.path(name), was: 'moved', to: bench.path(`${name}.moved`) })
        renameSync(bench.path(name), bench.path(`${name}.moved`))
        log({ path: bench.path(name), was: 'absent' })
        symlinkSync(`${name}.moved`, bench.path(name))
        log({ path: bench.path(`${name}.moved/new`), was: 'absent' })
        bench.write(`${name}/new`, 'new')
      }
    })
    const after = bench.tree()
    await bench.undo()
    expect(bench.tree()).toEqual(before)
    await bench.redo()
    expect(bench.tree()).toEqual(after)
  })

  test('of a move that was refused, and made under another name, follows the one that was made', async () => {
    using bench = openJournalBench()
    bench.write('src/a', 'one')
    bench.write('to/mine', 'mine')
    const before = bench.tree()
    await captured(bench, (log) => {
      log({ path: bench.path('src'), was: 'moved', to: bench.path('to') })
      log({ path: bench.path('to/src'), was: 'absent' })
      log({ path: bench.path('src'), was: 'moved', to: bench.path('to/src') })
      renameSync(bench.path('src'), bench.path('to/src'))
    })
    await bench.undo()
    expect(bench.tree()).toEqual(before)
  })

  test('of a directory with too many files is not taken back by half: it says what to do', () => {
    using bench = openJournalBench()
    for (const name of ['a', 'b', 'c', 'd']) bench.write(`to/${name}`, name)
    const lines: CaptureLine[] = [
      { path: bench.path('to'), was: 'absent' },
      { path: bench.path('from'), was: 'moved', to: bench.path('to') },
      { path: bench.path('to/d'), was: 'absent' },
    ]
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    writeFileSync(join(bench.directory, 'log'), text)
    const { starts } = readCaptureLog(bench.directory, 3)
    const why = `it was moved with more than 3 files; move ${bench.path('to')} back to ${bench.path('from')} yourself`
    expect(starts.length).toBeGreaterThan(1)
    for (const { before } of starts) expect(before).toMatchObject({ was: 'other', why })
    expect(readCaptureLog(bench.directory, 30).starts).not.toContainEqual(
      expect.objectContaining({ before: expect.objectContaining({ was: 'other' }) }),
    )
  })

  test('holds what was opened and not changed for no change', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    const step = await captured(bench, (log) => {
      log({ path: bench.path('a'), was: 'file', ...image(log, 'one') })
    })
    const { store } = await bench.journal.open()
    expect(store.changes({ steps: step === undefined ? [] : [step] })).toEqual([])
  })

  test('tells what it could not keep, and lines that are none are passed over', async () => {
    using bench = openJournalBench()
    bench.write('large', 'x')
    bench.write('b', 'one')
    await captured(bench, (log) => {
      appendFileSync(log.path, 'rubbish\n{"path":"relative","was":"absent"}\n')
      appendFileSync(log.path, '{"pathHex":"ff","was":"absent"}\n')
      const lost = { lost: 'larger than 64 MB', mode: 0o644, bytes: 1, mtimeNs: '0' }
      log({ path: bench.path('large'), was: 'file', ...lost })
      bench.write('large', 'y')
      log({ path: bench.path('b'), was: 'file', ...image(log, 'one') })
      bench.write('b', 'two')
      appendFileSync(log.path, '{"path":"/half')
    })
    const { selected } = await bench.plan()
    expect(selected[0]?.notes).toEqual(['1 file whose name is no UTF-8 cannot be taken back'])
    const rows = await bench.undo()
    expect(rows.map((row) => [row.outcome, row.why])).toEqual([
      ['lost', 'larger than 64 MB'],
      ['restore', undefined],
    ])
    expect([bench.text('large'), bench.text('b')]).toEqual(['y', 'one'])
  })

  test('never reads an image from outside of its directory', async () => {
    using bench = openJournalBench()
    bench.write('secret', 'secret')
    bench.write('a', 'one')
    await captured(bench, (log) => {
      const way = { image: '../../../work/secret', mode: 0o644, bytes: 6, mtimeNs: '0' }
      appendFileSync(
        log.path,
        `${JSON.stringify({ path: bench.path('a'), was: 'file', ...way })}\n`,
      )
      bench.write('a', 'two')
    })
    const { rows } = await bench.plan()
    expect(rows).toEqual([])
  })

  test('of a shell is taken in at each border, until it is over', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    let capture: PendingCapture | undefined
    await bench.recordedStep(async (recorder) => {
      capture = await recorder.capture({ callId: 'c', tool: 'bash', command: 'serve' })
      if (!capture) throw new Error('there is no capture')
      const log = logOf(capture.directory)
      log({ path: bench.path('a'), was: 'file', ...image(log, 'one') })
      bench.write('a', 'two')
      await capture.done({ ...over, isOver: false })
      bench.write('a', 'three')
      log({ path: bench.path('b'), was: 'absent' })
      bench.write('b', 'new')
    })
    await capture?.done(over)
    expect(existsSync(capture?.directory ?? '/')).toBe(false)
    await bench.undo()
    expect([bench.text('a'), existsSync(bench.path('b'))]).toEqual(['one', false])
  })

  test('and a change that a dead codi left are taken in by the next one, those of a living one are not', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    bench.write('b', 'uno')
    const begun = Promise.withResolvers<void>()
    void bench.recordedStep(async (recorder) => {
      await recorder.before([bench.path('a')], { callId: 'c', tool: 'edit_file' })
      const capture = await recorder.capture({ callId: 'd', tool: 'bash', command: 'x' })
      const log = logOf(capture?.directory ?? '')
      log({ path: bench.path('b'), was: 'file', ...image(log, 'uno') })
      bench.write('a', 'two')
      bench.write('b', 'due')
      begun.resolve()
    })
    await begun.promise
    const other = bench.reopen()
    await other.open()
    expect(bench.notices).toEqual([])
    other.close()
    // The system lets go of the lock of a process that died; nothing else is done at its end.
    bench.journal.close()
    bench.journal = bench.reopen()
    await bench.undo()
    expect(bench.notices).toEqual([
      'codi ended in the middle of 1 step; what was done until then can be taken back',
    ])
    expect([bench.text('a'), bench.text('b')]).toEqual(['one', 'uno'])
    expect(readdirSync(join(bench.journal.directory, 'captures'))).toEqual([])
  })
})

interface Log {
  (line: CaptureLine): void
  path: string
  directory: string
}

function logOf(directory: string): Log {
  const path = join(directory, 'log')
  mkdirSync(directory, { recursive: true })
  return Object.assign((line: CaptureLine) => appendFileSync(path, `${JSON.stringify(line)}\n`), {
    path,
    directory,
  })
}

function image(log: Log, content: string) {
  const name = `image-${crypto.randomUUID()}`
  writeFileSync(join(log.directory, name), content)
  return { image: name, mode: 0o644, bytes: content.length, mtimeNs: '0' }
}

async function captured(
  bench: JournalBench,
  work: (log: Log) => void,
): Promise<number | undefined> {
  return bench.recordedStep(async (recorder) => {
    const capture = await recorder.capture({ callId: 'c', tool: 'bash', command: 'a command' })
    if (!capture) throw new Error('there is no capture')
    const log = logOf(capture.directory)
    appendFileSync(log.path, '')
    work(log)
    await capture.done(over)
  })
}
