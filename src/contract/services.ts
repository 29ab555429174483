/**
 * The four workers. Each service takes and returns plain data, the signal last; nothing is a callback. What happens
 * while a call runs arrives as a WorkerEvent on the same channel. A worker may be killed at any time: the pending
 * calls reject with a CodiError of kind `worker` and the next call starts it again.
 */
import type { Enclosure } from './enclosure.ts'
import type { IndexService } from './index-service.ts'
import type { LspService } from './lsp-service.ts'
import type { SandboxPolicy, SandboxService, ShellState } from './sandbox-service.ts'
import type { EmbeddingOptions, VectorService } from './vector-service.ts'

export type WorkerName = 'sandbox' | 'indexer' | 'vectors' | 'lsp'

export type WorkerEvent =
  | { type: 'command_output'; id: string; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'progress'; what: 'index' | 'vectors' | 'embeddings'; done: number; total: number }
  /** Files of the project changed on disk; `paths` undefined: too many to name. */
  | { type: 'files_changed'; paths?: string[] }
  /**
   * A sandboxed command wants to reach a host that no rule names; `answerHost` tells what becomes of it. `command` is
   * the id of its CommandRequest.
   */
  | { type: 'host_question'; id: string; command: string; host: string; port: number }
  /** Nobody waits for that answer any more. */
  | { type: 'host_question_over'; id: string }
  /** A host has embedded texts: one request. `costUsd` null: nobody knows its price. */
  | {
      type: 'embedded'
      name: string
      tokens: number
      isGuess: boolean
      costUsd: number | null
      ms: number
    }
  | { type: 'shell_ended'; state: ShellState }
  | { type: 'notice'; level: 'info' | 'warning'; text: string }

/** What a worker is started with; sent in its first message, so that a restart gets the same. */
export interface WorkerOptions {
  /**
   * `directory`: codi's own place for the private temp of commands and the output of background shells; `tries`: where
   * tries are kept, without which there are none.
   */
  sandbox: { policy: SandboxPolicy; directory: string; tries?: string }
  /** With `follow` the files are watched from the first update on. */
  indexer: { root: string; database: string; ripgrep: string; follow?: boolean }
  vectors: {
    root: string
    indexDatabase: string
    directory: string
    embedding?: EmbeddingOptions
  }
  /** Servers run as `enclosure` says, where it is given. */
  lsp: { root: string; enclosure?: Enclosure }
}

/** What each worker answers; `ping` and `selfTest` are added to every one by rpc/serve. */
export interface WorkerServices {
  sandbox: SandboxService
  indexer: IndexService
  vectors: VectorService
  lsp: LspService
}

/** Named checks that `codi --self-test` runs inside a worker: every grammar loads, HNSW answers … */
export interface SelfTest {
  name: string
  ok: boolean
  note: string
}
