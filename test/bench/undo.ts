/**
 * `bun test/bench/bench.ts undo`: what recording costs a changed file, what 500 steps take on disk, and how long an undo
 * of 100 files takes. Real files, real fsync; the same write without a journal stands beside it.
 */
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeAtomic } from '../../src/base/atomic-write.ts'
import { removeTree } from '../../src/base/remove-tree.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { planRows, undoing } from '../../src/journal/plan.ts'
import type { PutBackRow } from '../../src/journal/put-back.ts'
import { changesToUndo, standingSteps } from '../../src/journal/select.ts'

const writes = 300
const steps = 500
const filesOfStep = 5
const fileBytes = 20_000
const undoFiles = 100

const scratch = mkdtempSync(join(process.env.CODI_BENCH_DIR ?? tmpdir(), 'codi-bench-undo-'))
const root = join(scratch, 'work')
mkdirSync(root)
try {
  await recording()
  await manySteps()
  await undoOfMany()
} finally {
  removeTree(scratch)
}

function open(name: string) {
  const directory = join(scratch, name)
  return openJournal({
    directory,
    root,
    maxBytes: 1024 ** 3,
    notice: (text) => console.error(text),
  })
}

/** Like source: lines that repeat words, and differ from each other. */
function sourceText(seed: number): string {
  let text = ''
  for (let line = 0; text.length < fileBytes; line++)
    text += `  const value${(line * 7919 + seed) % 9973} = compute(${line}, '${(line * 31 + seed * 17) % 977}')\n`
  return text
}

async function recording(): Promise<void> {
  const journal = open('one')
  const path = join(root, 'file.ts')
  writeFileSync(path, sourceText(0))
  const times: Record<'without' | 'with', number[]> = { without: [], with: [] }
  const scope = { session: 's', entry: 1, kind: 'prompt', label: 'bench' } as const
  // In turn, so that both see the same disk.
  for (let at = 1; at <= writes; at++) {
    const bytes = new TextEncoder().encode(sourceText(at))
    const plainAt = performance.now()
    await writeAtomic(path, new TextEncoder().encode(sourceText(-at)))
    times.without.push(performance.now() - plainAt)
    const step = journal.beginStep(() => scope)
    const startedAt = performance.now()
    const pending = await step.recorder.before([path], { callId: 'c', tool: 'bench' })
    await writeAtomic(path, bytes)
    await pending.done()
    times.with.push(performance.now() - startedAt)
  }
  journal.close()
  const [without, recorded] = [summary(times.without), summary(times.with)]
  row('a changed file, 20 KB, not recorded', `median ${without.median} ms, p99 ${without.p99} ms`)
  row('the same, recorded', `median ${recorded.median} ms, p99 ${recorded.p99} ms`)
}

async function manySteps(): Promise<void> {
  const journal = open('many')
  const paths = Array.from({ length: filesOfStep }, (_, at) => join(root, `m${at}.ts`))
  const texts = paths.map((_, at) => sourceText(at))
  for (const [at, path] of paths.entries()) writeFileSync(path, texts[at] ?? '')
  let copies = 0
  const scope = { session: 's', entry: 1, kind: 'prompt', label: 'bench' } as const
  for (let step = 0; step < steps; step++) {
    const { recorder } = journal.beginStep(() => scope)
    const pending = await recorder.before(paths, { callId: 'c', tool: 'bench' })
    for (const [at, path] of paths.entries()) {
      const text = (texts[at] ?? '').replace(/compute\(\d+/, `compute(${step}`)
      texts[at] = text
      copies += text.length
      writeFileSync(path, text)
    }
    await pending.done()
  }
  journal.close()
  const used = sizeOf(join(scratch, 'many'))
  row(`${steps} steps that edit the same ${filesOfStep} files`, `${mb(used)} on disk`)
  row('full copies of these files', mb(copies))
}

async function undoOfMany(): Promise<void> {
  const journal = open('undo')
  const paths = Array.from({ length: undoFiles }, (_, at) => join(root, `u/${at % 10}/${at}.ts`))
  for (const [at, path] of paths.entries()) {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, sourceText(at))
  }
  const scope = { session: 's', entry: 1, kind: 'prompt', label: 'bench' } as const
  const planned: number[] = []
  const undone: number[] = []
  for (let round = 1; round <= 5; round++) {
    const { recorder } = journal.beginStep(() => scope)
    const pending = await recorder.before(paths, { callId: 'c', tool: 'bench' })
    for (const [at, path] of paths.entries()) writeFileSync(path, sourceText(at + round * 1000))
    await pending.done()
    const { store, objects } = await journal.open()
    const startedAt = performance.now()
    const selected = standingSteps(store, { root }).slice(0, 1)
    const rows = await planRows(undoing(changesToUndo(store, selected, { root })), objects)
    planned.push(performance.now() - startedAt)
    const ids = selected.map(({ id }) => id)
    const by = await journal.carryOut(
      rows.filter((found): found is PutBackRow => found.result !== undefined),
      { session: null, entry: null, kind: 'undo', label: 'undo', refers: ids },
    )
    store.markUndone(ids, by)
    undone.push(performance.now() - startedAt)
  }
  journal.close()
  row(`undo of ${undoFiles} files: planned`, `median ${summary(planned).median} ms`)
  row(`undo of ${undoFiles} files: planned and done`, `median ${summary(undone).median} ms`)
}

function row(name: string, value: string): void {
  console.info(`${name.padEnd(44)} ${value}`)
}

function summary(times: number[]): { median: string; p99: string } {
  const sorted = times.toSorted((one, two) => one - two)
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2)
  return { median: at(0.5), p99: at(0.99) }
}

function sizeOf(path: string): number {
  const found = statSync(path)
  if (!found.isDirectory()) return found.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
