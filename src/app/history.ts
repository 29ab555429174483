/**
 * The history of what was done to files, for front ends: plans that can be shown, and their execution together with the
 * conversation. Whatever was taken back, the model learns with the next message.
 */
import { join } from 'node:path'
import { CodiError, errorMessage, toCodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { oneLine, plural } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type { History, HistoryPlan, HistoryResult } from '../contract/history.ts'
import type { ChangeRecorder } from '../contract/journal.ts'
import type { SandboxService } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import type { Tries } from '../contract/tries.ts'
import { openJournal } from '../journal/journal.ts'
import { typedPart } from '../sessions/typed-text.ts'
import type { CurrentSession } from './current-session.ts'
import { applyPlan, type ConflictAnswers } from './history-apply.ts'
import { addCheckpoint, findCheckpoint, listCheckpoints } from './history-checkpoints.ts'
import { beforePrompt } from './history-conversation.ts'
import { diffOf } from './history-diff.ts'
import { diskOf, gcOf } from './history-disk.ts'
import { type MadePlan, planRedoOf, planRestoreOf, planUndoOf, summaryOf } from './history-plan.ts'
import { openSteps, type RunningStep } from './history-steps.ts'
import { isWritable } from './writable.ts'

export interface AppHistory {
  readonly history: History
  beginPrompt(prompt: { session: string; entry: number; text: string }): RunningStep
  /** A call outside of a conversation. */
  beginCall(tool: string, input: JsonObject): RunningStep
  /** Undefined where nothing is recorded. */
  readonly recorder: (() => ChangeRecorder) | undefined
  /** Why nothing could be recorded now though it is wanted, for a person; undefined where it can. */
  trouble(): Promise<string | undefined>
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
  tries(): Pick<Tries, 'list' | 'discard'>
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
    session: () => current.conversation.id ?? null,
    keptText: (command) => (current.forgets ? 'a command' : options.mask(command)),
    checkpoint: async (name) => {
      const { store } = await journal.open()
      return addCheckpoint({ store, root, current, mask: options.mask }, name, { automatic: true })
    },
  })
  const plans = new WeakMap<HistoryPlan, MadePlan>()
  const notes: { session: string | undefined; text: string }[] = []

  async function parts() {
    if (off !== undefined) throw new CodiError('unsupported', `Nothing can be taken back: ${off}`)
    const { store, objects } = await journal.open()
    await steps.border()
    return { store, objects, root, current, mask: options.mask }
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

  async function apply(plan: HistoryPlan, answers: ConflictAnswers): Promise<HistoryResult> {
    const made = plans.get(plan)
    if (!made) throw new CodiError('internal', 'This plan was not made here')
    plans.delete(plan)
    const { result, note } = await applyPlan(made, answers, { journal, root, current })
    if (note !== undefined) notes.push({ session: current.conversation.id, text: note })
    return result
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
      const made = await parts()
      const checkpoint = findCheckpoint(made, name)
      return kept(await planRestoreOf(made, { checkpoint, part }))
    },
    async diff(diffOptions) {
      const made = await parts()
      const session = diffOptions.session ? scopeOf(diffOptions.session) : diffOptions.session
      return diffOf(
        { ...made, session: current.conversation.id },
        { ...diffOptions, ...(session === undefined ? {} : { session }) },
      )
    },
    addCheckpoint: async (name) => addCheckpoint(await parts(), name, { automatic: false }),
    checkpoints: async () => listCheckpoints(await parts()),
    async removeCheckpoint(name) {
      const made = await parts()
      made.store.removeCheckpoint(findCheckpoint(made, name).id)
    },
    disk: () => diskOf({ ...options, journal }),
    gc: (gcOptions) => gcOf({ ...options, journal }, gcOptions),
  }

  return {
    history,
    beginPrompt: ({ session, entry, text }) =>
      steps.begin({
        ...{ session, entry, kind: 'prompt' },
        label: current.forgets
          ? 'a run of which nothing is kept'
          : oneLine(typedPart(text), maxLabelChars),
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
    async trouble() {
      const failure = journal.exists()
        ? await journal.open().then(() => undefined, errorMessage)
        : isWritable(options.paths.data)
          ? undefined
          : `${options.paths.data} cannot be written`
      return failure && `nothing can be recorded and taken back now: ${failure}`
    },
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
