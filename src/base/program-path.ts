/**
 * Where a program lies that codi itself runs, outside the sandbox. Directories of PATH that belong to a project (an
 * active .venv, node_modules/.bin by npx) are left out: a sandboxed command may have put a `git` there.
 */
import { isAbsolute, join, resolve } from 'node:path'
import { isWithin } from './paths.ts'

const ofProjects = /\/(?:node_modules\/\.bin|\.?v?env\/bin)\/?$/

/** Undefined where there is none. What is no bare name is answered as it is. */
export function programPath(
  name: string,
  options: { cwd?: string | undefined; path?: string | undefined } = {},
): string | undefined {
  if (name.includes('/') || name.includes('\\')) return name
  const projects = [process.cwd(), ...(options.cwd === undefined ? [] : [resolve(options.cwd)])]
  const separator = process.platform === 'win32' ? ';' : ':'
  const kept = (options.path ?? process.env.PATH ?? '').split(separator).filter((directory) => {
    if (!isAbsolute(directory) || ofProjects.test(directory)) return false
    // In the root directory, everything is.
    return !projects.some((root) => root !== '/' && isWithin(join(directory), root))
  })
  return Bun.which(name, { PATH: kept.join(separator) }) ?? undefined
}
