/**
 * The four worker services. Each takes and returns plain data, the signal last; nothing here is a callback. What
 * happens while a call runs arrives as a WorkerEvent on the same channel. A worker may be killed at any time: the
 * pending calls reject with a CodiError of kind `worker` and the next call starts it again.
 */

export type WorkerName = 'sandbox' | 'indexer' | 'vectors' | 'lsp'

// ---------------------------------------------------------------------------------------------------- sandbox

export interface SandboxService {
  /** Runs one command to its end, its timeout or the abort; then nothing of its process tree is alive. */
  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult>
}

export interface CommandRequest {
  /** Names this run in `command_output` events; the call id where there is one. */
  id: string
  /** Text for `bash -c` (`sh -c` where there is no bash). */
  command: string
  cwd: string
  /** Added to the inherited environment. */
  env?: Record<string, string>
  /** Given to the command and closed; without it stdin is empty. */
  stdin?: string
  timeoutMs: number
  /** Bytes of output kept in `output`: the first half from the head, the rest from the tail. */
  maxOutputBytes: number
  /** When given and the output is longer than `maxOutputBytes`, all of it (to a hard cap) is written here. */
  spillPath?: string
}

export interface CommandResult {
  /** Null when it was killed. */
  exitCode: number | null
  signal: string | null
  timedOut: boolean
  cancelled: boolean
  durationMs: number
  /** stdout and stderr as they arrived, UTF-8 (invalid bytes replaced), cut in the middle with a mark. */
  output: string
  /** All bytes that the command wrote. */
  outputBytes: number
  /** True when `output` is not everything; then `spillPath` of the request holds it, where one was given. */
  truncated: boolean
  /** Why the file at `spillPath` holds less than everything, or is not there; absent when it holds all. */
  spillNote?: string
  /** How many processes were still in the background when the command ended, and were ended with it; absent for none. */
  leftovers?: number
}

// ---------------------------------------------------------------------------------------------------- indexer

export interface IndexService {
  /**
   * Brings the index up to date with the files on disk (or only with `paths`), by content hash; answers when done.
   * Calls overlap safely: a second one joins the first.
   */
  update(request: { paths?: string[] }, signal?: AbortSignal): Promise<IndexReport>
  findSymbols(query: SymbolQuery, signal?: AbortSignal): Promise<SymbolRow[]>
  /** Uses of a name: calls, references, imports, with the symbol that encloses each. */
  findReferences(query: ReferenceQuery, signal?: AbortSignal): Promise<ReferenceRow[]>
  /** Definitions of one file in order, from what is on disk now. Throws `not_found` / `unsupported` CodiErrors. */
  outline(request: { path: string }, signal?: AbortSignal): Promise<SymbolRow[]>
  /** What the file imports, and which files import it. */
  dependencies(request: { path: string }, signal?: AbortSignal): Promise<Dependencies>
  status(signal?: AbortSignal): Promise<IndexStatus>
}

export type SymbolKind =
  | 'function'
  | 'method'
  | 'class'
  | 'interface'
  | 'type'
  | 'enum'
  | 'variable'
  | 'constant'
  | 'property'
  | 'module'
  | 'struct'
  | 'trait'
  | 'macro'

/** One definition. Lines are 1-based and inclusive, paths relative to the root with `/`. */
export interface SymbolRow {
  path: string
  name: string
  kind: SymbolKind
  line: number
  endLine: number
  /** Enclosing class, module, impl … ; empty at top level. */
  container: string
  /** First line(s) up to the body, white space folded, at most 300 characters. */
  signature: string
  exported: boolean
  /** First paragraph of the doc comment, without its markers; empty where there is none. */
  doc: string
}

export interface SymbolQuery {
  /** Empty lists everything that the other fields allow. */
  name: string
  /** `exact`, or `fuzzy` (case-blind, sub-words, then closeness; best first). */
  match: 'exact' | 'fuzzy'
  kinds?: SymbolKind[]
  exportedOnly?: boolean
  /** Only below this file or directory, relative to the root. */
  path?: string
  limit: number
}

export interface ReferenceQuery {
  name: string
  kinds?: ReferenceKind[]
  path?: string
  limit: number
}

export type ReferenceKind = 'call' | 'import' | 'type' | 'inherit' | 'use'

export interface ReferenceRow {
  path: string
  line: number
  kind: ReferenceKind
  /** Name and container of the definition around it; empty at top level. */
  enclosing: string
  /** The source line, trimmed, at most 200 characters. */
  text: string
}

export interface Dependencies {
  imports: {
    specifier: string
    line: number /** Relative path, where it is a file here. */
    path?: string
  }[]
  importedBy: { path: string; line: number }[]
}

export interface IndexReport {
  files: number
  /** Files parsed again by this call. */
  parsed: number
  removed: number
  symbols: number
  durationMs: number
  skipped: SkippedFile[]
}

export interface SkippedFile {
  path: string
  reason: string
}

export interface IndexStatus {
  root: string
  files: number
  symbols: number
  bytes: number
  languages: Record<string, number>
  skipped: SkippedFile[]
  /** Milliseconds since the epoch; undefined before the first update. */
  updatedAt?: number
}

// ---------------------------------------------------------------------------------------------------- vectors

export interface VectorService {
  /** Brings chunks, word statistics and vectors up to date with the index. The caller updates the index first. */
  update(request: Record<string, never>, signal?: AbortSignal): Promise<VectorReport>
  search(query: SearchQuery, signal?: AbortSignal): Promise<SearchHit[]>
  status(signal?: AbortSignal): Promise<VectorStatus>
}

export interface SearchQuery {
  text: string
  limit: number
  /** Only below this file or directory, relative to the root. */
  path?: string
  language?: string
  /** Milliseconds after which the best of what was found is answered. */
  deadlineMs?: number
}

export interface SearchHit {
  path: string
  /** 1-based, inclusive. */
  line: number
  endLine: number
  /** Only comparable within one answer. */
  score: number
  /** Name of the symbol, with its container (`Class.method`); empty for a chunk of top-level text. */
  symbol: string
  kind: SymbolKind | 'text'
  /** The lines that matched best, at most 12, as they stand in the file. */
  snippet: string
  snippetLine: number
}

export interface VectorReport {
  chunks: number
  embedded: number
  removed: number
  durationMs: number
}

export interface VectorStatus {
  chunks: number
  bytes: number
  embedder: string
  /** `hnsw` with the native addon, else `exact`. */
  search: 'hnsw' | 'exact'
}

// -------------------------------------------------------------------------------------------------------- lsp

export interface LspService {
  /** Opens or re-reads each file in its server and waits for its diagnostics. */
  diagnostics(
    request: { paths: string[]; waitMs: number },
    signal?: AbortSignal,
  ): Promise<FileDiagnostics[]>
  status(signal?: AbortSignal): Promise<LspServerStatus[]>
}

export interface FileDiagnostics {
  path: string
  /** The server asked; empty where none is known or none was found. */
  server: string
  /**
   * `fresh`: of exactly this version. `none`: no server knows this kind of file. `missing`: the server is not
   * installed (`note` says how). `timeout`, `failed`: see `note`.
   */
  state: 'fresh' | 'none' | 'missing' | 'timeout' | 'failed'
  note?: string
  items: Diagnostic[]
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'info' | 'hint'
  /** 1-based, column in UTF-16 units. */
  line: number
  column: number
  message: string
  source?: string
  code?: string
}

export interface LspServerStatus {
  server: string
  state: 'starting' | 'ready' | 'stopped' | 'failed' | 'missing'
  command: string
  note?: string
}

// ----------------------------------------------------------------------------------------------------- events

export type WorkerEvent =
  | { type: 'command_output'; id: string; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'progress'; what: 'index' | 'vectors'; done: number; total: number }
  | { type: 'notice'; level: 'info' | 'warning'; text: string }

/** What a worker is started with; sent in its first message, so that a restart gets the same. */
export interface WorkerOptions {
  sandbox: Record<string, never>
  indexer: { root: string; database: string; ripgrep: string }
  vectors: { root: string; indexDatabase: string; directory: string }
  lsp: { root: string }
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
