/** A prompt that changes no file opens no journal, and is a step all the same. */
import { afterEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Journal, openJournal } from '../../src/journal/journal.ts'

const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function openBench() {
  const base = mkdtempSync(join(tmpdir(), 'codi-waiting-'))
  directories.push(base)
  const directory = join(base, 'journal')
  return {
    directory,
    file: join(base, 'file'),
    open: () =>
      openJournal({
        directory,
        root: base,
        maxBytes: 1e6,
        notice: (text) => expect(text).toBe(''),
      }),
  }
}

const prompt = (entry: number) => () =>
  ({ session: 's', entry, kind: 'prompt', label: `prompt ${entry}` }) as const

async function labels(journal: Journal): Promise<string[]> {
  const { store } = await journal.open()
  return store
    .steps()
    .map((row) => row.label)
    .toReversed()
}

test('it is there, in its order, for whoever opens the journal', async () => {
  const { directory, file, open } = openBench()
  const first = open()
  first.beginStep(prompt(1)).keep()
  first.beginStep(prompt(2)).keep()
  first.close()
  expect(existsSync(join(directory, 'journal.db'))).toBe(false)
  const second = open()
  const step = second.beginStep(prompt(3))
  step.keep()
  const pending = await step.recorder.before([file], { callId: 'c', tool: 't' })
  writeFileSync(file, 'changed')
  await pending.done()
  expect(await labels(second)).toEqual(['prompt 1', 'prompt 2', 'prompt 3'])
  open().beginStep(prompt(4)).keep()
  expect(await labels(second)).toEqual(['prompt 1', 'prompt 2', 'prompt 3', 'prompt 4'])
  second.close()
})

test('a crash while they are taken in neither loses nor doubles one', async () => {
  const { directory, open } = openBench()
  const first = open()
  first.beginStep(prompt(1)).keep()
  await first.open()
  first.close()
  const again = open()
  again.beginStep(prompt(1)).keep()
  again.beginStep(prompt(2)).keep()
  const waiting = join(directory, 'waiting-steps.jsonl')
  renameSync(waiting, `${waiting}.taken`)
  again.beginStep(prompt(3)).keep()
  writeFileSync(waiting, 'half a li', { flag: 'a' })
  expect(await labels(again)).toEqual(['prompt 1', 'prompt 2'])
  expect(await labels(again)).toEqual(['prompt 1', 'prompt 2', 'prompt 3'])
  expect(readdirSync(directory).filter((name) => name.startsWith('waiting'))).toEqual([])
  again.close()
})
