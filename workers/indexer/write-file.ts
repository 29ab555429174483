/** The rows of one file in the tables of the index: written, replaced, removed. Inside the caller's transaction. */
import type { Database } from 'bun:sqlite'
import type { Extraction } from './extraction/extraction.ts'

/** A statement, kept ready. */
export type Query = <Row, Values extends (string | number | null)[]>(
  sql: string,
) => ReturnType<typeof Database.prototype.query<Row, Values>>

export interface FileWrite {
  path: string
  hash: string
  size: number
  mtime: string
  language: string
  lines: number
  test: boolean
  extraction: Extraction | undefined
}

export function removeFile(query: Query, id: number): void {
  clearFile(query, id)
  query<never, [number]>('DELETE FROM files WHERE id = ?').run(id)
}

function clearFile(query: Query, id: number): void {
  for (const table of ['symbols', 'refs', 'bases', 'imports'])
    query<never, [number]>(`DELETE FROM ${table} WHERE file_id = ?`).run(id)
}

/** Writes a file and all that was found in it; does nothing when another process has written the same content. */
export function writeFile(query: Query, file: FileWrite, generation: number): void {
  const before = query<{ id: number; hash: string; language: string }, [string]>(
    'SELECT id, hash, language FROM files WHERE path = ?',
  ).get(file.path)
  if (before && before.hash === file.hash && before.language === file.language) {
    query<never, [number, string, number]>('UPDATE files SET size = ?, mtime = ? WHERE id = ?').run(
      file.size,
      file.mtime,
      before.id,
    )
    return
  }
  if (before) removeFile(query, before.id)
  const inserted = query<
    { id: number },
    [string, string, number, string, string, number, number, number]
  >(
    `INSERT INTO files (path, hash, size, mtime, language, lines, test, generation)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  ).get(
    file.path,
    file.hash,
    file.size,
    file.mtime,
    file.language,
    file.lines,
    file.test ? 1 : 0,
    generation,
  )
  if (inserted && file.extraction) writeExtraction(query, inserted.id, file, file.extraction)
}

function writeExtraction(
  query: Query,
  fileId: number,
  file: FileWrite,
  extraction: Extraction,
): void {
  const insertSymbol = query<never, (string | number)[]>(
    `INSERT INTO symbols
     (id, file_id, name, kind, line, end_line, name_line, name_column, container, signature,
      exported, visibility, test, doc)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const last = query<{ id: number | null }, []>('SELECT max(id) AS id FROM symbols').get()
  const base = (last?.id ?? 0) + 1
  extraction.definitions.forEach((row, index) => {
    insertSymbol.run(
      base + index,
      fileId,
      row.name,
      row.kind,
      row.line,
      row.endLine,
      row.nameLine,
      row.nameColumn,
      row.container,
      row.signature,
      row.exported ? 1 : 0,
      row.visibility,
      row.test || file.test ? 1 : 0,
      row.doc,
    )
  })
  const insertReference = query<
    never,
    [number, string, string, number, number, string, number | null]
  >(
    `INSERT INTO refs (file_id, name, kind, line, column, receiver, symbol_id)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const row of extraction.references)
    insertReference.run(
      fileId,
      row.name,
      row.kind,
      row.line,
      row.column,
      row.receiver,
      row.enclosing < 0 ? null : base + row.enclosing,
    )
  const insertBase = query<never, [number, number, string, string, string, number, string]>(
    'INSERT INTO bases (file_id, symbol_id, name, holder, kind, line, subject) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  for (const row of extraction.bases) {
    const symbolId = row.definition < 0 ? 0 : base + row.definition
    insertBase.run(fileId, symbolId, row.name, row.holder, row.kind, row.line, row.subject)
  }
  const insertImport = query<never, [number, string, string, number, number]>(
    `INSERT INTO imports (file_id, specifier, names, line, reexport, target_path)
     VALUES (?, ?, ?, ?, ?, NULL)`,
  )
  for (const row of extraction.imports)
    insertImport.run(fileId, row.specifier, row.names.join(' '), row.line, row.reexport ? 1 : 0)
}
