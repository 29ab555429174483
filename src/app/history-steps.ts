/**
 * The step under way: what calls change belongs to it; what is changed outside of one is a step of its own. Background
 * shells go on changing files between steps: what they did is taken in at each border.
 */
import { oneLine } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type { Checkpoint } from '../contract/history.ts'
import type { ChangeRecorder, PendingCapture } from '../contract/journal.ts'
import type { SandboxService } from '../contract/sandbox-service.ts'
import { toChangeSet } from '../journal/change-set.ts'
import type { Journal, OpenStep, StepScope } from '../journal/journal.ts'
import { ownChanges } from '../journal/select.ts'

export interface RunningStep {
  /** Tells what changed, and keeps the journal within its limits. Never rejects. */
  end(): Promise<void>
}

export interface HistorySteps {
  readonly changes: ChangeRecorder
  begin(scope: StepScope): RunningStep
  /** Takes in what background shells have changed since. */
  border(options?: { all: true }): Promise<void>
}

export interface StepParts {
  /** Whether anything is recorded. */
  records: boolean
  journal: Journal
  bus: EventBus
  sandbox(): SandboxService
  checkpoint(name: string): Promise<Checkpoint>
  /** The conversation in force, where there is one. */
  session(): string | null
  /** A command as it may be kept. */
  keptText(command: string): string
  notice(text: string): void
}

/** Of more files the lines are not counted. */
const maxCountedFiles = 200
const maxNameChars = 60

export function openSteps(parts: StepParts): HistorySteps {
  const { journal, bus, notice } = parts
  let current: OpenStep | undefined
  const shells = new Map<string, PendingCapture>()
  /** By call: a risky command that was allowed, and is about to run. */
  const risky = new Map<string, string>()

  bus.subscribe((event) => {
    if (event.type === 'turn_start') risky.clear()
    if (event.type !== 'permission' || !event.decision.allow) return
    const { access, danger } = event.decision
    const { command, callId } = event.request
    if (command !== undefined && (danger !== undefined || access?.unsandboxed))
      risky.set(callId, oneLine(command, maxNameChars))
  })

  function begin(scope: StepScope): RunningStep {
    // A call beside a run belongs to its step.
    if (current || !parts.records) return { end: async () => undefined }
    const step = journal.beginStep(() => scope)
    current = step
    // A prompt that changes no file can be taken back, too; also one that is killed before it does.
    if (scope.session !== null) step.keep()
    return {
      async end() {
        if (current !== step) return
        current = undefined
        try {
          await border()
          if (scope.session === null) dropEmpty(step)
          await tell(step)
          await tidy()
        } catch (thrown) {
          notice(`The changes of this step are not told: ${String(thrown)}`)
        }
      },
    }
  }

  /** A call that changed nothing is nothing to take back. */
  function dropEmpty({ id }: OpenStep): void {
    const store = journal.opened?.store
    if (!store || id === undefined || store.captures().some((row) => row.step === id)) return
    if (store.changes({ steps: [id] }).length === 0) store.removeSteps([id])
  }

  async function tell({ id }: OpenStep): Promise<void> {
    if (id === undefined) return
    const { store, objects } = await journal.open()
    const row = store.step(id)
    const changes = row ? ownChanges(store, [row]) : []
    if (changes.length === 0) return
    const files = changes.filter(
      ({ before, after }) => before.kind !== 'directory' && after.kind !== 'directory',
    )
    const counted =
      changes.length > maxCountedFiles
        ? { changes: [] }
        : await toChangeSet(changes, { root: '/', objects })
    const sum = (key: 'added' | 'removed') =>
      counted.changes.reduce((total, change) => total + change[key], 0)
    bus.emit({
      ...{ type: 'changes', step: id, files: files.length || changes.length },
      ...{ added: sum('added'), removed: sum('removed') },
    })
  }

  async function tidy(): Promise<void> {
    const gone = await journal.tidy()
    if (!gone || gone.steps === 0) return
    const names =
      gone.checkpoints.length === 0 ? '' : ` and checkpoint ${gone.checkpoints.join(', ')}`
    notice(
      `The journal was over its limit: its ${gone.steps} oldest steps${names} can no longer be taken back`,
    )
  }

  async function border({ all }: { all?: true } = {}): Promise<void> {
    if (shells.size === 0) return
    const states = all
      ? []
      : await parts
          .sandbox()
          .shells({})
          .catch(() => [])
    for (const [id, capture] of shells) {
      const isOver = states.find((state) => state.id === id)?.status !== 'running'
      if (isOver) shells.delete(id)
      await capture.done({ by: 'notify', note: '', isOver })
    }
  }

  /** A change outside of a step: by a person's own call. */
  function recorder(label: string): ChangeRecorder {
    if (current) return current.recorder
    const scope: StepScope = { session: parts.session(), entry: null, kind: 'tool', label }
    return journal.beginStep(() => scope).recorder
  }

  return {
    begin,
    border,
    changes: {
      before: (paths, about) => recorder(about.command ?? about.tool).before(paths, about),
      async capture(about) {
        const name = risky.get(about.callId)
        risky.delete(about.callId)
        if (name !== undefined)
          await parts
            .checkpoint(name)
            .catch((thrown) => notice(`There is no checkpoint before ${name}: ${String(thrown)}`))
        const { command } = about
        const kept = command === undefined ? about : { ...about, command: parts.keptText(command) }
        const capture = await recorder(kept.command ?? kept.tool).capture(kept)
        return capture && followed(capture)
      },
    },
  }

  function followed(capture: PendingCapture): PendingCapture {
    return {
      directory: capture.directory,
      done(how) {
        if (how.shell !== undefined && !how.isOver) shells.set(how.shell, capture)
        return capture.done(how)
      },
    }
  }
}
