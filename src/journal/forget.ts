/**
 * What steps say of conversations that were deleted goes with them: their words, commands and names of checkpoints. What
 * was done to files stays, and can be taken back as steps of the directory.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openJournalStore } from './store.ts'
import { areWaiting, takeWaiting } from './waiting-steps.ts'

/** Throws a CodiError where the journal cannot be opened. */
export function forgetSessions(
  { directory, notice }: { directory: string; notice(text: string): void },
  sessions: readonly string[],
): void {
  const path = join(directory, 'journal.db')
  if (sessions.length === 0 || !(existsSync(path) || areWaiting(directory))) return
  const store = openJournalStore({ path, notice })
  try {
    takeWaiting(directory, store)
    store.forgetSessions(sessions, 'a conversation that was deleted')
  } finally {
    store.close()
  }
}
