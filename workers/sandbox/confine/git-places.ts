/**
 * Where the git directories of a working tree are: `.git` itself, or what a `.git` file of a worktree or submodule
 * points at. A pointer is believed only when what it names points back, so that a planted one opens nothing.
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isWithin, realPath } from '../../../src/base/paths.ts'
import { readSmallFile } from '../../../src/base/small-file.ts'

const maxFileBytes = 64 * 1024

/** What decides how git works in `root`: its git directory wherever that is; of a bare repository hooks and settings. */
export function gitProtected(root: string): string[] {
  const bare = isRepository(root) ? bareNames.map((name) => join(root, name)) : []
  return [...gitElsewhere(root), ...bare]
}

/** Where the `.git` file of a worktree or submodule leads; nothing for a working tree that has its own. */
function gitElsewhere(root: string): string[] {
  const target = pointedAt(join(root, '.git'))
  return target === undefined ? [] : [target, ...commonDirectory(target)]
}

/** Git directories outside `root` that programs in it look for: of a worktree, or of a tree that `root` is part of. */
export function gitToSee(root: string): string[] {
  const tree = workingTree(root)
  if (tree === undefined) return []
  return [...(tree === root ? [] : [join(tree, '.git')]), ...gitElsewhere(tree)]
}

const bareNames = ['hooks', 'config', 'config.worktree', 'commondir', 'info']

export interface GitToWrite {
  /** `.git` as working trees have it, directory or file. */
  named: string[]
  /** The git directories behind them, none inside another. Real paths. */
  directories: string[]
}

/** What a commit in `cwd` writes to; nothing where there is no repository, or a `.git` that lies. */
export function gitToWrite(cwd: string, writable: readonly string[]): GitToWrite {
  const named = new Set<string>()
  const found = new Set<string>()
  for (const start of [cwd, ...writable.slice(0, 1)]) {
    const tree = workingTree(start)
    const directories = tree === undefined ? [] : gitDirectories(tree)
    if (tree === undefined || directories.length === 0) continue
    named.add(join(tree, '.git'))
    for (const directory of directories) found.add(directory)
  }
  const all = [...found]
  return {
    named: [...named],
    directories: all.filter((path) => !all.some((o) => o !== path && isWithin(path, o))),
  }
}

/** The nearest directory from `start` up that has a `.git`. */
function workingTree(start: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, '.git'))) return directory
    if (dirname(directory) === directory) return undefined
  }
}

/** Real paths of a working tree's git directory and of what it shares with others; empty for a false pointer. */
function gitDirectories(tree: string): string[] {
  const path = join(tree, '.git')
  const target = pointedAt(path)
  if (target === undefined) {
    const real = realPath(path)
    return real !== undefined && real === path && isRepository(real) ? [real] : []
  }
  const common = commonDirectory(target)
  const genuine =
    common.length > 0 ? pointsBack(target, tree) : isSubmodule(target, tree) && isRepository(target)
  return genuine && common.every(isRepository) ? [target, ...common] : []
}

/** Of a `.git` file. */
function pointedAt(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return undefined
  } catch {
    return undefined
  }
  const text = read(path)
  if (!text?.startsWith('gitdir:')) return undefined
  return realPath(resolve(dirname(path), text.slice('gitdir:'.length).trim()))
}

/** Of a worktree: the repository it belongs to. */
function commonDirectory(gitDirectory: string): string[] {
  const text = read(join(gitDirectory, 'commondir'))?.trim()
  const real = text ? realPath(resolve(gitDirectory, text)) : undefined
  return real === undefined ? [] : [real]
}

function pointsBack(gitDirectory: string, tree: string): boolean {
  const back = read(join(gitDirectory, 'gitdir'))?.trim()
  return back !== undefined && realPath(resolve(gitDirectory, back)) === join(tree, '.git')
}

function isSubmodule(gitDirectory: string, tree: string): boolean {
  const worktree = /^\s*worktree\s*=\s*(.+)$/m.exec(read(join(gitDirectory, 'config')) ?? '')?.[1]
  return worktree !== undefined && realPath(resolve(gitDirectory, worktree.trim())) === tree
}

function isRepository(directory: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(directory, name)))
}

function read(path: string): string | undefined {
  try {
    return readSmallFile(path, maxFileBytes)
  } catch {
    return undefined
  }
}
