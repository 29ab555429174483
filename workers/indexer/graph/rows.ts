/** Rows of the tables as the graph has them, how they are selected, and how they become values. */
import type { ReferenceKind } from '../../../src/contract/index-service.ts'
import type { SymbolRow } from '../../../src/contract/symbol.ts'
import { type StoredSymbol, symbolColumns, toRow } from '../stored-symbol.ts'
import { type Binding, bindingsOf } from './bindings.ts'

export interface GraphSymbol extends SymbolRow {
  id: number
  fileId: number
  language: string
  /** In a file or a module of tests. */
  test: boolean
}

export interface GraphFile {
  id: number
  path: string
  language: string
  test: boolean
}

export interface GraphImport {
  fileId: number
  specifier: string
  bindings: Binding[]
  line: number
  reexport: boolean
  /** A file, a directory with `/` at its end, or undefined outside the project. */
  target: string | undefined
}

export interface GraphReference {
  fileId: number
  name: string
  kind: ReferenceKind
  line: number
  column: number
  receiver: string
  /** The enclosing definition. */
  symbolId: number | undefined
}

export interface GraphBase {
  symbolId: number
  fileId: number
  name: string
  /** What stands before the name: a module, a type around it. */
  holder: string
  kind: string
  line: number
}

export type StoredFileRow = Omit<GraphFile, 'test'> & { test: number }
export type StoredGraphSymbol = StoredSymbol & {
  id: number
  file_id: number
  language: string
  file_test: number
}
export interface StoredImport {
  file_id: number
  language: string
  specifier: string
  names: string
  line: number
  reexport: number
  target_path: string | null
}
export interface StoredReference {
  file_id: number
  name: string
  kind: string
  line: number
  column: number
  receiver: string
  symbol_id: number | null
}
export interface StoredBase {
  symbol_id: number
  file_id: number
  name: string
  holder: string
  kind: string
  line: number
}

export const selectSymbols = `SELECT ${symbolColumns}, s.id, s.file_id, f.language, f.test AS file_test
  FROM symbols s JOIN files f ON f.id = s.file_id`
export const selectImports = `SELECT i.file_id, f.language, i.specifier, i.names, i.line, i.reexport, i.target_path
  FROM imports i JOIN files f ON f.id = i.file_id`
export const selectReferences =
  'SELECT r.file_id, r.name, r.kind, r.line, r.column, r.receiver, r.symbol_id FROM refs r'
export const selectBases = 'SELECT symbol_id, file_id, name, holder, kind, line FROM bases'

export function toSymbol(row: StoredGraphSymbol): GraphSymbol {
  return {
    ...toRow(row),
    id: row.id,
    fileId: row.file_id,
    language: row.language,
    test: row.test === 1 || row.file_test === 1,
  }
}

export function toImport(row: StoredImport): GraphImport {
  return {
    fileId: row.file_id,
    specifier: row.specifier,
    bindings: bindingsOf(row.language, row.specifier, row.names),
    line: row.line,
    reexport: row.reexport === 1,
    target: row.target_path ?? undefined,
  }
}

export function toReference(row: StoredReference): GraphReference {
  return {
    fileId: row.file_id,
    name: row.name,
    kind: row.kind as ReferenceKind,
    line: row.line,
    column: row.column,
    receiver: row.receiver,
    symbolId: row.symbol_id ?? undefined,
  }
}

export function toBase(row: StoredBase): GraphBase {
  return {
    symbolId: row.symbol_id,
    fileId: row.file_id,
    name: row.name,
    holder: row.holder,
    kind: row.kind,
    line: row.line,
  }
}
