/**
 * The journal of one workspace: what was done to files, and its way back. It is opened by the first thing that needs it;
 * where that cannot be, work goes on without an undo, which is said once.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileIdentity } from '../base/database.ts'
import { CodiError, errorMessage, toCodiError } from '../base/errors.ts'
import { plural } from '../base/text.ts'
import type { ChangeRecorder } from '../contract/journal.ts'
import { openKeeper } from './keep.ts'
import { takeInLeftovers } from './leftovers.ts'
import { type Objects, openObjects } from './objects.ts'
import { becomeOwner, type Owner } from './owner.ts'
import { type PutBackRow, putBack } from './put-back.ts'
import { type LetGo, letGo } from './quota.ts'
import { openRecorder } from './recorder.ts'
import { type JournalStore, openJournalStore } from './store.ts'
import type { StepRow } from './store-rows.ts'
import { putOff, stepOf, takeWaiting, type WaitingStep } from './waiting-steps.ts'

export interface JournalOptions {
  /** Where it lies; made on first use. */
  directory: string
  /** The workspace, absolute and real. */
  root: string
  /** What contents may take on disk. */
  maxBytes: number
  /** Steps that are older are let go. */
  maxDays?: number
  /** Steps that are younger stay in any case: somebody may be at work in them. */
  keepMs?: number
  notice(text: string): void
}

export type StepScope = Pick<StepRow, 'session' | 'entry' | 'kind' | 'label'> & {
  refers?: readonly number[]
}

export interface OpenStep {
  readonly recorder: ChangeRecorder
  /** Undefined while nothing has changed. */
  readonly id: number | undefined
  /** There is a step though nothing changed. It does not open the journal: whoever does finds it. */
  keep(): void
}

export interface OpenJournal {
  readonly store: JournalStore
  readonly objects: Objects
  readonly owner: string
}

export interface Journal {
  readonly directory: string
  /** Whether there is one on disk; asking opens nothing. */
  exists(): boolean
  /** Undefined until something needed it. */
  readonly opened: OpenJournal | undefined
  /** Rejects with a CodiError where it cannot be opened. */
  open(): Promise<OpenJournal>
  beginStep(scope: () => StepScope): OpenStep
  /** Does what a plan says, as a step of its own. Throws with nothing changed. */
  carryOut(rows: readonly PutBackRow[], scope: StepScope): Promise<number>
  /** Lets go what is over the limits; called between steps. */
  tidy(): Promise<LetGo | undefined>
  close(): void
}

const msPerDay = 86_400_000
const defaultKeepMs = 10 * 60_000

export function openJournal(options: JournalOptions): Journal {
  const { directory, root, notice, keepMs = defaultKeepMs } = options
  let opened: (OpenJournal & { lock: Owner; file: string | undefined }) | undefined
  /** Left behind since their file was; somebody may still be at work in one. */
  const left: NonNullable<typeof opened>[] = []
  let opening: Promise<OpenJournal> | undefined
  let told = false
  let tidied = false
  const path = join(directory, 'journal.db')
  const captures = join(directory, 'captures')
  const running = join(directory, 'running')

  async function open(): Promise<OpenJournal> {
    opening ??= prepare()
    try {
      const ready = await opening
      try {
        takeWaiting(directory, ready.store)
      } catch {
        // They wait on: none of them changed a file.
      }
      return ready
    } catch (thrown) {
      opening = undefined
      throw thrown
    }
  }

  async function prepare(): Promise<OpenJournal> {
    const store = openJournalStore({ path, notice })
    try {
      const objects = openObjects(join(directory, 'objects'))
      const lock = becomeOwner(running)
      opened = { store, objects, owner: lock.id, lock, file: fileIdentity(path) }
      const completed = await takeInLeftovers({
        store,
        keeper: (of) => openKeeper({ store, objects, root: of }),
        ...{ captures, running, owner: lock.id, failed },
      })
      if (completed > 0)
        notice(
          `codi ended in the middle of ${plural(completed, 'step')}; what was done until then can be taken back`,
        )
      return opened
    } catch (thrown) {
      opened?.lock.release()
      opened = undefined
      store.close()
      throw thrown
    }
  }

  /** Between steps: what is written to a file that nobody can open any more is lost. */
  function leaveRemoved(): void {
    if (!opened || fileIdentity(path) === opened.file) return
    left.push(opened)
    opened = opening = undefined
    notice(
      `The journal of changes was removed or replaced while codi worked (${path}): what was done until now may not be taken back any more, what follows can`,
    )
  }

  /** Once: what cannot be kept now will most likely not be kept later. */
  function failed(thrown: unknown): void {
    if (told) return
    told = true
    notice(
      `Changes of files are not recorded, so that they cannot be taken back: ${errorMessage(thrown)}`,
    )
  }

  function beginStep(scope: () => StepScope): OpenStep {
    leaveRemoved()
    let id: number | undefined
    let waiting: WaitingStep | undefined
    let recorder: Promise<ChangeRecorder> | undefined
    const make = ({ store }: OpenJournal) => {
      id ??= waiting && stepOf(store, waiting)
      id ??= store.addStep(rowOf(scope(), root)).id
      return id
    }
    const ready = async () => {
      recorder ??= open().then((journal) =>
        openRecorder({
          ...{ store: journal.store, captures, owner: journal.owner, failed },
          keeper: openKeeper({ ...journal, root }),
          step: () => make(journal),
        }),
      )
      try {
        return await recorder
      } catch (thrown) {
        recorder = undefined
        failed(thrown)
        return undefined
      }
    }
    return {
      get id() {
        return id
      },
      keep() {
        if (id !== undefined || waiting) return
        try {
          if (opened) {
            make(opened)
            return
          }
          const row = rowOf(scope(), root)
          putOff(directory, row)
          waiting = row
        } catch {
          // Without it the prompts of the conversation are what there is.
        }
      },
      recorder: {
        before: async (paths, about) =>
          (await ready())?.before(paths, about) ?? { done: async () => [] },
        capture: async (about) => (await ready())?.capture(about),
      },
    }
  }

  async function carryOut(rows: readonly PutBackRow[], scope: StepScope): Promise<number> {
    const journal = await open()
    const { store, objects, owner } = journal
    // With its first change, so that one that is cut off before it never was.
    let id: number | undefined
    const step = () => {
      id ??= store.addStep(rowOf(scope, root)).id
      return id
    }
    const problems: unknown[] = []
    const recorder = openRecorder({
      ...{ store, captures, owner },
      keeper: openKeeper({ store, objects, root }),
      step,
      failed: (thrown) => void problems.push(thrown),
    })
    const paths = rows.map((row) => row.path)
    const pending = await recorder.before(paths, { callId: scope.kind, tool: scope.kind })
    try {
      // What is not recorded could not be taken back: then it is not done.
      if (problems.length > 0) throw toCodiError(problems[0])
      await putBack(rows, objects)
    } catch (thrown) {
      const rest = await pending.done()
      if (rest.length > 0) throw thrown
      if (id !== undefined) store.removeSteps([id])
      const { kind, message } = toCodiError(thrown)
      throw new CodiError(kind, `Nothing was changed: ${message}`, { cause: thrown })
    }
    await pending.done()
    return step()
  }

  async function tidy(): Promise<LetGo | undefined> {
    if (!opened) return undefined
    const now = Date.now()
    const { maxBytes, maxDays } = options
    const isFirst = !tidied
    tidied = true
    if (!isFirst && opened.store.objectBytes() <= maxBytes) return undefined
    return letGo(opened, {
      // A little room, so that it is not done after each step.
      ...(opened.store.objectBytes() > maxBytes ? { maxBytes: maxBytes * 0.9 } : {}),
      ...(maxDays === undefined ? {} : { before: now - maxDays * msPerDay }),
      keepAfter: now - keepMs,
    })
  }

  return {
    directory,
    get opened() {
      return opened
    },
    exists: () => opened !== undefined || existsSync(path),
    open,
    beginStep,
    carryOut,
    tidy,
    close() {
      for (const { lock, store } of [...left.splice(0), ...(opened ? [opened] : [])]) {
        lock.release()
        store.close()
      }
      opened = undefined
      opening = undefined
    },
  }
}

function rowOf(scope: StepScope, root: string): Omit<StepRow, 'id'> {
  const { refers = [], ...rest } = scope
  return { ...rest, root, at: Date.now(), refers: [...refers], undoneBy: null, notes: [] }
}
