/**
 * The history of what was done to files, for front ends: plans that can be shown, and their execution together with the
 * conversation. Whatever was taken back, the model learns with the next message.
 */
import { join } from 'node:path'
import { CodiError, toCodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { oneLine, plural } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type {
  Checkpoint,
  ConflictAnswer,
  History,
  HistoryPlan,
  HistoryResult,
} from '../contract/history.ts'
import type { ChangeRecorder } from '../contract/journal.ts'
import type { SandboxService } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { foldChanges, onlyReal } from '../journal/fold.ts'
import { openJournal, type StepScope } from '../journal/journal.ts'
import type { PlanRow } from '../journal/plan.ts'
import type { PutBackRow } from '../journal/put-back.ts'
import type { CheckpointRow } from '../journal/store.ts'
import type { CurrentSession } from './current-session.ts'
import { beforePrompt, turnBack } from './history-conversation.ts'
import { diffOf } from './history-diff.ts'
import { diskOf, gcOf } from './history-disk.ts'
import { renewStamps, toldToModel } from './history-notes.ts'
import { type MadePlan, planRedoOf, planRestoreOf, planUndoOf, summaryOf } from './history-plan.ts'
import { openSteps, type RunningStep } from './history-steps.ts'

export interface AppHistory {
  readonly history: History
  beginPrompt(prompt: { session: string; entry: number; text: string }): RunningStep
  /** A call outside of a conversation. */
  beginCall(tool: string, input: JsonObject): RunningStep
  /** Undefined where nothing is recorded. */
  readonly recorder: (() => ChangeRecorder) | undefined
  /** What the model is yet to be told. */
  takeNotes(): string[]
  close(): Promise<void>
}

export interface HistoryOptions {
  settings: Pick<Settings, 'journal' | 'journalMb' | 'journalDays'>
  paths: { data: string; cache: string }
  workspace: Workspace
  bus: EventBus
  current: CurrentSession
  sandbox(): SandboxService
  /** Background shells that run. */
  shells(): number
  mask(text: string): string
  warn(text: string): void
}

const bytesPerMb = 1024 * 1024
const maxLabelChars = 120
const offText = 'the journal is off (journal: false)'

export function openHistory(options: HistoryOptions): AppHistory {
  const { settings, workspace, current, warn } = options
  const { root } = workspace
  const off = settings.journal ? undefined : offText
  const journal = openJournal({
    directory: join(options.paths.data, 'journal'),
    root,
    maxBytes: settings.journalMb * bytesPerMb,
    ...(settings.journalDays === undefined ? {} : { maxDays: settings.journalDays }),
    notice: warn,
  })
  const steps = openSteps({
    records: off === undefined,
    ...{ journal, bus: options.bus, sandbox: options.sandbox, notice: warn },
    checkpoint: async (name) => {
      await journal.open()
      return addCheckpoint(name, true)
    },
  })
  const plans = new WeakMap<HistoryPlan, MadePlan>()
  const notes: { session: string | undefined; text: string }[] = []

  async function parts() {
    if (off !== undefined) throw new CodiError('unsupported', `Nothing can be taken back: ${off}`)
    const { store, objects } = await journal.open()
    await steps.border()
    return { store, objects, root, current }
  }

  function scopeOf(session: string | undefined): string | undefined {
    if (session !== undefined) return current.store().summary(session).id
    return current.conversation.id
  }

  function kept(made: MadePlan): HistoryPlan {
    const { plan } = made
    const running = options.shells()
    if (running > 0 && plan.files.length > 0)
      plan.notes.push(`${plural(running, 'background shell')} may go on changing files`)
    if (plan.conversation?.prompt !== undefined)
      plan.conversation.prompt = options.mask(plan.conversation.prompt)
    for (const step of plan.steps) step.label = options.mask(step.label)
    plans.set(plan, made)
    return plan
  }

  async function planUndo({
    count = 1,
    session,
    part = 'both',
  }: Parameters<History['planUndo']>[0] = {}): Promise<HistoryPlan> {
    const scope = scopeOf(session)
    try {
      return kept(await planUndoOf(await parts(), { count, session: scope, part }))
    } catch (thrown) {
      // Without a journal, or for prompts from before it, the conversation alone is taken back.
      const isMissing = ['not_found', 'unsupported', 'io'].includes(toCodiError(thrown).kind)
      if (!isMissing || part === 'files' || session !== undefined) throw thrown
      const turnback = beforePrompt(count, current)
      if (!turnback) throw thrown
      const { session: id, prompts, prompt = '' } = turnback
      const why = toCodiError(thrown)
      const plan: HistoryPlan = {
        ...{ what: 'undo', steps: [], files: [] },
        conversation: { session: id, prompts, prompt },
        notes: why.kind === 'not_found' ? [] : [`files stay as they are: ${why.message}`],
      }
      return kept({ plan, rows: [], selected: [], undone: [], turnback })
    }
  }

  async function apply(
    plan: HistoryPlan,
    answers: ConflictAnswer | ReadonlyMap<string, ConflictAnswer> | undefined,
  ): Promise<HistoryResult> {
    const made = plans.get(plan)
    if (!made) throw new CodiError('internal', 'This plan was not made here')
    plans.delete(plan)
    const { rows, selected, turnback } = made
    const decided = rows.map((row) => decide(row, answers))
    const todo = decided.filter((row): row is PutBackRow => row.result !== undefined)
    const common = new Set(selected.map((row) => row.session))
    const session = turnback?.session ?? (common.size === 1 ? (selected[0]?.session ?? null) : null)
    const scope: StepScope = {
      ...{ kind: plan.what, session, entry: turnback?.from ?? null },
      label: `${plan.what} ${plan.steps.map((step) => oneLine(step.label, 40)).join(', ')}`,
      refers: selected.flatMap((row) => [row.id, ...row.refers]),
    }
    // First, because it can be refused: somebody else may write to that conversation.
    if (turnback) turnBack(turnback, current)
    let step: number | undefined
    try {
      step = await record(made, todo, scope)
    } catch (thrown) {
      if (turnback && turnback.from !== null)
        turnBack({ ...turnback, from: turnback.to, to: turnback.from }, current)
      throw thrown
    }
    await renewStamps(todo, current.conversation.ledger)
    const left = plan.files.filter((file) => !todo.some((row) => row.path === file.absolute))
    const text = toldToModel({ plan, left, turnedBack: turnback !== undefined, selected })
    if (text !== undefined) notes.push({ session: current.conversation.id, text })
    return {
      ...(step === undefined ? {} : { step }),
      files: plan.files.filter((file) => !left.includes(file)),
      left,
      ...(turnback?.prompt === undefined ? {} : { prompt: turnback.prompt }),
    }
  }

  /** The step that this is; without files one of the conversation alone. */
  async function record(
    { plan, selected, undone, turnback }: MadePlan,
    todo: readonly PutBackRow[],
    scope: StepScope,
  ): Promise<number | undefined> {
    if (selected.length === 0) return undefined
    const { store } = await journal.open()
    if (todo.length === 0 && !turnback && plan.files.length > 0) return undefined
    const id =
      todo.length > 0
        ? await journal.carryOut(todo, scope)
        : store.addStep({
            ...{ ...scope, refers: [...(scope.refers ?? [])], root, at: Date.now() },
            ...{ undoneBy: null, notes: [] },
          }).id
    if (plan.what !== 'redo') store.markUndone(undone, id)
    else {
      const back = selected.flatMap((row) =>
        row.refers.filter((step) => store.step(step)?.undoneBy === row.id),
      )
      store.markUndone(back, null)
      store.markUndone(
        selected.map((row) => row.id),
        id,
      )
    }
    return id
  }

  function addCheckpoint(name: string, automatic: boolean): Checkpoint {
    const { store } = openedNow()
    const { id } = current.conversation
    const trimmed = oneLine(name, 80)
    if (trimmed === '') throw new CodiError('usage', 'A checkpoint needs a name')
    if (!automatic && findCheckpoint(trimmed))
      throw new CodiError(
        'usage',
        `There is a checkpoint "${trimmed}" already; choose another name`,
      )
    const row = store.addCheckpoint({
      ...{ root, session: id ?? null, name: options.mask(trimmed), automatic },
      entry: id === undefined ? null : current.conversation.session().head,
      ...{ change: store.newestChange(), at: Date.now() },
    })
    return checkpointOf(row)
  }

  function openedNow() {
    const opened = journal.opened
    if (opened) return opened
    throw new CodiError(
      'unsupported',
      `There are no checkpoints: ${off ?? 'the journal is not open'}`,
    )
  }

  function checkpointOf(row: CheckpointRow): Checkpoint {
    const changes = onlyReal(foldChanges(openedNow().store.changes({ root, above: row.change })))
    const { name, at, automatic, session } = row
    return { name, at, automatic, session, files: changes.length }
  }

  function findCheckpoint(name: string): CheckpointRow | undefined {
    return openedNow()
      .store.checkpoints(root)
      .findLast((row) => row.name === name)
  }

  async function checkpointNamed(name: string): Promise<CheckpointRow> {
    await parts()
    const found = findCheckpoint(name)
    if (found) return found
    throw new CodiError(
      'not_found',
      `There is no checkpoint "${oneLine(name, 80)}" here; codi checkpoints lists them`,
    )
  }

  const history: History = {
    off,
    planUndo,
    apply,
    async steps({ session, limit = 50 } = {}) {
      const { store } = await parts()
      const scope = scopeOf(session)
      return store
        .steps({ root, ...(scope === undefined ? {} : { session: scope }) })
        .slice(0, limit)
        .map((row) => summaryOf(row, store))
        .map((step) => ({ ...step, label: options.mask(step.label) }))
    },
    async planRedo({ session, part = 'both' } = {}) {
      return kept(await planRedoOf(await parts(), { session: scopeOf(session), part }))
    },
    async planRestore(name, { part = 'both' } = {}) {
      const checkpoint = await checkpointNamed(name)
      return kept(await planRestoreOf(await parts(), { checkpoint, part }))
    },
    async diff(diffOptions) {
      const made = await parts()
      const session = diffOptions.session ? scopeOf(diffOptions.session) : diffOptions.session
      return diffOf(
        { ...made, session: current.conversation.id },
        { ...diffOptions, ...(session === undefined ? {} : { session }) },
      )
    },
    async addCheckpoint(name) {
      await parts()
      return addCheckpoint(name, false)
    },
    async checkpoints() {
      const { store } = await parts()
      return store.checkpoints(root).toReversed().map(checkpointOf)
    },
    async removeCheckpoint(name) {
      const row = await checkpointNamed(name)
      openedNow().store.removeCheckpoint(row.id)
    },
    disk: () => diskOf({ journal, paths: options.paths, current }),
    gc: (gcOptions) => gcOf({ journal, paths: options.paths, current }, gcOptions),
  }

  return {
    history,
    beginPrompt: ({ session, entry, text }) =>
      steps.begin({
        ...{ session, entry, kind: 'prompt' },
        label: current.forgets ? 'a run of which nothing is kept' : oneLine(text, maxLabelChars),
      }),
    beginCall(tool, input) {
      const first = Object.values(input).find((value) => typeof value === 'string')
      const label = first === undefined ? tool : `${tool} ${first}`
      return steps.begin({
        ...{ session: null, entry: null, kind: 'tool' },
        label: oneLine(label, maxLabelChars),
      })
    },
    recorder: off === undefined ? () => steps.changes : undefined,
    takeNotes() {
      const { id } = current.conversation
      const mine = notes.filter((note) => note.session === undefined || note.session === id)
      notes.splice(0)
      return mine.map((note) => note.text)
    },
    async close() {
      await steps.border({ all: true })
      journal.close()
    },
  }
}

/** A conflict without an answer refuses everything; what cannot be done stays as it is. */
function decide(
  row: PlanRow,
  answers: ConflictAnswer | ReadonlyMap<string, ConflictAnswer> | undefined,
): PlanRow {
  if (row.outcome !== 'conflict') return row
  const answer = typeof answers === 'string' ? answers : answers?.get(row.path)
  if (answer === undefined)
    throw new CodiError(
      'stale',
      `You changed ${row.path} since; nothing was done. Say whether to keep yours or to put back the old one`,
    )
  return answer === 'old' && row.old ? { ...row, result: row.old } : row
}
