/** What an undo means for the model: what it believes of the files must hold again, and what it does not know is told. */
import { lstatSync, readFileSync } from 'node:fs'
import { plural } from '../base/text.ts'
import type { HistoryPlan, PlannedFile } from '../contract/history.ts'
import type { FileLedger } from '../contract/tool.ts'
import type { PutBackRow } from '../journal/put-back.ts'
import type { StepRow } from '../journal/store-rows.ts'
import { stampOf } from '../tools/files/file-text.ts'

const maxStampedBytes = 16 * 1024 * 1024
const maxNamed = 20

/** Files that the model knows are known to it as they are now; one that was merged has to be read again. */
export async function renewStamps(rows: readonly PutBackRow[], ledger: FileLedger): Promise<void> {
  for (const { path, result, merged } of rows) {
    if (result.kind !== 'file' || merged || !ledger.get(path)) continue
    const info = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    if (!info?.isFile() || info.size > maxStampedBytes) continue
    ledger.record(path, stampOf(readFileSync(path), info))
  }
}

/** Undefined where the conversation is as the files are. */
export function toldToModel(of: {
  plan: HistoryPlan
  left: readonly PlannedFile[]
  turnedBack: boolean
  selected: readonly StepRow[]
}): string | undefined {
  const { plan, left, turnedBack } = of
  const done = plan.files.filter((file) => !left.includes(file))
  if (turnedBack) {
    const others = done.filter((file) => file.outcome === 'merge').concat(left)
    if (plan.files.length > 0 && others.length === 0) return undefined
    if (others.length > 0)
      return note(
        `the user took back earlier work; ${named(others)} may be other than you know: read before you edit`,
      )
    const changed = of.selected.length > 0
    return changed
      ? note(
          'the user took back the last messages, but not what they did to files: read files before you edit',
        )
      : undefined
  }
  if (done.length === 0) return undefined
  const what = { undo: 'took back', redo: 'did again', restore: 'took back' }[plan.what]
  const steps = plural(plan.steps.length, 'step')
  return note(
    `the user ${what} the changes of ${steps}: ${named(done)} changed; read before you edit`,
  )
}

function note(text: string): string {
  return `<undo>${text.replaceAll('<', '‹')}</undo>`
}

function named(files: readonly PlannedFile[]): string {
  const names = files.slice(0, maxNamed).map((file) => file.path)
  const more = files.length > maxNamed ? ` and ${files.length - maxNamed} more` : ''
  return names.join(', ') + more
}
