/**
 * What belongs to one conversation: its session, what was read in it, the whole outputs behind its results, and what
 * the model was told about where it works.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instructions, nestedInstructions } from '../config/documents.ts'
import type { UserMessage } from '../contract/message.ts'
import type { Mode } from '../contract/permission.ts'
import type { Session, Told } from '../contract/session.ts'
import type { FileLedger, ResultStore, Workspace } from '../contract/tool.ts'
import type { SessionStore } from '../sessions/store.ts'
import { createLedger } from '../tools/files/file-ledger.ts'
import { openResultStore } from '../tools/result-store.ts'
import { describeEnvironment } from './environment.ts'
import {
  type Circumstances,
  changeNotes,
  firstTold,
  isUntold,
  lastTold,
  memoriesHash,
} from './told.ts'
import { withNotes } from './user-message.ts'

export interface Conversation {
  readonly resumed: boolean
  /** Undefined until the session exists. */
  readonly id: string | undefined
  /** Made on first use. */
  session(): Session
  results(): ResultStore
  ledger: FileLedger
  /** What the system prompt says of it. */
  beginning(now: Circumstances): Required<Told>
  /** Of project and user, as they were when this conversation was first asked. */
  instructions(read: () => Instructions[]): Instructions[]
  /** Instructions of directories that these paths lie in, each told once in a conversation. */
  nestedInstructions(paths: readonly string[]): Instructions[]
  /** The message with what is another way than the model knows of, and what it knows by it. */
  telling(message: UserMessage, now: Circumstances): { message: UserMessage; told: Told }
  /** Removes what an ephemeral conversation left on disk. */
  close(): void
}

export interface ConversationOptions {
  workspace: Workspace
  resumed: Session | undefined
  store(): SessionStore
  choice(): { provider: string; model: string }
  /** Undefined: nothing is kept. Asked once the session is there. */
  resultsDirectory(): string | undefined
  /** What stands between a tool and what is kept of its output. */
  keepResults(store: ResultStore): ResultStore
}

export function openConversation(options: ConversationOptions): Conversation {
  const { workspace, resumed } = options
  let session = resumed
  let results: ResultStore | undefined
  let temporary: string | undefined
  let begun: Required<Told> | undefined
  /** The session knows what its model has been told. */
  let isTold = false
  let instructions: Instructions[] | undefined

  function currentSession(): Session {
    session ??= options.store().create({ cwd: workspace.root, ...options.choice() })
    return session
  }

  function resultsPath(): string {
    const { id } = currentSession()
    const directory = options.resultsDirectory()
    if (directory !== undefined) return join(directory, id)
    temporary ??= mkdtempSync(join(tmpdir(), 'codi-results-'))
    return temporary
  }

  function environmentNow(mode: Mode): Told['environment'] {
    return describeEnvironment({ workspace, mode, now: new Date() })
  }

  function beginning({ mode, remembered }: Circumstances): Required<Told> {
    if (begun) return begun
    const kept = resumed && firstTold(resumed)
    isTold = kept !== undefined
    const memories = memoriesHash(remembered)
    begun = kept ?? { environment: environmentNow(mode), memories, remembered }
    return begun
  }

  return {
    resumed: resumed !== undefined,
    get id() {
      return session?.id
    },
    session: currentSession,
    results() {
      results ??= options.keepResults(openResultStore(resultsPath()))
      return results
    },
    ledger: createLedger(),
    nestedInstructions: nestedInstructions(workspace.root),
    beginning,
    instructions(read) {
      instructions ??= read()
      return instructions
    },
    telling(message, now) {
      const first = beginning(now)
      // Looked for in the session each time: an undo takes back what was told, too.
      const last = isTold && session ? lastTold(session) : undefined
      const isFirst = session === undefined || isUntold(session)
      const environment = environmentNow(now.mode)
      isTold = true
      return {
        message: withNotes(message, changeNotes(last ?? first, environment, now)),
        told: isFirst ? first : { environment, memories: memoriesHash(now.remembered) },
      }
    },
    close() {
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
    },
  }
}
