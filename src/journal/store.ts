/**
 * The tables of the journal: steps, the changes of each, what is pending, checkpoints. Several codi write at the same
 * time; a change is durable before the file is touched. Contents lie beside it, in objects.
 */
import type { Database } from 'bun:sqlite'
import { openDatabase } from '../base/database.ts'
import type { FileState } from '../contract/journal.ts'
import {
  type CaptureRow,
  type ChangeRow,
  type CheckpointRow,
  type RawChange,
  type RawCheckpoint,
  type RawStep,
  type StepRow,
  shaOf,
  toChange,
  toCheckpoint,
  toStep,
} from './store-rows.ts'
import { journalMigrations } from './store-schema.ts'

export type NewChange = Omit<ChangeRow, 'id'>

export interface JournalStore {
  addStep(row: Omit<StepRow, 'id'>): StepRow
  step(id: number): StepRow | undefined
  /** Newest first. */
  steps(filter?: { root?: string; session?: string; above?: number }): StepRow[]
  addNote(step: number, text: string): void
  markUndone(steps: readonly number[], by: number | null): void
  /** Their steps stay, as those of the directory; what they say of them is overwritten. */
  forgetSessions(sessions: readonly string[], label: string): void
  /** Durable when it returns. `owner` is whoever will set what is there afterwards. */
  addChanges(rows: readonly NewChange[], owner: string): number[]
  /** Sets what is there now; a change that changed nothing is dropped. */
  settle(rows: readonly { id: number; after: FileState | null }[]): void
  /** In order, oldest first. */
  changes(filter: { steps?: readonly number[]; root?: string; above?: number }): ChangeRow[]
  pending(): (ChangeRow & { owner: string })[]
  newestChange(): number
  newestChangeOf(path: string): number | undefined
  addCapture(row: Omit<CaptureRow, 'root'>): void
  removeCapture(id: string): void
  captures(): CaptureRow[]
  addCheckpoint(row: Omit<CheckpointRow, 'id'>): CheckpointRow
  checkpoints(root: string): CheckpointRow[]
  removeCheckpoint(id: number): void
  addObject(sha: string, bytes: number): void
  objectBytes(): number
  /** Ids of the oldest steps from before that moment, but for those in which something is under way. */
  oldestSteps(limit: number, before: number): number[]
  /** Of contents that only these steps name. */
  bytesOfSteps(ids: readonly number[]): number
  /** Takes steps out with their changes, and the checkpoints that need them. */
  removeSteps(ids: readonly number[]): { checkpoints: CheckpointRow[] }
  /** Objects that no change names. */
  unnamedObjects(): { sha: string; bytes: number }[]
  knowsObject(sha: string): boolean
  forgetObjects(shas: readonly string[]): void
  sizes(): { root: string; steps: number; bytes: number }[]
  close(): void
}

/** Throws a CodiError of kind `io` where it cannot be opened. */
export function openJournalStore(options: {
  path: string
  notice(text: string): void
}): JournalStore {
  const database = openDatabase({
    ...options,
    name: 'journal of changes',
    migrations: journalMigrations,
    tables: ['steps', 'changes', 'captures', 'checkpoints', 'objects'],
  })
  // What is deleted with a conversation is to be gone from the file, too.
  database.run('PRAGMA secure_delete = ON')
  const all = <R>(sql: string, ...values: (string | number | null)[]) =>
    database.query<R, (string | number | null)[]>(sql).all(...values)
  const run = (sql: string, ...values: (string | number | null)[]) =>
    database.query(sql).run(...values)

  function addStep(row: Omit<StepRow, 'id'>): StepRow {
    const { lastInsertRowid } = run(
      'INSERT INTO steps(root, session, entry, kind, label, at, refers, undone_by, notes) VALUES (?,?,?,?,?,?,?,?,?)',
      ...[row.root, row.session, row.entry, row.kind, row.label, row.at],
      ...[JSON.stringify(row.refers), row.undoneBy, JSON.stringify(row.notes)],
    )
    return { ...row, id: Number(lastInsertRowid) }
  }

  function addChanges(rows: readonly NewChange[], owner: string): number[] {
    const write = () =>
      rows.map((row) => {
        const { lastInsertRowid } = run(
          'INSERT INTO changes(step, call, tool, command, path, before, after, before_sha, after_sha, owner) VALUES (?,?,?,?,?,?,?,?,?,?)',
          ...[row.step, row.call, row.tool, row.command, row.path, JSON.stringify(row.before)],
          ...[row.after === null ? null : JSON.stringify(row.after)],
          ...[shaOf(row.before), shaOf(row.after), row.after === null ? owner : null],
        )
        return Number(lastInsertRowid)
      })
    // A power cut must not take the row of a change that is yet to be made, and leave the change.
    return rows.some((row) => row.after === null)
      ? durably(database, write)
      : database.transaction(write).immediate()
  }

  function settle(rows: readonly { id: number; after: FileState | null }[]): void {
    const write = database.transaction(() => {
      for (const { id, after } of rows) {
        if (after === null) run('DELETE FROM changes WHERE id = ?', id)
        else
          run(
            'UPDATE changes SET after = ?, after_sha = ?, owner = NULL WHERE id = ?',
            ...[JSON.stringify(after), shaOf(after), id],
          )
      }
    })
    write.immediate()
  }

  function removeSteps(ids: readonly number[]): { checkpoints: CheckpointRow[] } {
    const lost: CheckpointRow[] = []
    const remove = database.transaction(() => {
      for (const id of ids) {
        const rows = all<RawCheckpoint>(
          `SELECT c.* FROM checkpoints c JOIN steps s ON s.id = ? AND s.root = c.root
           WHERE c.change < (SELECT coalesce(max(id), -1) FROM changes WHERE step = ?)`,
          ...[id, id],
        )
        lost.push(...rows.map(toCheckpoint))
        for (const row of rows) run('DELETE FROM checkpoints WHERE id = ?', row.id)
        run('DELETE FROM steps WHERE id = ?', id)
      }
    })
    remove.immediate()
    return { checkpoints: lost }
  }

  return {
    addStep,
    step: (id) => all<RawStep>('SELECT * FROM steps WHERE id = ?', id).map(toStep)[0],
    steps({ root, session, above } = {}) {
      const where = [
        ...(root === undefined ? [] : ['root = ?']),
        ...(session === undefined ? [] : ['session = ?']),
        ...(above === undefined ? [] : ['id > ?']),
      ]
      const values = [root, session, above].filter((value) => value !== undefined)
      const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`
      return all<RawStep>(`SELECT * FROM steps ${filter} ORDER BY id DESC`, ...values).map(toStep)
    },
    addNote(step, text) {
      const [row] = all<{ notes: string }>('SELECT notes FROM steps WHERE id = ?', step)
      const notes = row ? (JSON.parse(row.notes) as string[]) : []
      if (row && !notes.includes(text))
        run('UPDATE steps SET notes = ? WHERE id = ?', JSON.stringify([...notes, text]), step)
    },
    markUndone(steps, by) {
      const mark = database.transaction(() => {
        for (const id of steps) run('UPDATE steps SET undone_by = ? WHERE id = ?', by, id)
      })
      mark.immediate()
    },
    forgetSessions(sessions, label) {
      const ids = JSON.stringify(sessions)
      const own = 'session IN (SELECT value FROM json_each(?))'
      const forget = database.transaction(() => {
        run(
          `UPDATE changes SET command = '' WHERE command IS NOT NULL AND step IN (SELECT id FROM steps WHERE ${own})`,
          ids,
        )
        run(
          `UPDATE captures SET command = '' WHERE step IN (SELECT id FROM steps WHERE ${own})`,
          ids,
        )
        run(`DELETE FROM checkpoints WHERE automatic = 1 AND ${own}`, ids)
        run(`UPDATE checkpoints SET session = NULL, entry = NULL WHERE ${own}`, ids)
        run(
          `UPDATE steps SET label = ?, session = NULL, entry = NULL,
             notes = iif(notes = '[]', '[]', '["its changes are not all known exactly"]') WHERE ${own}`,
          ...[label, ids],
        )
      })
      forget.immediate()
      // What was written over lies in the log as well.
      database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    addChanges,
    settle,
    changes({ steps, root, above = 0 }) {
      if (steps !== undefined)
        return all<RawChange>(
          `SELECT ${changeColumns} FROM changes WHERE step IN (SELECT value FROM json_each(?)) AND id > ? ORDER BY id`,
          ...[JSON.stringify(steps), above],
        ).map(toChange)
      return all<RawChange>(
        `SELECT ${changeColumns} FROM changes WHERE id > ? AND step IN (SELECT id FROM steps WHERE root = ?) ORDER BY id`,
        ...[above, root ?? ''],
      ).map(toChange)
    },
    pending: () =>
      all<RawChange & { owner: string }>(
        `SELECT ${changeColumns}, owner FROM changes WHERE owner IS NOT NULL ORDER BY id`,
      ).map((row) => ({ ...toChange(row), owner: row.owner })),
    newestChange: () =>
      all<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")[0]?.seq ?? 0,
    newestChangeOf: (path) =>
      all<{ id: number }>('SELECT max(id) AS id FROM changes WHERE path = ?', path)[0]?.id,
    addCapture: (row) =>
      void run(
        'INSERT INTO captures(id, step, call, tool, command, owner) VALUES (?,?,?,?,?,?)',
        ...[row.id, row.step, row.call, row.tool, row.command, row.owner],
      ),
    removeCapture: (id) => void run('DELETE FROM captures WHERE id = ?', id),
    captures: () =>
      all<CaptureRow>('SELECT c.*, s.root FROM captures c JOIN steps s ON s.id = c.step'),
    addCheckpoint(row) {
      const { lastInsertRowid } = run(
        'INSERT INTO checkpoints(root, session, entry, name, automatic, change, at) VALUES (?,?,?,?,?,?,?)',
        ...[row.root, row.session, row.entry, row.name, row.automatic ? 1 : 0, row.change, row.at],
      )
      return { ...row, id: Number(lastInsertRowid) }
    },
    checkpoints: (root) =>
      all<RawCheckpoint>('SELECT * FROM checkpoints WHERE root = ? ORDER BY id', root).map(
        toCheckpoint,
      ),
    removeCheckpoint: (id) => void run('DELETE FROM checkpoints WHERE id = ?', id),
    addObject: (sha, bytes) =>
      void run('INSERT OR IGNORE INTO objects(sha, bytes) VALUES (?,?)', sha, bytes),
    objectBytes: () =>
      all<{ sum: number | null }>('SELECT sum(bytes) AS sum FROM objects')[0]?.sum ?? 0,
    oldestSteps: (limit, before) =>
      all<{ id: number }>(
        `SELECT id FROM steps WHERE ${idle} ORDER BY id LIMIT ?`,
        before,
        limit,
      ).map(({ id }) => id),
    bytesOfSteps: (ids) =>
      all<{ sum: number | null }>(
        `WITH gone AS (SELECT value FROM json_each(?)),
         kept AS (SELECT before_sha AS sha FROM changes WHERE before_sha IS NOT NULL AND step NOT IN gone
           UNION SELECT after_sha FROM changes WHERE after_sha IS NOT NULL AND step NOT IN gone)
         SELECT sum(bytes) AS sum FROM objects WHERE sha NOT IN kept`,
        JSON.stringify(ids),
      )[0]?.sum ?? 0,
    removeSteps,
    unnamedObjects: () =>
      all<{ sha: string; bytes: number }>(
        `SELECT sha, bytes FROM objects WHERE sha NOT IN (SELECT before_sha FROM changes WHERE before_sha IS NOT NULL)
         AND sha NOT IN (SELECT after_sha FROM changes WHERE after_sha IS NOT NULL)`,
      ),
    knowsObject: (sha) => all('SELECT 1 FROM objects WHERE sha = ?', sha).length > 0,
    forgetObjects(shas) {
      const forget = database.transaction(() => {
        for (const sha of shas) run('DELETE FROM objects WHERE sha = ?', sha)
      })
      forget.immediate()
    },
    sizes: () =>
      all<{ root: string; steps: number; bytes: number }>(
        `SELECT s.root, count(DISTINCT s.id) AS steps, coalesce((SELECT sum(o.bytes) FROM objects o WHERE o.sha IN (
           SELECT before_sha FROM changes WHERE step IN (SELECT id FROM steps t WHERE t.root = s.root)
           UNION SELECT after_sha FROM changes WHERE step IN (SELECT id FROM steps t WHERE t.root = s.root))), 0) AS bytes
         FROM steps s GROUP BY s.root ORDER BY bytes DESC`,
      ),
    close: () => database.close(),
  }
}

const changeColumns = 'id, step, call, tool, command, path, before, after'

const idle = `at < ? AND id NOT IN (SELECT step FROM changes WHERE owner IS NOT NULL)
  AND id NOT IN (SELECT step FROM captures)`

function durably<T>(database: Database, work: () => T): T {
  database.run('PRAGMA synchronous = FULL')
  try {
    return database.transaction(work).immediate()
  } finally {
    database.run('PRAGMA synchronous = NORMAL')
  }
}
