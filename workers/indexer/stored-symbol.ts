/** A row of the table `symbols` with its file, and what the rest of codi gets of it. */
import type { SymbolKind, SymbolRow, Visibility } from '../../src/contract/symbol.ts'

export interface StoredSymbol {
  path: string
  name: string
  kind: string
  line: number
  end_line: number
  name_line: number
  name_column: number
  container: string
  signature: string
  exported: number
  visibility: string
  test: number
  doc: string
}

/** To be selected from `symbols s JOIN files f`. */
export const symbolColumns =
  's.name, s.kind, s.line, s.end_line, s.name_line, s.name_column, s.container, s.signature, s.exported, s.visibility, s.test, s.doc, f.path'

export function toRow(row: StoredSymbol): SymbolRow {
  return {
    path: row.path,
    name: row.name,
    kind: row.kind as SymbolKind,
    line: row.line,
    endLine: row.end_line,
    nameLine: row.name_line,
    nameColumn: row.name_column,
    container: row.container,
    signature: row.signature,
    exported: row.exported === 1,
    visibility: row.visibility as Visibility,
    doc: row.doc,
  }
}
