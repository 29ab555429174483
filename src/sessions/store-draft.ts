/**
 * The answer being streamed, so that a crash costs at most its last line. A piece with complete lines is written when it
 * comes, before it is shown; lines that arrive together come as one piece. A power cut may cost it, for what is complete
 * becomes an entry, which none costs.
 */
import type { Database } from 'bun:sqlite'
import type { StoreDatabase } from './store-database.ts'
import { all, run } from './store-database-access.ts'

export interface Draft {
  /** An empty text voids it. */
  add(text: string): void
  /** Writes what was put off. */
  flush(): void
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
  let parts = 0
  let unwritten = ''
  let writtenAt = Number.NEGATIVE_INFINITY

  function forget(open: Database): void {
    if (parts > 0) run(open, 'DELETE FROM drafts WHERE session_id = ?', session)
  }

  function forgotten(): void {
    parts = 0
    unwritten = ''
  }

  function isDue(text: string): boolean {
    return text.includes('\n') || performance.now() - writtenAt > longLineMs
  }

  function flush(): void {
    if (unwritten === '') return
    const text = unwritten
    writing((open) =>
      run(open, 'INSERT OR REPLACE INTO drafts VALUES (?,?,?)', session, parts, text),
    )
  }

  /** It only guards against a crash: the whole answer is written when it is complete, and that may fail aloud. */
  function writing(work: (open: Database) => void): void {
    writtenAt = performance.now()
    try {
      database.use((open) => {
        // Not worth a flush to the disk several times a second.
        open.run('PRAGMA synchronous = NORMAL')
        try {
          work(open)
        } finally {
          open.run('PRAGMA synchronous = FULL')
        }
      })
      parts++
      unwritten = ''
    } catch {
      // It is tried again with the next line.
    }
  }

  return {
    add(text) {
      if (text === '') {
        if (parts > 0) writing(forget)
        forgotten()
        return
      }
      unwritten += text
      if (isDue(text)) flush()
    },
    flush,
    left() {
      const rows = database.use((open) =>
        all(open, 'SELECT part, text FROM drafts WHERE session_id = ? ORDER BY part', session),
      )
      parts = rows.length
      return rows.map((row) => String(row.text)).join('')
    },
    forget,
    forgotten,
  }
}
