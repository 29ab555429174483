/**
 * The session that the app works in, and the store it lies in. The store is opened by the first thing that needs it, not
 * by start-up; where nothing can be kept (a read-only home, a full disk) the conversation goes on in memory, said aloud.
 */
import { join } from 'node:path'
import { CodiError } from '../base/errors.ts'
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
  close(): void
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
    leave()
    resumed = session
    conversation = begin(session)
  }

  /** Whoever else wants to may write to its session from now on. */
  function leave(): void {
    if (conversation.id !== undefined) conversation.session().close()
    conversation.close()
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
      leave()
      opened?.close()
    },
  }
}
