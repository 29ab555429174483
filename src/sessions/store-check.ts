/**
 * Whether the file is sound, without keeping anybody waiting: after a crash, and once a week, a small store is checked as
 * it is opened, a large one a slice at a time as it is closed. Whoever finds damage throws what SQLite throws.
 */
import type { Database } from 'bun:sqlite'
import { statSync } from 'node:fs'
import { all, get, run } from './store-database-access.ts'

export interface Check {
  /** At once where that takes a few milliseconds. */
  onOpen(database: Database): void
  /** For as long as somebody who leaves may be kept. */
  onClose(database: Database): void
}

/** Checked at 1 to 3 GB/s. */
const smallBytes = 4 * 1024 * 1024
const weekMs = 7 * 86_400_000
const closeBudgetMs = 20
const sliceRows = 200
const remember = 'INSERT OR REPLACE INTO notes (key, value) VALUES (?,?)'

/** `wasLeftOpen`: whoever had it last did not close it. */
export function openCheck(path: string, wasLeftOpen: boolean): Check {
  let isDue = wasLeftOpen

  function onOpen(database: Database): void {
    const last = Number(noteOf(database, 'checked') ?? 0)
    // Also where the clock was turned back by years since.
    isDue ||= Math.abs(Date.now() - last) > weekMs || noteOf(database, 'checking') !== undefined
    if (!isDue || bytesOf(path) > smallBytes) return
    const [row] = all(database, 'PRAGMA quick_check(1)')
    if (row && row.quick_check !== 'ok') throw damage(String(row.quick_check))
    done(database)
  }

  function onClose(database: Database): void {
    if (!isDue) return
    const until = performance.now() + closeBudgetMs
    let at = Number(noteOf(database, 'checking') ?? 0)
    do {
      const slice = get(
        database,
        `SELECT max(row) AS last, count(*) AS rows, sum(length(CAST(body AS BLOB))) AS bytes
         FROM (SELECT row, body FROM entries WHERE row > ? ORDER BY row LIMIT ${sliceRows})`,
        at,
      )
      if (!slice || Number(slice.rows) < sliceRows) {
        done(database)
        return
      }
      at = Number(slice.last)
    } while (performance.now() < until)
    run(database, remember, 'checking', String(at))
  }

  function done(database: Database): void {
    isDue = false
    try {
      run(database, remember, 'checked', String(Date.now()))
      run(database, "DELETE FROM notes WHERE key = 'checking'")
    } catch {
      // A full disk: it is checked once more the next time.
    }
  }

  return { onOpen, onClose }
}

function noteOf(database: Database, key: string): string | undefined {
  const row = get(database, 'SELECT value FROM notes WHERE key = ?', key)
  return row && String(row.value)
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function damage(what: string): Error {
  return Object.assign(new Error(what), { code: 'SQLITE_CORRUPT' })
}
