/**
 * The seam between the loop and what a model can do. A tool is a row in the registry: schema, text, effect, run.
 * `run` may throw; the loop turns any throw into a result the model can read. The model reads `content`, people see
 * `detail`, programs read `data`.
 */
import type { Static, TSchema } from '@sinclair/typebox'
import type { JsonValue } from '../base/json.ts'
import type { IndexService } from './index-service.ts'
import type { ChangeRecorder } from './journal.ts'
import type { LspService } from './lsp-service.ts'
import type { Memory } from './memory.ts'
import type { ImageBlock, TextBlock } from './message.ts'
import type { Effect, PermissionRequest, Question } from './permission.ts'
import type { CommandAccess, SandboxService } from './sandbox-service.ts'
import type { Tries } from './tries.ts'
import type { VectorService } from './vector-service.ts'
import type { WebService } from './web-service.ts'

export interface Tool<S extends TSchema = TSchema> {
  name: string
  /** What the model reads; imported from the .md file beside the tool. */
  text: string
  input: S
  effect: Effect
  /**
   * What exactly this call will touch, for the gate. Without it the gate sees effect and name only, which is enough
   * for `read` and `ask`; `write`, `execute` and `network` must have it.
   */
  request?(input: Static<S>, context: ToolContext): Promise<ToolRequest>
  run(input: Static<S>, context: ToolContext): Promise<ToolResult>
}

/** The part of a PermissionRequest that only the tool knows. */
export type ToolRequest = Omit<PermissionRequest, 'callId' | 'tool' | 'effect'> & {
  /** Set where this call does something else than the tool does otherwise: only reads, writes what was tried. */
  effect?: 'read' | 'write'
}

/** Any tool, once its input type no longer matters (a registry, the loop). */
// biome-ignore lint/suspicious/noExplicitAny: a list of tools with different inputs has no narrower common type
export type AnyTool = Tool<any>

export interface ToolResult {
  /** For the model. Long text is capped by the loop and kept whole for recall_result. */
  content: string | (TextBlock | ImageBlock)[]
  /** For people, when it says it better than `content`. */
  detail?: Detail
  data?: JsonValue
  /** The call did not do what was asked, though nothing was thrown (a command's exit status). */
  isError?: boolean
}

/** What a front end may draw under a tool line. */
export type Detail =
  | { type: 'diff'; path: string; diff: string; added: number; removed: number }
  /** `shell`: it runs on as this background shell. */
  | { type: 'output'; text: string; exitCode: number | null; shell?: string }
  | { type: 'list'; lines: string[] }
  | { type: 'todo'; items: TodoItem[] }

export interface TodoItem {
  text: string
  status: 'pending' | 'in_progress' | 'done'
}

/** What a call may use. Everything impure that a tool needs is here. */
export interface ToolContext {
  callId: string
  signal: AbortSignal
  /** What the gate allowed, set before `run`: whatever changed since it was asked must not be touched. */
  approved?: Pick<PermissionRequest, 'paths' | 'linkedPaths' | 'command' | 'hosts'> & {
    access?: CommandAccess
  }
  workspace: Workspace
  /**
   * Whether content of an absolute path may reach the model: `asks` only when the gate was asked about exactly this
   * path, `closed` never. Tools that walk directories leave such files out. Without it everything is open.
   */
  secrecy?(path: string): 'open' | 'asks' | 'closed'
  /** What was read and when, so that an edit of a file that changed since is refused. Lives as long as the session. */
  ledger: FileLedger
  /** Where changes of files are recorded, so that they can be undone; absent where nothing is recorded. */
  changes?: ChangeRecorder
  /** What commands did on copies; absent where none can be. */
  tries?: Tries
  results: ResultStore
  todo: { items: TodoItem[] }
  /** Absent where nothing is remembered. */
  memory?: Pick<Memory, 'check' | 'add'>
  services: ToolServices
  /** Output as it arrives, for people; capped by the front end. */
  output(text: string): void
  /** Asks the person; undefined where nobody can answer. */
  ask(question: Question): Promise<string | undefined>
}

export interface ToolServices {
  sandbox: SandboxService
  index: IndexService
  vectors: VectorService
  lsp: LspService
  web: WebService
  /** Absolute path of ripgrep, extracted from the executable or found on PATH. Throws a CodiError with what to do. */
  ripgrep(): Promise<string>
}

/**
 * The directories a session may touch. Every path from a model, a person or a patch goes through `resolve`
 * before it is used.
 */
export interface Workspace {
  /** Absolute, symlinks resolved. */
  readonly root: string
  /** Further directories (`--add-dir`), absolute, symlinks resolved. */
  readonly added: readonly string[]
  /**
   * The absolute path for `path` (relative to root), symlinks of every existing part resolved. Throws a CodiError of
   * kind `outside` when it lies outside root and added, also by `..` or through a symlink; of kind `invalid` for an
   * empty path or one with a NUL byte.
   */
  resolve(path: string): Promise<string>
  /** Like `display('/w/src/a.ts')` = `src/a.ts`; absolute outside root. Always with `/`. */
  display(absolutePath: string): string
}

export interface FileLedger {
  /** Remembers the state of `path` as the model now knows it: after a read, and after its own write. */
  record(path: string, stamp: FileStamp): void
  get(path: string): FileStamp | undefined
  /**
   * True where no conversation came before (`codi tool`, `codi apply-patch`): whoever asks for an edit is taken to know
   * the file, so that one that was never recorded may be edited.
   */
  readonly standalone?: boolean
}

/** State of a file: size in bytes, mtime in ns as a decimal string, and a hash of the bytes (hex). */
export interface FileStamp {
  size: number
  mtimeNs: string
  hash: string
  /** The text as it was known, when it was small enough to keep: lets a refusal show what changed. */
  text?: string
}

/** Whole outputs behind capped results, one file each; `recall_result` pages through them. */
export interface ResultStore {
  /** Directory for files that will be handed to `adopt` (the spill of a running command). */
  readonly directory: string
  /** Keeps `text`; returns its id (short, to be typed by a model). */
  put(text: string, about: ResultAbout): Promise<string>
  /** Takes over an existing file below `directory`; returns its id. */
  adopt(path: string, about: ResultAbout): Promise<string>
  /** Absolute path of the kept text; undefined for an unknown id. */
  path(id: string): string | undefined
  /** Newest last. */
  list(): { id: string; tool: string; bytes: number }[]
}

export interface ResultAbout {
  tool: string
  callId: string
}
