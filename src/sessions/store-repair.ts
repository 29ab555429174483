/** Checks the whole store, makes again what follows from its entries, and says what it found and did. */
import type { Database } from 'bun:sqlite'
import { plural } from '../base/text.ts'
import type { RepairReport } from '../contract/session.ts'
import type { StoreDatabase } from './store-database.ts'
import { all, run } from './store-database-access.ts'
import { rebuild } from './store-derived.ts'
import { brokenImports, forgetImport } from './store-import.ts'
import { emptyIndex } from './store-search.ts'

export interface RepairOptions {
  database: StoreDatabase
  /** Somebody writes to it at this moment. */
  isHeld(session: string): boolean
  /** What was said aloud since the store was opened: a damaged file that was set aside. */
  takeNotices(): string[]
}

export function repairStore({ database, isHeld, takeNotices }: RepairOptions): RepairReport {
  database.change(emptyIndex)
  const faults = database.use(integrityFaults)
  if (faults.length > 0) database.replace()
  const replaced = takeNotices()
  const broken = database.use(brokenImports).filter((id) => !isHeld(id))
  const rebuilt = database.change((open) => {
    for (const id of broken) forgetImport(open, id)
    return rebuild(open)
  })
  database.change(dropLostDrafts)
  const gone = database.takeLost()
  const lost = gone > 0 || rebuilt.unreadable > 0 || rebuilt.headless.length > 0
  return {
    sessions: rebuilt.sessions,
    entries: rebuilt.entries,
    lost,
    lines: [
      soundText(faults, replaced),
      ...replaced,
      ...(broken.length > 0
        ? [`${plural(broken.length, 'import')} that had been broken off was removed`]
        : []),
      `The list and the search index were made again: ${plural(rebuilt.sessions, 'session')}, ${plural(rebuilt.entries, 'entry', 'entries')}`,
      ...(replaced.length > 0 ? [carriedText(gone)] : []),
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

function soundText(faults: readonly string[], replaced: readonly string[]): string {
  if (faults.length > 0) return `The file is damaged: ${faults.slice(0, 3).join('; ')}`
  return replaced.length > 0 ? 'The new file is sound' : 'The file is sound'
}

function carriedText(gone: number): string {
  if (!Number.isFinite(gone)) return 'How many entries are gone cannot be told'
  if (gone === 0) return 'Every entry was carried over'
  return `${plural(gone, 'entry', 'entries')} could not be carried over`
}

function dropLostDrafts(database: Database): void {
  run(database, 'DELETE FROM drafts WHERE session_id NOT IN (SELECT id FROM sessions)')
}
