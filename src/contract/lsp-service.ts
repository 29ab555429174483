/** The lsp worker: language servers, found, started on first use, asked. Paths are relative to the root with `/`. */

export interface LspService {
  /**
   * Opens or re-reads each file in its server and waits for its diagnostics. `only`: `ready` starts a server that does
   * not run and does not wait for it; `unknown` besides leaves out files that it has spoken about before.
   */
  diagnostics(
    request: { paths: string[]; waitMs: number; only?: 'ready' | 'unknown' },
    signal?: AbortSignal,
  ): Promise<FileDiagnostics[]>
  /** Which servers the files belong to; none is started. Files that no server knows are left out. */
  detect(request: { paths: string[] }, signal?: AbortSignal): Promise<LspDetected[]>
  definition(at: LspPosition, signal?: AbortSignal): Promise<LspAnswer<LspLocation[]>>
  implementation(at: LspPosition, signal?: AbortSignal): Promise<LspAnswer<LspLocation[]>>
  references(at: LspPosition, signal?: AbortSignal): Promise<LspAnswer<LspLocation[]>>
  /** Plain text or Markdown; empty where the server has nothing to say. */
  hover(at: LspPosition, signal?: AbortSignal): Promise<LspAnswer<string>>
  documentSymbols(
    request: { path: string; waitMs?: number },
    signal?: AbortSignal,
  ): Promise<LspAnswer<LspSymbol[]>>
  /** Asks every server that runs, and the one that `path` belongs to. */
  workspaceSymbols(
    request: { query: string; path?: string; limit: number; waitMs?: number },
    signal?: AbortSignal,
  ): Promise<LspAnswer<LspSymbol[]>>
  callHierarchy(
    request: LspPosition & { direction: 'in' | 'out' },
    signal?: AbortSignal,
  ): Promise<LspAnswer<LspCall[]>>
  /** What the server would change; nothing is written. */
  rename(
    request: LspPosition & { newName: string },
    signal?: AbortSignal,
  ): Promise<LspAnswer<LspEdit[]>>
  codeActions(
    request: LspPosition & { endLine?: number; endColumn?: number; kinds?: string[] },
    signal?: AbortSignal,
  ): Promise<LspAnswer<LspAction[]>>
  /**
   * Files that changed on disk by other hands: open ones are shown anew, servers that watch are told. `paths`
   * undefined: too many to name, so that any may have changed.
   */
  changed(request: { paths?: string[] }, signal?: AbortSignal): Promise<void>
  status(signal?: AbortSignal): Promise<LspServerStatus[]>
}

/** A place in a file: 1-based line, 1-based column in UTF-16 units. */
export interface LspPosition {
  path: string
  line: number
  column: number
  /** Milliseconds until it is answered with `timeout`; 10,000 without. */
  waitMs?: number
}

/** `state` as in FileDiagnostics; `unsupported`: this server does not offer it. `value` is empty unless `ok`. */
export interface LspAnswer<T> {
  state: 'ok' | 'none' | 'missing' | 'timeout' | 'failed' | 'unsupported'
  server: string
  note?: string
  value: T
}

export interface LspLocation {
  /** Relative to the root; absolute outside. */
  path: string
  line: number
  column: number
  endLine: number
  endColumn: number
  /** The source line, trimmed, at most 200 characters. */
  text: string
}

export interface LspSymbol {
  path: string
  name: string
  /** In the protocol's words, lower case: `class`, `method`, `constructor` … */
  kind: string
  container: string
  line: number
  endLine: number
}

export interface LspCall {
  path: string
  name: string
  kind: string
  line: number
  /** Lines of the calls themselves. */
  calls: number[]
}

/** All edits of one file, not overlapping, in order. */
export interface LspEdit {
  path: string
  /** The file is created, moved here from `from`, or deleted, before its edits. */
  operation?: { type: 'create' } | { type: 'move'; from: string } | { type: 'delete' }
  edits: {
    line: number
    column: number
    endLine: number
    endColumn: number
    newText: string
  }[]
}

export interface LspAction {
  title: string
  kind: string
  preferred: boolean
  /** Undefined when the server would run a command of its own instead. */
  edits?: LspEdit[]
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
  /** Of its answer before this one; undefined where it had not spoken about the file. */
  before?: Diagnostic[]
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
  /** Directory it works for, relative to the root; empty for the root. */
  root: string
  pid?: number
  /** Resident memory of its process tree, in bytes. */
  memoryBytes?: number
  note?: string
}

/** A server for files of the project, whether it runs or not; `missing`: `note` says how to get it. */
export interface LspDetected extends LspServerStatus {
  /** Those of the question that are its own. */
  paths: string[]
}
