/**
 * The answer being streamed, so that a crash costs at most its last line. It is written whenever a line is complete, as
 * what was added since; a power cut may cost it, for what is complete becomes an entry, which none costs.
 */
import type { Database } from 'bun:sqlite'
import type { StoreDatabase } from './store-database.ts'
import { all, run } from './store-database-access.ts'

export interface Draft {
  put(text: string): void
  /** What the last process left; empty where it ended well. */
  left(): string
  /** In the transaction in which the answer itself is kept. */
  forget(database: Database): void
  /** That transaction is through. */
  forgotten(): void
}

/** A line that does not end is written this often. */
const longLineMs = 200

export function openDraft(database: StoreDatabase, session: string): Draft {
  let written = ''
  let parts = 0
  let writtenAt = Number.NEGATIVE_INFINITY

  function forget(open: Database): void {
    if (parts > 0) run(open, 'DELETE FROM drafts WHERE session_id = ?', session)
  }

  function forgotten(): void {
    parts = 0
    written = ''
  }

  function clear(open: Database): void {
    forget(open)
    forgotten()
  }

  function write(open: Database, text: string): void {
    if (!text.startsWith(written)) clear(open)
    const added = text.slice(written.length)
    run(open, 'INSERT OR REPLACE INTO drafts VALUES (?,?,?)', session, parts, added)
    parts++
    written = text
  }

  return {
    put(text) {
      if (text === '' ? parts === 0 : !isDue(text)) return
      try {
        database.use((open) => {
          // Not worth a flush to the disk several times a second.
          open.run('PRAGMA synchronous = NORMAL')
          try {
            if (text === '') clear(open)
            else write(open, text)
          } finally {
            open.run('PRAGMA synchronous = FULL')
          }
        })
      } catch {
        // It only guards against a crash: the whole answer is written when it is complete, and that may fail aloud.
      }
      writtenAt = performance.now()
    },
    left() {
      const rows = database.use((open) =>
        all(open, 'SELECT part, text FROM drafts WHERE session_id = ? ORDER BY part', session),
      )
      parts = rows.length
      written = rows.map((row) => String(row.text)).join('')
      return written
    },
    forget,
    forgotten,
  }

  function isDue(text: string): boolean {
    const line = text.lastIndexOf('\n') + 1
    return line > written.length || performance.now() - writtenAt > longLineMs
  }
}
