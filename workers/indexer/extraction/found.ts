/** What the matches of a query say of a file, before it is put in order: gathered by place. */
import type { ReferenceKind } from '../../../src/contract/index-service.ts'
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import type { DocSources } from './doc-comment.ts'

export interface Span {
  start: number
  end: number
}

export type BaseKind = 'extends' | 'implements' | 'mixin'

export interface Draft extends Span {
  node: number
  line: number
  endLine: number
  name: string
  nameStart: number
  nameLine: number
  nameColumn: number
  kind: SymbolKind | 'scope'
  bodyStart: number
  containerText?: string
  /** Of a scope: whether its members are public by it (an impl of a trait) or hidden (a namespace without a name). */
  scope: '' | 'public' | 'hidden'
  /** A member that is written inside a method: it belongs to the type around. */
  lifted: boolean
  /** Where its export is looked up: the declaration that it shares with others. */
  statementStart: number
}

export interface FoundReference {
  name: string
  kind: ReferenceKind
  start: number
  receiver: string
}

export interface FoundBase {
  name: string
  /** What stands before the name: a module, a type around it. */
  holder: string
  kind: BaseKind
  start: number
  /** Stands in the body of the type, not in its head. */
  inside: boolean
  /** The type that it is said for, where that is not the enclosing one. */
  subject: string
}

export interface FoundImport {
  specifier: string
  names: Set<string>
  line: number
  reexport: boolean
  /** Taken for what it does, not for what it names. */
  silent: boolean
}

/** `private` and its like: for the members that follow in `parent`, or for what is named. */
export interface Access {
  word: string
  start: number
  parent: number
  names: string[]
  /** Start of the definition that it stands before; -1 for none. */
  definition: number
}

export interface Found {
  drafts: Map<string, Draft>
  exportedStarts: Set<number>
  exportedNames: Set<string>
  docs: Map<number, string>
  sources: DocSources
  references: Map<number, FoundReference>
  bases: FoundBase[]
  imports: Map<number, FoundImport>
  accesses: Access[]
}

/** What one match says, by the first part of its captures; `more` is the rest of the capture's name. */
export type Said = Partial<Record<string, { node: number; more: string }>>
