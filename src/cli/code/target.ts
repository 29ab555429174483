/** What a command about the code is asked of, as it is typed: FILE, DIR, FILE:LINE, FILE:NAME or NAME. */
import { existsSync } from 'node:fs'
import { CodiError } from '../../base/errors.ts'
import { qualifiedName } from '../../contract/symbol.ts'
import { symbolName } from '../../tools/code/symbol-names.ts'
import { flagValue, usage } from '../args.ts'
import { type CodeCommand, relativePath } from './command.ts'

export interface Target {
  name?: string
  /** Relative to the root; '' for the root itself. */
  path?: string
}

/** As `typedTarget`; `--path` says where a symbol is defined. */
export async function targetOf(command: CodeCommand, typed: string): Promise<Target> {
  const target = await typedTarget(command, typed)
  const below = flagValue(command.args, 'path')
  if (target.path !== undefined || below === undefined) return target
  return { ...target, path: await shownPath(command, below) }
}

/** A file or directory of that name comes before a symbol. */
export async function typedTarget(command: CodeCommand, typed: string): Promise<Target> {
  if (await isThere(command, typed)) return { path: await shownPath(command, typed) }
  const [, file, rest] = /^(.+):([^:]+):?$/.exec(typed) ?? []
  if (file !== undefined && rest !== undefined && (await isThere(command, file))) {
    const path = await relativePath(command, file)
    return /^\d+$/.test(rest)
      ? { path, name: await nameAt(command, path, Number(rest)) }
      : { path, name: rest }
  }
  // No name holds a slash: it was meant as a path, and what is wrong with it is said.
  if (/^[\w.@ -]*\//.test(typed)) return { path: await shownPath(command, file ?? typed) }
  return { name: symbolName(typed) }
}

/** Throws a CodiError of kind `usage` where only a file is named. */
export function nameIn(target: Target, typed: string): { name: string; path?: string } {
  if (target.name === undefined)
    throw usage(`"${typed}" is a file: name a definition in it as ${typed}:NAME or ${typed}:LINE`)
  return { name: target.name, ...(target.path === undefined ? {} : { path: target.path }) }
}

async function isThere({ app }: CodeCommand, path: string): Promise<boolean> {
  // What leaves the workspace is no path of it; a name may hold what no path may.
  const absolute = await app.workspace.resolve(path).catch(() => '')
  return absolute !== '' && existsSync(absolute)
}

async function shownPath(command: CodeCommand, path: string): Promise<string> {
  const shown = await relativePath(command, path)
  return shown === '.' ? '' : shown
}

/** The innermost definition around a line. */
async function nameAt({ app, signal }: CodeCommand, path: string, line: number): Promise<string> {
  const rows = (await app.services.index.outline({ path }, signal))
    .filter((row) => row.line <= line && row.endLine >= line)
    .sort((a, b) => a.endLine - a.line - (b.endLine - b.line))
  const [row] = rows
  if (!row) throw new CodiError('not_found', `No definition stands around ${path}:${line}`)
  return qualifiedName(row)
}
