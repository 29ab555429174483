/** Graphs over the code as tools, commands and programs get them: nodes by number, edges between them. */
import type { SymbolKind, SymbolRow } from './symbol.ts'

export interface CodeGraph {
  nodes: GraphNode[]
  edges: GraphEdge[]
  /** Numbers of the nodes that were asked for; empty when there is no such symbol. */
  roots: number[]
  /** True when `depth` or `limit` cut something off. */
  truncated: boolean
}

export interface GraphNode {
  /** Of the file; of an external package its specifier; of an external symbol ''. */
  path: string
  /** `Class.method`; '' for a file. */
  name: string
  kind: SymbolKind | 'file' | 'external'
  /** 0 for files and externals. */
  line: number
  endLine: number
  test: boolean
  /** Edges from the nearest root; 0 for a root. */
  distance: number
}

export interface GraphEdge {
  from: number
  to: number
  /** Where `from` says so: the first such line. */
  line: number
  /** `call`; `import`; `extends`, `implements`, `mixin`. */
  kind: string
  /** False when only the name agrees and several definitions have it. */
  sure: boolean
}

/** What a change may reach, nearest first. */
export interface Impact {
  /** What was asked for: the definitions that change. */
  changed: SymbolRow[]
  affected: AffectedSymbol[]
  /** Files that hold or import any of it, by distance in imports or calls. */
  files: { path: string; distance: number; test: boolean }[]
  /** Test files among them. */
  tests: string[]
  truncated: boolean
}

export interface AffectedSymbol {
  path: string
  /** `Class.method`; '' for top-level code. */
  name: string
  kind: SymbolKind | 'file'
  line: number
  distance: number
  why: 'call' | 'inherit' | 'type' | 'import' | 'use'
  test: boolean
  sure: boolean
}

/** A ranked page of the repository. */
export interface CodeMap {
  files: MapFile[]
  /** Estimated tokens of the rendered map. */
  tokens: number
  /** Indexed files that did not fit. */
  omitted: number
}

export interface MapFile {
  path: string
  /** 0 to 1: share of the importance of the most important file. */
  rank: number
  symbols: SymbolRow[]
}
