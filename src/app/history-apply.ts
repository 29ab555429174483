/** A plan of undo, redo or restore carried out: conversation and files together, or neither. */
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { ConflictAnswer, HistoryResult } from '../contract/history.ts'
import type { Journal, StepScope } from '../journal/journal.ts'
import type { PlanRow } from '../journal/plan.ts'
import type { PutBackRow } from '../journal/put-back.ts'
import type { JournalStore } from '../journal/store.ts'
import type { CurrentSession } from './current-session.ts'
import { turnBack } from './history-conversation.ts'
import { renewStamps, toldToModel } from './history-notes.ts'
import type { MadePlan } from './history-plan.ts'

export type ConflictAnswers = ConflictAnswer | ReadonlyMap<string, ConflictAnswer> | undefined

export interface ApplyParts {
  journal: Journal
  root: string
  current: CurrentSession
}

const maxLabelChars = 40

/** With what the model has to be told, where it has to be. */
export async function applyPlan(
  made: MadePlan,
  answers: ConflictAnswers,
  parts: ApplyParts,
): Promise<{ result: HistoryResult; note: string | undefined }> {
  const { plan, selected, turnback } = made
  const { current } = parts
  const decided = made.rows.map((row) => decide(row, answers))
  const todo = decided
    .filter((row): row is PutBackRow => row.result !== undefined)
    .filter((row) => !isHeldUp(row, decided))
  // First, because it can be refused: somebody else may write to that conversation.
  if (turnback) turnBack(turnback, current)
  let step: number | undefined
  try {
    step = await record(made, todo, parts)
  } catch (thrown) {
    if (turnback) turnBack({ ...turnback, from: turnback.to, to: turnback.from }, current)
    throw thrown
  }
  await renewStamps(todo, current.conversation.ledger)
  const left = plan.files.filter((file) => !todo.some((row) => row.path === file.absolute))
  const result: HistoryResult = {
    ...(step === undefined ? {} : { step }),
    files: plan.files.filter((file) => !left.includes(file)),
    left,
    ...(turnback?.prompt === undefined ? {} : { prompt: turnback.prompt }),
  }
  const turnedBack = turnback !== undefined
  return { result, note: toldToModel({ plan, left, turnedBack, selected }) }
}

/** The step that this is; without files one of the conversation alone. */
async function record(
  made: MadePlan,
  todo: readonly PutBackRow[],
  { journal, root }: ApplyParts,
): Promise<number | undefined> {
  const { selected, turnback } = made
  // Where nothing is left to do it counts as done: else it would stand before all that is older.
  const isSettled = made.rows.every((row) => row.outcome === 'conflict')
  if (selected.length === 0 || (todo.length === 0 && !turnback && !isSettled)) return undefined
  const { store } = await journal.open()
  const scope = scopeOf(made)
  const id =
    todo.length > 0
      ? await journal.carryOut(todo, scope)
      : store.addStep({
          ...{ ...scope, refers: [...(scope.refers ?? [])], root, at: Date.now() },
          ...{ undoneBy: null, notes: [] },
        }).id
  mark(made, id, store)
  return id
}

function scopeOf({ plan, selected, turnback }: MadePlan): StepScope & { refers: number[] } {
  const sessions = new Set(selected.map((row) => row.session))
  const common = sessions.size === 1 ? (selected[0]?.session ?? null) : null
  const labels = plan.steps.map((step) => oneLine(step.label, maxLabelChars))
  return {
    ...{ kind: plan.what, session: turnback?.session ?? common, entry: turnback?.from ?? null },
    label: `${plan.what} ${labels.join(', ')}`,
    refers: selected.flatMap((row) => [row.id, ...row.refers]),
  }
}

function mark({ plan, selected, undone }: MadePlan, id: number, store: JournalStore): void {
  if (plan.what !== 'redo') {
    store.markUndone(undone, id)
    return
  }
  const back = selected.flatMap((row) =>
    row.refers.filter((step) => store.step(step)?.undoneBy === row.id),
  )
  const undos = selected.map((row) => row.id)
  store.markUndone(back, null)
  store.markUndone(undos, id)
}

/** By what stays where this one needs a directory, or in the directory whose place it would take. */
function isHeldUp({ path, current, result }: PutBackRow, rows: readonly PlanRow[]): boolean {
  const takesPlace =
    current.kind === 'directory' && result.kind !== 'directory' && result.kind !== 'absent'
  return rows.some(
    (row) =>
      row.result === undefined &&
      row.current.kind !== 'absent' &&
      ((row.current.kind !== 'directory' && path.startsWith(`${row.path}/`)) ||
        (takesPlace && row.path.startsWith(`${path}/`))),
  )
}

/** A conflict without an answer refuses everything; what cannot be done stays as it is. */
function decide(row: PlanRow, answers: ConflictAnswers): PlanRow {
  if (row.outcome !== 'conflict') return row
  const answer = typeof answers === 'string' ? answers : answers?.get(row.path)
  if (answer === undefined)
    throw new CodiError(
      'stale',
      `You changed ${row.path} since; nothing was done. Say whether to keep yours or to put back the old one`,
    )
  return answer === 'old' && row.old ? { ...row, result: row.old } : row
}
