/**
 * What belongs to one conversation: its session, what was read in it, the whole outputs behind its results, and what
 * the model was told about where it works. That stays as it was at the start, so that a provider's prompt cache holds;
 * a change of mode is told in the message it comes with.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instructions, nestedInstructions } from '../config/documents.ts'
import type { UserMessage } from '../contract/message.ts'
import type { Mode } from '../contract/permission.ts'
import type { Session } from '../contract/session.ts'
import type { FileLedger, ResultStore, Workspace } from '../contract/tool.ts'
import type { SessionStore } from '../sessions/store.ts'
import { createLedger } from '../tools/files/file-ledger.ts'
import { openResultStore } from '../tools/result-store.ts'
import { describeEnvironment, modeTexts } from './environment.ts'

export interface Conversation {
  readonly resumed: boolean
  /** Undefined until the session exists. */
  readonly id: string | undefined
  /** Made on first use. */
  session(): Session
  results(): ResultStore
  ledger: FileLedger
  environment(mode: Mode): { name: string; value: string }[]
  /** Of project and user, as they were when this conversation was first asked. */
  instructions(read: () => Instructions[]): Instructions[]
  /** Instructions of directories that these paths lie in, each told once in a conversation. */
  nestedInstructions(paths: readonly string[]): Instructions[]
  /** The message, with a note when the mode is another than the model knows of. */
  withMode(message: UserMessage, mode: Mode): UserMessage
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
  let environment: { name: string; value: string }[] | undefined
  let toldMode: Mode | undefined
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
    environment(mode) {
      toldMode ??= mode
      environment ??= describeEnvironment({ workspace, mode, now: new Date() })
      return environment
    },
    instructions(read) {
      instructions ??= read()
      return instructions
    },
    withMode(message, mode) {
      if (toldMode === undefined || toldMode === mode) return message
      toldMode = mode
      const note = `<mode-change>The mode is now ${modeTexts[mode]}</mode-change>`
      return { ...message, content: [...message.content, { type: 'text', text: note }] }
    },
    close() {
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
    },
  }
}
