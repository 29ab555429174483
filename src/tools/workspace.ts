/**
 * The directories a session may touch. `resolve` walks a path one part at a time as the kernel would, so that `..`
 * after a symlink, a dangling link or a part that does not exist yet cannot lead outside unseen.
 */
import { lstat, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import { CodiError, errorCode, toCodiError } from '../base/errors.ts'
import { expandHome } from '../base/home.ts'
import { isWithin } from '../base/paths.ts'
import type { Workspace } from '../contract/tool.ts'

/** Links followed for one path; the kernel's own limit. */
const maxLinks = 40

/** Throws a CodiError of kind `not_found` where root or an added directory is not a directory. */
export async function openWorkspace(root: string, added: readonly string[]): Promise<Workspace> {
  const realRoot = await realDirectory(resolve(root))
  const realAdded = await Promise.all(
    added.map((path) => realDirectory(resolve(realRoot, expandHome(path)))),
  )
  const allowed = [realRoot, ...realAdded]

  return {
    root: realRoot,
    added: realAdded,

    async resolve(path) {
      if (path === '') throw new CodiError('invalid', 'The path is empty; name a file or directory')
      if (path.includes('\0')) {
        throw new CodiError(
          'invalid',
          `The path ${JSON.stringify(path)} holds a NUL byte; leave it out`,
        )
      }
      const real = await realPath(realRoot, expandHome(path))
      if (allowed.some((directory) => isWithin(real, directory))) return real
      throw new CodiError('outside', outsideWording(path, real, allowed))
    },

    display(absolutePath) {
      if (absolutePath === realRoot) return '.'
      const shown = isWithin(absolutePath, realRoot)
        ? relative(realRoot, absolutePath)
        : absolutePath
      return sep === '/' ? shown : shown.replaceAll(sep, '/')
    },
  }
}

async function realDirectory(path: string): Promise<string> {
  try {
    const real = await realpath(path)
    if ((await stat(real)).isDirectory()) return real
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw toCodiError(thrown)
  }
  throw new CodiError('not_found', `${path} is not a directory; name one that exists`)
}

/** Follows every link on the way; parts that do not exist are kept as they are. */
async function realPath(base: string, path: string): Promise<string> {
  const volume = isAbsolute(path) ? parse(path).root : ''
  let current = volume === '' ? base : volume
  const todo = partsOf(path.slice(volume.length)).reverse()
  let links = 0
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === '.') continue
    if (part === '..') {
      current = dirname(current)
      continue
    }
    const next = join(current, part)
    const target = await linkTarget(next)
    if (target === undefined) {
      current = next
      continue
    }
    if (++links > maxLinks) {
      throw new CodiError(
        'invalid',
        `${path} leads through too many symbolic links; check for a loop`,
      )
    }
    const targetVolume = isAbsolute(target) ? parse(target).root : ''
    if (targetVolume !== '') current = targetVolume
    todo.push(...partsOf(target.slice(targetVolume.length)).reverse())
  }
  return sameCase(current)
}

function partsOf(path: string): string[] {
  const separators = sep === '/' ? /\/+/ : /[\\/]+/
  return path.split(separators).filter((part) => part !== '')
}

/** Where the link points to; undefined for what is no link or does not exist. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    const info = await lstat(path)
    return info.isSymbolicLink() ? await readlink(path) : undefined
  } catch (thrown) {
    const code = errorCode(thrown)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw toCodiError(thrown)
  }
}

/** Where names differ by case only, one file must have one path: the one that the file system keeps. */
async function sameCase(path: string): Promise<string> {
  if (process.platform === 'linux') return path
  let existing = path
  let tail = ''
  for (;;) {
    try {
      return join(await realpath(existing), tail)
    } catch {
      const parent = dirname(existing)
      if (parent === existing) return path
      tail = join(relative(parent, existing), tail)
      existing = parent
    }
  }
}

function outsideWording(path: string, real: string, allowed: readonly string[]): string {
  const leadsTo = real === path ? '' : ` (it leads to ${real})`
  return `${path} is outside the workspace ${allowed.join(', ')}${leadsTo}; use a path inside it, or add the directory with --add-dir`
}
