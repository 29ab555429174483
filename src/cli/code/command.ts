/** What the commands about the code share: what they get, their paths, how they print. */
import { type JsonObject, type JsonValue, printableJson } from '../../base/json.ts'
import { neutralize } from '../../base/text.ts'
import type { App } from '../../contract/app.ts'
import type { Output } from '../../terminal/output.ts'
import { findPlace } from '../../tools/search/search-place.ts'
import { type Arguments, flagValue, has } from '../args.ts'

export interface CodeCommand {
  app: App
  output: Output
  args: Arguments
  signal: AbortSignal
}

/** A list longer than this is printed as JSONL, and is what a list without `--limit` may hold. */
export const manyRows = 1000

export async function pathFilter(command: CodeCommand): Promise<{ path?: string }> {
  const path = flagValue(command.args, 'path')
  if (path === undefined) return {}
  const shown = await relativePath(command, path)
  // The root is no filter.
  return shown === '.' ? {} : { path: shown }
}

/** As the index names it. Throws a CodiError where there is nothing of that name, or it lies outside. */
export async function relativePath({ app, signal }: CodeCommand, path: string): Promise<string> {
  const { workspace, services } = app
  const { absolute } = await findPlace({ workspace, services, signal }, path)
  return workspace.display(absolute)
}

export function printJson(output: Output, value: unknown): void {
  output.out(`${printableJson(value)}\n`)
}

/** Lines for people, or one value as JSON; a long list as JSONL. */
export function printLines(
  { args, output }: CodeCommand,
  { lines, data }: { lines: readonly string[]; data: JsonValue },
): void {
  if (!has(args, 'json')) output.out(lines.map((line) => `${neutralize(line)}\n`).join(''))
  else if (!Array.isArray(data) || data.length <= manyRows) printJson(output, data)
  else for (const row of data) printJson(output, row)
}

/** Rows for people, or as JSON: one value, JSONL where it is very long. */
export function printRows<R>(
  { args, output }: CodeCommand,
  { rows, data }: { rows: R[]; data: (row: R) => JsonObject },
  line: (row: R) => string,
): void {
  if (!has(args, 'json')) output.out(rows.map((row) => `${neutralize(line(row))}\n`).join(''))
  else if (rows.length <= manyRows) printJson(output, rows.map(data))
  else for (const row of rows) printJson(output, data(row))
}
