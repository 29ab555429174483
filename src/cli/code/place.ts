/** FILE:LINE:COLUMN or the name of a symbol, as it is typed after `codi lsp`. */
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CodiError } from '../../base/errors.ts'
import type { LspPosition } from '../../contract/lsp-service.ts'
import { findNamedPlaces, onlyPlace } from '../../tools/code/code-place.ts'
import { symbolName } from '../../tools/code/symbol-names.ts'
import { numberOf, usage } from '../args.ts'
import { type CodeCommand, relativePath } from './command.ts'

const defaultWaitSeconds = 60
const position = /^(.+?):(\d+)(?::(\d+))?:?$/

/** Throws a CodiError: `usage` for what is no place, `not_found`, or `ambiguous` with the places. */
export async function placeOf(
  command: CodeCommand,
  typed: string,
): Promise<LspPosition & { name?: string }> {
  const { app, signal } = command
  const [, file, line, column] = position.exec(typed) ?? []
  if (file !== undefined && line !== undefined) {
    if (column === undefined)
      throw usage(`"${typed}" has no column: name a place as FILE:LINE:COLUMN, or give a NAME`)
    const path = await relativePath(command, file)
    const at = { line: Number(line), column: Number(column) }
    await requireInside(await app.workspace.resolve(file), path, at)
    return { path, ...at }
  }
  if (existsSync(await resolved(app, typed)))
    throw usage(`"${typed}" is a file: name a place in it as ${typed}:LINE:COLUMN`)
  if (!app.settings.index)
    throw usage(`"${typed}" is found by the index, which is off (--no-index): use FILE:LINE:COLUMN`)
  const context = { services: app.services, signal }
  const place = onlyPlace(await findNamedPlaces(context, symbolName(typed)), typed)
  return { path: place.path, line: place.line, column: place.column, name: typed }
}

/** A name may hold what no path may. */
async function resolved(app: CodeCommand['app'], typed: string): Promise<string> {
  return app.workspace.resolve(typed).catch(() => '')
}

async function requireInside(
  absolute: string,
  path: string,
  { line, column }: { line: number; column: number },
): Promise<void> {
  if (statSync(absolute).isDirectory())
    throw new CodiError('invalid', `${path} is a directory; a position is in a file`)
  const text = await readFile(absolute, 'utf8')
  const lines = text.split(/\r\n|\n|\r/)
  const there = lines[line - 1]
  if (there === undefined || line < 1)
    throw new CodiError('invalid', `${path} has ${lines.length} lines, so there is no line ${line}`)
  if (column < 1 || column > there.length + 1)
    throw new CodiError(
      'invalid',
      `${path}:${line} has ${there.length} columns, so there is no column ${column}`,
    )
}

/** Milliseconds that an answer may take. */
export function waitOf({ args }: CodeCommand): number {
  return (numberOf(args, 'wait', 0.1) ?? defaultWaitSeconds) * 1000
}
