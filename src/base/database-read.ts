/** SQLite files that are only looked at: those of a newer codi, and those in a place that takes no writes. */
import { constants, Database } from 'bun:sqlite'
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const busyTimeoutMs = 5000

/**
 * Only to read, whatever version wrote it, also where the directory takes no writes: SQLite wants to write beside the file
 * even then, so that the file alone is read, or a copy where others have written what is not in it yet.
 */
export function openDatabaseToRead(path: string): Database {
  const ways: (() => Database)[] = [
    () => readable(path, constants.SQLITE_OPEN_READONLY),
    () =>
      hasBytes(`${path}-wal`)
        ? readableCopy(path)
        : readable(immutableUri(path), constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI),
  ]
  let refusal: unknown
  for (const way of ways) {
    try {
      return way()
    } catch (thrown) {
      refusal = thrown
    }
  }
  throw refusal
}

function readable(path: string, flags: number): Database {
  const database = new Database(path, flags)
  try {
    database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    database.query('SELECT count(*) FROM sqlite_schema').get()
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** The names of the copy are gone as soon as it is open. */
function readableCopy(path: string): Database {
  const directory = mkdtempSync(join(tmpdir(), 'codi-read-'))
  try {
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, join(directory, `copy${suffix}`))
    return readable(join(directory, 'copy'), constants.SQLITE_OPEN_READWRITE)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function hasBytes(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** SQLite's own way to say that nobody writes to it. */
function immutableUri(path: string): string {
  return `file:${encodeURI(path).replaceAll('?', '%3f').replaceAll('#', '%23')}?immutable=1`
}
