/** A plan of undo, redo or restore from its preview to its end: shown, asked about, done; the same for every front end. */
import { CodiError } from '../base/errors.ts'
import { oneLine, plural } from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { ConflictAnswer, HistoryPlan, HistoryResult } from '../contract/history.ts'

export interface CarryOutOptions {
  /** Without a question whether to do it. */
  yes: boolean
  /** What becomes of files that the person changed since; undefined: each is asked about. */
  conflicts: ConflictAnswer | undefined
  signal: AbortSignal
}

const keep = 'keep mine'
const old = 'put back the old one'
const none = 'do nothing at all'

/** Undefined where the person wants nothing of it. Throws a CodiError where nobody can be asked. */
export async function carryOut(
  app: Pick<App, 'history' | 'person'>,
  plan: HistoryPlan,
  options: CarryOutOptions,
): Promise<HistoryResult | undefined> {
  const answers = options.conflicts ?? (await askConflicts(app, plan, options.signal))
  if (answers === 'nothing') return undefined
  if (!options.yes && !(await confirmed(app, plan, options.signal))) return undefined
  return app.history.apply(plan, answers)
}

async function askConflicts(
  { person }: Pick<App, 'person'>,
  plan: HistoryPlan,
  signal: AbortSignal,
): Promise<Map<string, ConflictAnswer> | 'nothing'> {
  const answers = new Map<string, ConflictAnswer>()
  const conflicts = plan.files.filter(({ outcome }) => outcome === 'conflict')
  const [first] = conflicts
  if (!first) return answers
  if (!person) {
    const more = conflicts.length > 1 ? ` and ${plural(conflicts.length - 1, 'other file')}` : ''
    throw new CodiError(
      'stale',
      `${first.path}${more}: you changed it since, and nothing was done; --conflicts mine keeps yours, --conflicts old puts back what was there`,
    )
  }
  for (const file of conflicts) {
    const text = `${oneLine(file.path, 200)}: ${file.note ?? 'you changed it since'}`
    const answer = await person.question({ text, choices: [keep, old, none], closed: true }, signal)
    if (answer === keep) answers.set(file.absolute, 'mine')
    else if (answer === old) answers.set(file.absolute, 'old')
    else return 'nothing'
  }
  return answers
}

async function confirmed(
  { person }: Pick<App, 'person'>,
  plan: HistoryPlan,
  signal: AbortSignal,
): Promise<boolean> {
  if (!person)
    throw new CodiError('denied', 'Nothing was done, since nobody could be asked; -y does it')
  const what = { undo: 'Undo this?', redo: 'Redo this?', restore: 'Go back?' }[plan.what]
  return (
    (await person.question({ text: what, choices: ['yes', 'no'], closed: true }, signal)) === 'yes'
  )
}
