/** What is removed is gone from the disk, too: overwritten, out of the log of changes, and its room given back. */
import type { Database } from 'bun:sqlite'
import type { StoreDatabase } from './store-database.ts'
import { get, run } from './store-database-access.ts'

/** Less than this is kept for what comes. */
const shrinkBytes = 16 * 1024 * 1024

export function removeEntries(database: StoreDatabase, session: string): void {
  database.change((open) => {
    open.run('PRAGMA secure_delete = ON')
    run(
      open,
      'DELETE FROM words WHERE rowid IN (SELECT row FROM entries WHERE session_id = ?)',
      session,
    )
    run(open, 'DELETE FROM entries WHERE session_id = ?', session)
    run(open, 'DELETE FROM drafts WHERE session_id = ?', session)
    run(open, 'DELETE FROM sessions WHERE id = ?', session)
  })
}

/** After the last of them. Where another process is at work, what can be done now is done later. */
export function giveRoomBack(database: StoreDatabase): void {
  database.use((open) => {
    open.run('PRAGMA secure_delete = OFF')
    try {
      if (freeBytes(open) > shrinkBytes) open.run('VACUUM')
      open.run('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // Somebody reads or writes, or there is no room for the copy that this takes.
    }
  })
}

function freeBytes(database: Database): number {
  const pages = Number(get(database, 'PRAGMA freelist_count')?.freelist_count ?? 0)
  return pages * Number(get(database, 'PRAGMA page_size')?.page_size ?? 0)
}
