/** A journal of a workspace in a temporary directory, with what tests do to it: steps, undo, a look at the tree. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { removeTree } from '../../src/base/remove-tree.ts'
import type { ChangeRecorder } from '../../src/contract/journal.ts'
import { type Journal, type JournalOptions, openJournal } from '../../src/journal/journal.ts'
import { type PlanRow, planRows, undoing } from '../../src/journal/plan.ts'
import type { PutBackRow } from '../../src/journal/put-back.ts'
import { changesToUndo, redoable, standingSteps } from '../../src/journal/select.ts'
import type { StepRow } from '../../src/journal/store-rows.ts'

export interface JournalBench extends Disposable {
  directory: string
  root: string
  journal: Journal
  notices: string[]
  path(name: string): string
  write(name: string, content: string | Uint8Array): void
  text(name: string): string
  /** One step, whose changes are made by `work`. */
  step(paths: readonly string[], work: () => void): Promise<number | undefined>
  recordedStep(work: (recorder: ChangeRecorder) => Promise<void>): Promise<number | undefined>
  plan(count?: number): Promise<{ rows: PlanRow[]; selected: StepRow[] }>
  undo(count?: number, conflicts?: 'mine' | 'old'): Promise<PlanRow[]>
  redo(): Promise<PlanRow[]>
  /** Every path below the root with what stands there, one line each. */
  tree(): string[]
  /** The journal as another codi finds it. */
  reopen(options?: Partial<JournalOptions>): Journal
}

export function openJournalBench(options: Partial<JournalOptions> = {}): JournalBench {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-journal-')))
  const root = join(directory, 'work')
  mkdirSync(root)
  const notices: string[] = []
  const reopen = (more: Partial<JournalOptions> = {}) =>
    openJournal({
      ...{ directory: join(directory, 'journal'), root, maxBytes: 1024 ** 3 },
      notice: (text) => void notices.push(text),
      ...options,
      ...more,
    })
  const bench: JournalBench = {
    ...{ directory, root, notices, reopen },
    journal: reopen(),
    path: (name) => join(root, name),
    write(name, content) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), content)
    },
    text: (name) => readFileSync(join(root, name), 'utf8'),
    step: (paths, work) =>
      bench.recordedStep(async (recorder) => {
        const pending = await recorder.before(
          paths.map((name) => join(root, name)),
          { callId: 'call', tool: 'test' },
        )
        work()
        await pending.done()
      }),
    async recordedStep(work) {
      const scope = { session: 's1', entry: 1, kind: 'prompt', label: 'a step' } as const
      const step = bench.journal.beginStep(() => scope)
      await work(step.recorder)
      return step.id
    },
    async plan(count = 1) {
      const { store, objects } = await bench.journal.open()
      const selected = standingSteps(store, { root }).slice(0, count)
      return {
        rows: await planRows(undoing(changesToUndo(store, selected, { root })), objects),
        selected,
      }
    },
    async undo(count = 1, conflicts) {
      const { store } = await bench.journal.open()
      const { rows, selected } = await bench.plan(count)
      const ids = selected.map((row) => row.id)
      const by = await bench.journal.carryOut(decided(rows, conflicts), scopeOf('undo', ids))
      store.markUndone(ids, by)
      return rows
    },
    async redo() {
      const { store, objects } = await bench.journal.open()
      const steps = redoable(store, { root })
      const [step] = steps
      if (!step) throw new Error('there is nothing to redo')
      const rows = await planRows(undoing(changesToUndo(store, steps, { root })), objects)
      const refers = steps.flatMap((row) => [row.id, ...row.refers])
      const by = await bench.journal.carryOut(decided(rows, undefined), scopeOf('redo', refers))
      store.markUndone(step.refers, null)
      store.markUndone([step.id], by)
      return rows
    },
    tree: () => treeOf(root),
    [Symbol.dispose]() {
      bench.journal.close()
      removeTree(directory)
    },
  }
  return bench
}

function decided(rows: readonly PlanRow[], conflicts: 'mine' | 'old' | undefined): PutBackRow[] {
  return rows
    .map((row) =>
      row.outcome === 'conflict' && conflicts === 'old' ? { ...row, result: row.old } : row,
    )
    .filter((row): row is PutBackRow => row.result !== undefined)
}

function scopeOf(kind: 'undo' | 'redo', refers: readonly number[]) {
  return { session: null, entry: null, kind, label: kind, refers }
}

export function treeOf(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below))
    .sort()
    .flatMap((entry) => {
      const name = join(below, entry)
      const path = join(directory, name)
      const found = lstatSync(path)
      const mode = (found.mode & 0o7777).toString(8)
      if (found.isSymbolicLink()) return [`${name} -> ${readlinkSync(path)}`]
      if (found.isDirectory()) return [`${name}/ ${mode}`, ...treeOf(directory, name)]
      return [`${name} ${mode} ${Bun.hash(readFileSync(path)).toString(36)}`]
    })
}
