/**
 * What can still be read of a damaged SQLite file, row by row: tables are walked from both ends, then read by ranges of
 * row ids, where one that cannot be read is halved until only the rows on bad pages are left out.
 */
import { Database, type SQLQueryBindings } from 'bun:sqlite'
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'

export interface Rescued {
  /** `120 entries, 3 drafts`. */
  text: string
  /** Rows that could not be read; infinite where that cannot be told. */
  unread: number
}

type Row = Record<string, SQLQueryBindings>

const chunkRows = 256
/** Where the end of a table cannot be told, this many row ids without a row are taken for it. */
const farRows = 1_000_000
/** There, after so many that cannot be read no more are looked for. */
const maxGapRows = 20_000
/** Row ids near and far: each may lie behind another page. */
const probes = [
  ...Array.from({ length: 40 }, (_, power) => 2 ** power),
  ...Array.from({ length: 200 }, (_, step) => step * 331),
]
/** Of the file format of SQLite. */
const magic = 'SQLite format 3\0'
const headerBytes = 100
const pageSizeAt = 16
const pageCountAt = 28
/** The number in a bad header is no reason for a file of any size. */
const maxPaddedBytes = 64 * 1024 ** 3

/** Copies every readable row of these tables. Never throws for what is bad in `from`. */
export function rescue(from: string, to: Database, tables: readonly string[]): Rescued {
  const counts = new Map(tables.map((table) => [table, 0]))
  let unread = 0
  let damaged: Database | undefined
  try {
    readOr(() => padCutOff(from), undefined)
    damaged = new Database(from, { readonly: true })
    for (const table of tables) {
      const copied = copyTable(damaged, to, table)
      counts.set(table, copied.rows)
      unread += copied.unread
    }
  } catch {
    // It is no database at all, or its schema is gone: nothing can be read, and the file is kept aside.
    unread = Number.POSITIVE_INFINITY
  } finally {
    damaged?.close()
  }
  const lines = [...counts].map(([table, count]) => `${count} ${table}`)
  if (unread > 0 && Number.isFinite(unread)) lines.push(`${unread} could not be read`)
  return { unread, text: lines.join(', ') }
}

/** SQLite reads nothing at all of a file that lost its end: zeros in its place are bad pages like any others. */
function padCutOff(path: string): void {
  const header = Buffer.alloc(headerBytes)
  const file = openSync(path, 'r+')
  try {
    if (readSync(file, header, 0, headerBytes, 0) < headerBytes) return
    const told = header.readUInt16BE(pageSizeAt)
    const pageBytes = told === 1 ? 65_536 : told
    const wanted = pageBytes * header.readUInt32BE(pageCountAt)
    if (header.toString('latin1', 0, magic.length) !== magic || wanted > maxPaddedBytes) return
    if (fstatSync(file).size < wanted) ftruncateSync(file, wanted)
  } finally {
    closeSync(file)
  }
}

interface Copied {
  rows: number
  unread: number
}

function copyTable(from: Database, to: Database, table: string): Copied {
  const known = new Set(columnsOf(to, table))
  const shared = readOr(() => columnsOf(from, table), [...known]).filter((name) => known.has(name))
  if (shared.length === 0) return { rows: 0, unread: 0 }
  const names = shared.join(',')
  const read = from.prepare<Row, [number, number]>(
    `SELECT ${names} FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid`,
  )
  const write = to.prepare<unknown, SQLQueryBindings[]>(
    `INSERT OR IGNORE INTO ${table} (${names}) VALUES (${shared.map(() => '?').join(',')})`,
  )
  let copied = 0
  let unread = 0
  /** Row ids in a row that could not be asked for. */
  let gap = 0
  const writeAll = to.transaction((rows: Row[]) => {
    for (const row of rows) copied += write.run(...Object.values(row)).changes > 0 ? 1 : 0
  })
  function walk(order: string): void {
    const rows: Row[] = []
    try {
      const all = from.query<Row, []>(`SELECT ${names} FROM ${table} ORDER BY rowid ${order}`)
      for (const row of all.iterate()) {
        rows.push(row)
        if (rows.length === chunkRows) writeAll.immediate(rows.splice(0))
      }
    } catch {
      // As far as it goes.
    }
    writeAll.immediate(rows)
  }
  function copyRange(first: number, last: number): void {
    const rows = readOr(() => read.all(first, last), undefined)
    if (rows) {
      writeAll.immediate(rows)
      gap = 0
    } else if (first < last) {
      const middle = Math.floor((first + last) / 2)
      copyRange(first, middle)
      copyRange(middle + 1, last)
    } else {
      unread++
      gap++
    }
  }
  try {
    // A bad key on the way down hides good rows from whoever seeks, but not from whoever walks.
    for (const order of ['ASC', 'DESC']) walk(order)
    if (!answersAnywhere(from, table)) return { rows: copied, unread: Number.POSITIVE_INFINITY }
    const { first, last, isTold } = rowRange(from, table)
    for (let at = first; at <= last; at += chunkRows) {
      copyRange(at, Math.min(at + chunkRows - 1, last))
      if (!isTold && gap > maxGapRows) return { rows: copied, unread: Number.POSITIVE_INFINITY }
    }
  } finally {
    read.finalize()
    write.finalize()
  }
  return { rows: copied, unread }
}

/** Not where the page is gone that leads to all others: then each row id would be asked for in vain. */
function answersAnywhere(from: Database, table: string): boolean {
  const seek = from.prepare<unknown, [number]>(`SELECT 1 FROM ${table} WHERE rowid = ?`)
  try {
    return probes.some((id) => readOr(() => seek.get(id) !== undefined, false))
  } finally {
    seek.finalize()
  }
}

function columnsOf(database: Database, table: string): string[] {
  const rows = database.query<{ name: string }, []>(`PRAGMA table_info(${table})`).all()
  return rows.map((row) => row.name)
}

/** The first and last row id, by whatever of the file can tell them. */
function rowRange(database: Database, table: string) {
  const ask = (sql: string) =>
    readOr(() => Number(database.query<{ id: number | null }, []>(sql).get()?.id ?? 0), undefined)
  const first = ask(`SELECT min(rowid) AS id FROM ${table}`) ?? 1
  const told = [
    ask(`SELECT max(rowid) AS id FROM ${table}`),
    ask(`SELECT seq AS id FROM sqlite_sequence WHERE name = '${table}'`),
  ].filter((id) => id !== undefined)
  const isTold = told.length > 0
  return { first, isTold, last: isTold ? Math.max(...told) : first + farRows }
}

function readOr<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read()
  } catch {
    return otherwise
  }
}
