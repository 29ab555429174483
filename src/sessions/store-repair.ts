/** Checks the whole store, makes again what follows from its entries, and says what it found and did. */
import type { Database } from 'bun:sqlite'
import { plural } from '../base/text.ts'
import type { RepairReport } from '../contract/session.ts'
import type { StoreDatabase } from './store-database.ts'
import { all, get, run } from './store-database-access.ts'
import { rebuild } from './store-derived.ts'
import { brokenImports, forgetImport } from './store-import.ts'

export interface RepairOptions {
  database: StoreDatabase
  /** Somebody writes to it at this moment. */
  isHeld(session: string): boolean
  /** What was said aloud since then: a damaged file that was set aside. */
  takeNotices(): string[]
}

export function repairStore({ database, isHeld, takeNotices }: RepairOptions): RepairReport {
  takeNotices()
  const faults = database.use(integrityFaults)
  const before = database.use((open) => count(open, 'entries'))
  if (faults.length > 0) database.replace()
  const replaced = takeNotices()
  const broken = database.use(brokenImports).filter((id) => !isHeld(id))
  const rebuilt = database.change((open) => {
    for (const id of broken) forgetImport(open, id)
    return rebuild(open)
  })
  database.change((open) => {
    run(open, "INSERT INTO words(words) VALUES ('delete-all')")
    run(open, "DELETE FROM notes WHERE key = 'words'")
    dropLostDrafts(open)
  })
  const gone = Math.max(0, (before ?? rebuilt.entries) - rebuilt.entries)
  const lost = replaced.length > 0 || rebuilt.unreadable > 0 || rebuilt.headless.length > 0
  return {
    sessions: rebuilt.sessions,
    entries: rebuilt.entries,
    lost,
    lines: [
      faults.length === 0
        ? 'The file is sound'
        : `The file is damaged: ${faults.slice(0, 3).join('; ')}`,
      ...replaced,
      ...(broken.length > 0
        ? [`${plural(broken.length, 'import')} that had been broken off was removed`]
        : []),
      `The list and the search index were made again: ${plural(rebuilt.sessions, 'session')}, ${plural(rebuilt.entries, 'entry', 'entries')}`,
      ...(faults.length > 0 && gone > 0
        ? [`${plural(gone, 'entry', 'entries')} could not be carried over`]
        : []),
      ...(rebuilt.unreadable > 0
        ? [`${plural(rebuilt.unreadable, 'entry', 'entries')} cannot be read and are left out`]
        : []),
      ...(rebuilt.headless.length > 0
        ? [`The beginning is lost of ${rebuilt.headless.slice(0, 5).join(', ')}`]
        : []),
    ],
  }
}

function integrityFaults(database: Database): string[] {
  const rows = all(database, 'PRAGMA integrity_check(20)').map((row) =>
    String(row.integrity_check).trim(),
  )
  return rows.filter((row) => row !== 'ok')
}

/** Undefined where the damage is just there. */
function count(database: Database, table: string): number | undefined {
  try {
    return Number(get(database, `SELECT count(*) AS count FROM ${table}`)?.count ?? 0)
  } catch {
    return undefined
  }
}

function dropLostDrafts(database: Database): void {
  run(database, 'DELETE FROM drafts WHERE session_id NOT IN (SELECT id FROM sessions)')
}
