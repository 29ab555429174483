/** "Did you mean" for a path that does not exist: names beside it, and files of that name anywhere in the workspace. */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { closest, similarity } from '../../base/closest.ts'
import { CodiError } from '../../base/errors.ts'
import { runProgram } from '../../base/process.ts'
import type { ToolContext } from '../../contract/tool.ts'

const maxSuggestions = 4
const maxListBytes = 8 * 1024 * 1024
const listTimeoutMs = 3000

/** The error for `path` (absolute), which nothing has; its message names what was perhaps meant. */
export async function missingFile(path: string, context: ToolContext): Promise<CodiError> {
  const name = context.workspace.display(path)
  const beside = await namesBeside(path)
  const suggestions = new Set([
    ...beside.map((found) => context.workspace.display(found)),
    ...(await sameNameElsewhere(path, context)),
  ])
  const meant = [...suggestions].slice(0, maxSuggestions)
  const hint =
    meant.length > 0
      ? `; did you mean ${meant.join(' or ')}?`
      : '; use glob or list_directory to find it'
  return new CodiError('not_found', `There is no file ${name}${hint}`)
}

/** Similar names in the nearest directory that exists; for `src/foo/a.ts` without `src/foo` that is `src/foot`. */
async function namesBeside(path: string): Promise<string[]> {
  let wanted = path
  for (;;) {
    const parent = dirname(wanted)
    if (parent === wanted) return []
    const names = await readdir(parent).catch(() => undefined)
    if (names) {
      return closest(basename(wanted), names, { limit: maxSuggestions }).map((name) =>
        join(parent, name),
      )
    }
    wanted = parent
  }
}

/** Best first: same file name, then a similar one, each by how much of the path agrees. */
async function sameNameElsewhere(path: string, context: ToolContext): Promise<string[]> {
  const wanted = context.workspace.display(path)
  const name = basename(path).toLowerCase()
  const rows: { file: string; score: number }[] = []
  for (const file of await listFiles(context)) {
    const isSame = basename(file).toLowerCase() === name
    const nameScore = isSame ? 1 : similarity(basename(file), name)
    if (nameScore >= 0.8) rows.push({ file, score: nameScore * 2 + commonTail(file, wanted) })
  }
  return rows
    .sort((a, b) => b.score - a.score || a.file.length - b.file.length)
    .slice(0, maxSuggestions)
    .map((row) => row.file)
}

/** Every file that is not ignored, relative to the root; none where ripgrep is missing or too slow. */
async function listFiles(context: ToolContext): Promise<string[]> {
  try {
    const argv = [await context.services.ripgrep(), '--files', '--hidden', '--glob', '!.git']
    const listed = await runProgram(argv, {
      cwd: context.workspace.root,
      signal: context.signal,
      timeoutMs: listTimeoutMs,
      maxBytes: maxListBytes,
    })
    return listed.stdout.split('\n').filter((line) => line !== '')
  } catch {
    return []
  }
}

/** Equal path parts from the end, the file name not counted. */
function commonTail(a: string, b: string): number {
  const left = a.split(/[\\/]/).slice(0, -1).reverse()
  const right = b
    .split(sep === '/' ? '/' : /[\\/]/)
    .slice(0, -1)
    .reverse()
  let count = 0
  while (count < left.length && left[count] === right[count]) count++
  return count
}
