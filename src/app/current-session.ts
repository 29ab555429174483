/**
 * The session that the app works in, and the store it lies in. The store is opened by the first thing that needs it, not
 * by start-up; where nothing can be kept (a read-only home, a full disk) the conversation goes on in memory, said aloud.
 */
import { join } from 'node:path'
import { CodiError } from '../base/errors.ts'
import { plural } from '../base/text.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import type { ResultStore, Workspace } from '../contract/tool.ts'
import { openSessionStore, type SessionStore } from '../sessions/store.ts'
import { type Conversation, openConversation } from './conversation.ts'

export interface CurrentSession {
  readonly conversation: Conversation
  /** Nothing of the conversation is kept. */
  readonly forgets: boolean
  store(): SessionStore
  /** A new conversation from now on. */
  renew(): void
  /** Goes on with an earlier one; undefined: the newest of this directory. Throws a CodiError where there is none. */
  resume(id: string | undefined): SessionSummary
  /** Once after a resume: the session whose model has not been asked since. */
  takeResumed(): Session | undefined
  /** What is lost with this process since it could not be written, in a sentence; undefined where nothing is. */
  close(): string | undefined
}

export interface CurrentSessionOptions {
  workspace: Workspace
  /** codi's directory for data. */
  data: string
  ephemeral: boolean
  choice(): { provider: string; model: string }
  keepResults(store: ResultStore): ResultStore
  warn(text: string): void
}

export function openCurrentSession(options: CurrentSessionOptions): CurrentSession {
  const { workspace, data, warn } = options
  let opened: SessionStore | undefined
  let resumed: Session | undefined
  let conversation = begin()

  function store(): SessionStore {
    opened ??= openSessionStore({
      path: options.ephemeral ? ':memory:' : join(data, 'sessions.db'),
      ...(options.ephemeral ? {} : { results: join(data, 'results') }),
      notice: warn,
    })
    return opened
  }

  /** So far nothing of it could be written: there is nothing to resume. */
  function forgets(): boolean {
    if (options.ephemeral) return true
    return conversation.id !== undefined && !conversation.session().kept
  }

  function begin(session?: Session): Conversation {
    return openConversation({
      workspace,
      resumed: session,
      store,
      choice: options.choice,
      resultsDirectory: () => (forgets() ? undefined : join(data, 'results')),
      keepResults: options.keepResults,
    })
  }

  function change(session?: Session): void {
    const lost = leave()
    if (lost !== undefined) warn(lost)
    resumed = session
    conversation = begin(session)
  }

  /** Whoever else wants to may write to its session from now on. */
  function leave(): string | undefined {
    const session = conversation.id === undefined ? undefined : conversation.session()
    session?.close()
    conversation.close()
    return session && session.unkept > 0 ? lostText(session) : undefined
  }

  return {
    get conversation() {
      return conversation
    },
    get forgets() {
      return forgets()
    },
    store,
    renew: () => change(),
    resume(id) {
      const wanted = id ?? store().list({ cwd: workspace.root })[0]?.id
      if (wanted === undefined) {
        throw new CodiError(
          'not_found',
          'There is no session of this directory; codi sessions --all lists the others',
        )
      }
      change(store().resume(wanted))
      return store().summary(wanted)
    },
    takeResumed() {
      const taken = resumed
      resumed = undefined
      return taken
    },
    close() {
      const lost = leave()
      opened?.close()
      return lost
    },
  }
}

function lostText({ id, kept, unkept }: Session): string {
  return kept
    ? `What came last in the conversation ${id} could not be written and is lost: ${plural(unkept, 'entry', 'entries')}`
    : 'Nothing of this conversation could be written: it is lost'
}
