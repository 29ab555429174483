/**
 * The ledger in SQLite: one row a request, only ever added, by several processes at once. It stands for itself: neither a
 * deleted session nor a damaged session store takes anything from it.
 */
import type { Database, SQLQueryBindings } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import {
  type DatabaseOptions,
  fileIdentity,
  isDamaged,
  openDatabase,
  replaceDamaged,
} from '../base/database.ts'
import { openDatabaseToRead } from '../base/database-read.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import type {
  UsageGroup,
  UsageGrouping,
  UsageQuery,
  UsageRow,
  UsageSum,
} from '../contract/usage.ts'
import { localKey } from './periods.ts'
import { usageMigrations } from './schema.ts'
import { filterOf, insertSql, nanos, sumSql, toRow, toSum, valuesOf } from './store-rows.ts'
import { addSum, noSum } from './sums.ts'

export interface UsageStore {
  /** Throws where it cannot be kept. */
  append(row: UsageRow): void
  /** All or none. */
  appendAll(rows: readonly UsageRow[]): void
  total(query: UsageQuery): UsageSum
  groups(by: UsageGrouping, query: UsageQuery): UsageGroup[]
  /** Oldest first; `newest`: only so many, newest first. */
  rows(query: UsageQuery & { newest?: number }): Iterable<UsageRow>
  /** What was spent in a span of time; only what came since it was last asked is added up. */
  spent(since: number, until: number): { costUsd: number; unknownPrice: number }
  /** True for the first who asks, of all processes: what is told once. */
  tellsFirst(what: string, at: number): boolean
  /** Forgets rows before a moment, or all; answers how many. */
  forget(before?: number): number
  close(): void
}

/** Another process writes for less than a millisecond; an answer must not wait for one that hangs. */
const busyMs = 1000
/** Every time zone's days begin at one of these. */
const quarterMs = 15 * 60_000
const partRows = 1000

/** Groups by what a row says; those by time are put together from quarters of an hour. */
const groupSql: Readonly<Partial<Record<UsageGrouping, string>>> = {
  model: "provider || '/' || model",
  provider: 'provider',
  project: 'project',
  session: "IFNULL(session, '')",
  step: "CASE WHEN session IS NULL OR step IS NULL THEN '' ELSE session || ':' || step END",
  purpose: 'purpose',
}

export function openUsageStore(options: { path: string; notice(text: string): void }): UsageStore {
  let counted: Counted | undefined
  const about: DatabaseOptions = {
    ...options,
    name: 'ledger of usage',
    migrations: usageMigrations,
    tables: ['requests', 'told'],
  }
  const { use, close } = openRepairing(about, () => {
    counted = undefined
  })

  function all(sql: string, values: SQLQueryBindings[]): Record<string, unknown>[] {
    return reading(() =>
      use((database) =>
        database.query<Record<string, unknown>, SQLQueryBindings[]>(sql).all(...values),
      ),
    )
  }

  function reading<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      const message = `Cannot read the ledger of usage ${options.path}: ${errorMessage(thrown)}`
      throw new CodiError('io', message, { cause: thrown })
    }
  }

  return {
    append(row) {
      use((database) => database.query(insertSql).run(...valuesOf(row)))
    },
    appendAll(rows) {
      use((database) => {
        const insert = database.query(insertSql)
        const all = database.transaction(() => {
          for (const row of rows) insert.run(...valuesOf(row))
        })
        all.immediate()
      })
    },
    total(query) {
      const { where, values } = filterOf(query)
      return toSum(all(`SELECT ${sumSql} FROM requests ${where}`, values)[0] ?? {})
    },
    groups(by, query) {
      const { where, values } = filterOf(query)
      const key = groupSql[by] ?? `at / ${quarterMs}`
      const sql = `SELECT ${key} AS key, ${sumSql} FROM requests ${where} GROUP BY 1 ORDER BY MIN(at)`
      const rows = all(sql, values)
      if (groupSql[by]) return rows.map((row) => ({ key: String(row.key), sum: toSum(row) }))
      return byTime(rows, (at) => localKey(by, at))
    },
    *rows({ newest, ...query }) {
      const { where, values } = filterOf(query)
      if (newest !== undefined) {
        const sql = `SELECT * FROM requests ${where} ORDER BY id DESC LIMIT ?`
        for (const each of all(sql, [...values, newest])) yield toRow(each)
        return
      }
      // In parts, so that a long ledger is never held whole, and another one may take its place meanwhile.
      const more = where === '' ? 'WHERE id > ?' : `${where} AND id > ?`
      for (let last = 0; ; ) {
        const sql = `SELECT * FROM requests ${more} ORDER BY id LIMIT ${partRows}`
        const part = all(sql, [...values, last])
        for (const each of part) yield toRow(each)
        if (part.length < partRows) return
        last = Number(part.at(-1)?.id)
      }
    },
    spent(since, until) {
      const isSame = counted?.since === since && counted.until === until
      const goesOn = isSame && counted !== undefined && isThere(counted.id)
      const before = goesOn && counted ? counted : { since, until, id: 0, nanos: 0, unknown: 0 }
      // The first time by the index of time, later by the few rows at the end.
      const where =
        before.id === 0 ? '+id > ? AND at >= ? AND at < ?' : 'id > ? AND +at >= ? AND +at < ?'
      const [row = {}] = all(
        `SELECT MAX(id) AS id, TOTAL(cost_nanos) AS nanos, TOTAL(cost_nanos IS NULL) AS unknown
           FROM requests WHERE ${where}`,
        [before.id, since, until],
      )
      counted = {
        ...{ since, until },
        id: Number(row.id ?? before.id),
        nanos: before.nanos + Number(row.nanos),
        unknown: before.unknown + Number(row.unknown),
      }
      return { costUsd: counted.nanos / nanos, unknownPrice: counted.unknown }
    },
    tellsFirst(what, at) {
      const sql = 'INSERT OR IGNORE INTO told (what, at) VALUES (?, ?)'
      return use((database) => database.query(sql).run(what, at).changes > 0)
    },
    forget(before) {
      counted = undefined
      const sql = before === undefined ? '' : 'WHERE at < ?'
      const values = before === undefined ? [] : [before]
      return use((database) => database.query(`DELETE FROM requests ${sql}`).run(...values).changes)
    },
    close,
  }

  /** Rows may have been forgotten meanwhile, by another process, too. */
  function isThere(id: number): boolean {
    return id === 0 || all('SELECT 1 FROM requests WHERE id = ?', [id]).length > 0
  }
}

/**
 * A file that proves damaged while it is used is replaced by what can be read of it, once; one that another process has
 * replaced, or somebody removed, is opened anew.
 */
function openRepairing(
  options: DatabaseOptions,
  onChange: () => void,
): {
  use<T>(work: (database: Database) => T): T
  close(): void
} {
  let database = openOrRead(options)
  let identity = fileIdentity(options.path)
  let isRepaired = false

  function change(open: () => Database): void {
    onChange()
    database.close()
    database = prepared(open())
    identity = fileIdentity(options.path)
  }

  return {
    use(work) {
      if (fileIdentity(options.path) !== identity) change(() => openOrRead(options))
      try {
        return work(database)
      } catch (thrown) {
        if (isRepaired || !isDamaged(thrown)) throw thrown
        isRepaired = true
        change(() => replaceDamaged(options, identity))
        return work(database)
      }
    },
    close: () => database.close(),
  }
}

/** Where nothing can be written, what is there can still be read. */
function openOrRead(options: DatabaseOptions): Database {
  try {
    return prepared(openDatabase(options))
  } catch (thrown) {
    if (!existsSync(options.path)) throw thrown
    try {
      return prepared(openDatabaseToRead(options.path))
    } catch {
      throw thrown
    }
  }
}

function prepared(database: Database): Database {
  database.run(`PRAGMA busy_timeout = ${busyMs}`)
  return database
}

interface Counted {
  since: number
  until: number
  /** The newest row that is in it. */
  id: number
  nanos: number
  unknown: number
}

function byTime(
  quarters: readonly Record<string, unknown>[],
  keyOf: (at: number) => string,
): UsageGroup[] {
  const groups = new Map<string, UsageSum>()
  for (const row of quarters) {
    const key = keyOf(Number(row.key) * quarterMs)
    groups.set(key, addSum(groups.get(key) ?? noSum, toSum(row)))
  }
  // The clock may have gone back between two rows.
  return [...groups].map(([key, sum]) => ({ key, sum })).sort((a, b) => (a.key < b.key ? -1 : 1))
}
