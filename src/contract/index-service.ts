/**
 * The indexer worker: definitions, uses and imports of the project, and the graphs that follow from them. Paths are
 * relative to the root with `/`, lines are 1-based and inclusive. A question is answered from an index that follows
 * the files on disk: callers run `update` first, which costs next to nothing when nothing has changed.
 */
import type { CodeGraph, CodeMap, Impact } from './code-graph.ts'
import type { SymbolKind, SymbolRow } from './symbol.ts'

export interface IndexService {
  /**
   * Brings the index up to date with the files on disk (or only with `paths`), by content hash; answers when done.
   * Calls overlap safely: those that come while one runs share the next. `rebuild` forgets everything first.
   */
  update(
    request: { paths?: string[]; rebuild?: boolean },
    signal?: AbortSignal,
  ): Promise<IndexReport>
  /**
   * Follows the files from now on; answers when it does. Every change is told by a `files_changed` event, debounced,
   * and makes the next `update` cheap. Safe to call twice; where the system gives no watches it does nothing, and
   * `status` says so.
   */
  watch(request: Record<string, never>, signal?: AbortSignal): Promise<void>
  findSymbols(query: SymbolQuery, signal?: AbortSignal): Promise<SymbolRow[]>
  /** What a name means, seen from a place: the likeliest first, each with why. */
  findDefinitions(query: DefinitionQuery, signal?: AbortSignal): Promise<DefinitionRow[]>
  /** Uses of a name: calls, references, imports, with the symbol that encloses each. */
  findReferences(query: ReferenceQuery, signal?: AbortSignal): Promise<ReferenceRow[]>
  /** Definitions of one file in order, from what is on disk now. Throws `not_found` / `unsupported` CodiErrors. */
  outline(request: { path: string }, signal?: AbortSignal): Promise<SymbolRow[]>
  /** What the file imports, and which files import it. */
  dependencies(request: { path: string }, signal?: AbortSignal): Promise<Dependencies>
  /** Nodes are functions; an edge goes from the caller to what it calls. */
  callGraph(query: SymbolGraphQuery, signal?: AbortSignal): Promise<CodeGraph>
  /** Nodes are files; an edge goes from the importer to what it imports. Throws `not_found`. */
  dependencyGraph(query: FileGraphQuery, signal?: AbortSignal): Promise<CodeGraph>
  /** Nodes are types; an edge goes from the subtype to its base, trait or interface. */
  inheritance(query: SymbolGraphQuery, signal?: AbortSignal): Promise<CodeGraph>
  /** What may break when the symbol, or anything in the file, changes. Throws `not_found`. */
  impact(query: ImpactQuery, signal?: AbortSignal): Promise<Impact>
  /** The most important files and symbols that fit the budget. */
  map(query: MapQuery, signal?: AbortSignal): Promise<CodeMap>
  status(signal?: AbortSignal): Promise<IndexStatus>
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

/** A name, or a position in a file whose name is meant; `name` may be qualified (`Class.method`, `mod::name`). */
export interface DefinitionQuery {
  name: string
  /** The file where the name was read: its imports and its own definitions decide. */
  path?: string
  /** The line there; what encloses it decides further. */
  line?: number
  kinds?: SymbolKind[]
  limit: number
}

export interface DefinitionRow extends SymbolRow {
  /**
   * Why this one: `local` (the same file or scope), `imported` (the file imports it, re-exports followed), `package`
   * (the same package or module), `member` (a member of that name of the right type), `name` (only the name agrees).
   */
  how: 'local' | 'imported' | 'package' | 'member' | 'name'
}

export interface SymbolGraphQuery {
  name: string
  /** Only definitions in this file or directory are starting points. */
  path?: string
  /** `in`: callers, subtypes; `out`: callees, bases. */
  direction: 'in' | 'out' | 'both'
  /** Edges from a starting point, at least 1. */
  depth: number
  /** Nodes at most. */
  limit: number
}

export interface FileGraphQuery {
  path: string
  /** `in`: who imports it; `out`: what it imports. */
  direction: 'in' | 'out' | 'both'
  depth: number
  limit: number
  /** Also packages that are not in the project, as nodes whose path is the specifier. */
  external?: boolean
}

/** A symbol, a file, or a symbol in a file. */
export interface ImpactQuery {
  name?: string
  path?: string
  depth: number
  limit: number
}

export interface MapQuery {
  /** Only below this directory. */
  path?: string
  /** Tokens that the rendered map may take. */
  budgetTokens: number
  /** Files and names that the reader already speaks about: what is near them ranks higher. */
  focus?: string[]
}

export interface ReferenceQuery {
  /** Qualified (`Class.method`): only uses that mean that definition. */
  name: string
  kinds?: ReferenceKind[]
  /** Only uses below this file or directory. */
  path?: string
  /** Only uses that mean what this file, or a file below this directory, defines. */
  definedIn?: string
  limit: number
}

export type ReferenceKind = 'call' | 'import' | 'type' | 'inherit' | 'use'

export interface ReferenceRow {
  path: string
  line: number
  kind: ReferenceKind
  /** Name and container of the definition around it; empty at top level. */
  enclosing: string
  /** 1-based, in UTF-16 units. */
  column: number
  /** The source line, trimmed, at most 200 characters. */
  text: string
  test: boolean
  /** Only where one definition was asked for: false when only the name agrees. */
  sure?: boolean
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
  /** Files that only moved: nothing was parsed for them. */
  renamed: number
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
  /** Of the database, in bytes. */
  databaseBytes: number
  watching: boolean
  /** Why the files are not watched, though it was asked for. */
  watchNote?: string
  /** Process that writes the index at this moment. */
  writer?: number
}
