/**
 * The calls that builtin makes, each with the arguments its tool takes. A tool that this run does not offer gives no
 * call, so a script says what it would like and works with what it gets. Reads only: never a command, never a write.
 */
import type { JsonObject } from '../../base/json.ts'
import type { ToolSpec } from '../../contract/provider.ts'
import type { Call } from './script.ts'

export interface Toolkit {
  /** Not one tool that reads the code is offered. */
  readonly empty: boolean
  has(name: string): boolean
  search(query: string, options?: { limit?: number; path?: string }): Call[]
  symbol(name: string, options?: { limit?: number; exact?: boolean; path?: string }): Call[]
  /** Uses of a name: by the index where it is offered, else every line with that word. */
  uses(name: string, options?: { path?: string }): Call[]
  grep(pattern: string, options?: GrepOptions): Call[]
  glob(pattern: string): Call[]
  outline(path: string): Call[]
  /** Who calls a function (`in`), or what it calls (`out`). */
  callGraph(name: string, options: GraphOptions): Call[]
  /** Who imports a file (`in`), or what it imports (`out`). */
  imports(path: string, options: GraphOptions): Call[]
  /** Subtypes (`in`) or bases (`out`) of a type. */
  inheritance(name: string, options: GraphOptions): Call[]
  /** What a change of a symbol, or of anything in a file, may break. */
  impact(about: { name?: string; path?: string }, depth: number): Call[]
  /** The commits behind a path, or behind some lines of a file. */
  history(path: string, lines?: { line: number; end: number }): Call[]
  read(path: string, range?: { offset: number; limit: number }): Call[]
  tree(path: string, depth: number): Call[]
  diagnostics(paths: string[]): Call[]
}

export interface GrepOptions {
  path?: string
  filePattern?: string
  ignoreCase?: boolean
  literal?: boolean
  limit?: number
}

export interface GraphOptions {
  direction: 'in' | 'out' | 'both'
  path?: string
  depth?: number
  /** Also packages that are not in the project. */
  external?: boolean
}

/** Uses of one name that are looked at. */
const maxUses = 200

export function createToolkit(tools: readonly ToolSpec[]): Toolkit {
  const names = new Set(tools.map((tool) => tool.name))
  const call = (name: string, input: JsonObject): Call[] =>
    names.has(name) ? [{ name, input }] : []
  const grep = (pattern: string, options: GrepOptions = {}): Call[] =>
    call('grep', {
      pattern,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(options.filePattern === undefined ? {} : { file_pattern: options.filePattern }),
      ...(options.ignoreCase ? { ignore_case: true } : {}),
      ...(options.literal ? { literal: true } : {}),
      head_limit: options.limit ?? 60,
    })
  return {
    empty: !['search_codebase', 'find_symbol', 'grep', 'read_file', 'glob'].some((name) =>
      names.has(name),
    ),
    has: (name) => names.has(name),
    search: (query, options = {}) =>
      call('search_codebase', {
        query,
        limit: options.limit ?? 12,
        ...(options.path === undefined ? {} : { path: options.path }),
      }),
    symbol: (name, options = {}) =>
      call('find_symbol', {
        name,
        limit: options.limit ?? 8,
        ...(options.exact ? { exact: true } : {}),
        ...(options.path === undefined ? {} : { path: options.path }),
      }),
    uses: (name, options = {}) =>
      names.has('find_references')
        ? call('find_references', { name, limit: maxUses, ...options })
        : grep(wordPattern(name), { ...options, limit: maxUses }),
    grep,
    glob: (pattern) => call('glob', { pattern }),
    outline: (path) => call('outline', { path }),
    callGraph: (name, options) =>
      call('get_call_graph', { name, ...graphInput(options, ['callers', 'callees']) }),
    imports: (path, options) =>
      call('get_dependency_graph', { path, ...graphInput(options, ['imported_by', 'imports']) }),
    inheritance: (name, options) =>
      call('get_inheritance', { name, ...graphInput(options, ['descendants', 'ancestors']) }),
    impact: (about, depth) => call('show_impact', { ...about, depth }),
    history: (path, lines) =>
      call('git_log', { path, ...(lines ? { lines: `${lines.line}-${lines.end}` } : {}) }),
    read: (path, range) => call('read_file', { path, ...range }),
    tree: (path, depth) => call('print_tree', { path, depth }),
    diagnostics: (paths) => (paths.length === 0 ? [] : call('diagnostics', { paths })),
  }
}

/** `words` are what the tool calls the two directions. */
function graphInput(
  { direction, depth, path, external }: GraphOptions,
  words: readonly [string, string],
): JsonObject {
  return {
    direction: direction === 'both' ? 'both' : words[direction === 'in' ? 0 : 1],
    ...(depth === undefined ? {} : { depth }),
    ...(path === undefined ? {} : { path }),
    ...(external ? { external: true } : {}),
  }
}

/** A ripgrep pattern for `name` as a word of its own; `$`, `!`, `?` may be part of a name and are no word characters. */
export function wordPattern(name: string): string {
  const escaped = escapePattern(name)
  return `${/^\w/.test(name) ? '\\b' : ''}${escaped}${/\w$/.test(name) ? '\\b' : ''}`
}

export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
