/** What is known of one file once it is parsed: the rows of the index, with their places in the file. */
import type { ReferenceKind } from '../../../src/contract/index-service.ts'
import type { SymbolRow } from '../../../src/contract/symbol.ts'
import type { BaseKind } from './found.ts'

export interface Definition extends Omit<SymbolRow, 'path'> {
  /** Inside a test module of its own file (Rust). */
  test: boolean
}

export interface Reference {
  name: string
  kind: ReferenceKind
  line: number
  column: number
  /** What stands before the dot; empty for none. */
  receiver: string
  /** Index in `definitions`; -1 at top level. */
  enclosing: number
}

export interface Base {
  /** The last part of its name, and what stands before that. */
  name: string
  holder: string
  kind: BaseKind
  line: number
  /** Index in `definitions` of the type that says so; -1 when it is not defined in this file. */
  definition: number
  /** Name of that type when it is not defined in this file; else empty. */
  subject: string
}

export interface Import {
  specifier: string
  /** `name`, `name=alias`, `*`, `*=alias`; a default export is `default=alias`. */
  names: string[]
  line: number
  /** What is taken is given on to those who import this file. */
  reexport: boolean
}

export interface Extraction {
  definitions: Definition[]
  references: Reference[]
  bases: Base[]
  imports: Import[]
}
