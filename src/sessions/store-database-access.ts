/** Short forms for what is asked of SQLite. */
import type { Database, SQLQueryBindings } from 'bun:sqlite'

export type Row = Record<string, unknown>
export type Values = SQLQueryBindings[]

export function all(database: Database, sql: string, ...values: Values): Row[] {
  return database.query<Row, Values>(sql).all(...values)
}

export function get(database: Database, sql: string, ...values: Values): Row | undefined {
  return database.query<Row, Values>(sql).get(...values) ?? undefined
}

export function run(database: Database, sql: string, ...values: Values) {
  return database.query(sql).run(...values)
}
