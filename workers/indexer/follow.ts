/**
 * Which directories are to be watched: those that hold files of the project, and those that may come to hold some.
 * What ripgrep ignores, other people's code and build products cost no watch, however many files they have.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { excludedByPath } from './exclude.ts'
import { type ListOptions, listIgnored, neverEntered } from './list.ts'
import { ancestors, directoryOf } from './project-paths.ts'
import type { Watcher } from './watch.ts'

/**
 * Watches the directories of the `listed` paths, which are all below `trees`, and the empty ones beside them. True when there was a new one: what was listed before may then be incomplete.
 */
export async function followListed(
  context: ListOptions & { watcher: Watcher },
  { listed, trees }: { listed: readonly string[]; trees: readonly string[] },
  signal: AbortSignal,
): Promise<boolean> {
  const { watcher, root } = context
  const holding = directoriesOf(listed)
  const before = new Set(watcher.directories)
  watcher.follow([...holding, ...trees])
  const unread = [...watcher.directories].filter(
    (path) => !before.has(path) || trees.some((tree) => isBelow(path, tree)),
  )
  const isNew = unread.some((path) => !before.has(path))
  // Directories without a listed file: empty, or ignored. Only ripgrep knows which.
  const odd = unread
    .flatMap((path) => subdirectories(root, path))
    .filter((path) => !watcher.directories.has(path))
  if (odd.length === 0) return isNew
  const ignored = await listIgnored(context, signal, { directories: trees, deep: true })
  let isFollowed = false
  for (let path = odd.pop(); path !== undefined; path = odd.pop()) {
    if (ignored.has(path)) continue
    if (!watcher.follow([path])) continue
    isFollowed = true
    odd.push(...subdirectories(root, path))
  }
  return isNew || isFollowed
}

/** Every directory on the way to a path, the root first, without those that stay out by their name. */
function directoriesOf(paths: readonly string[]): string[] {
  const known = new Set([''])
  let last = ''
  for (const path of paths) {
    const directory = directoryOf(path)
    if (directory === last || known.has(directory)) continue
    last = directory
    if (excludedByPath(`${directory}/_`)) continue
    for (const one of ancestors(directory)) known.add(one)
  }
  return [...known].sort()
}

function subdirectories(root: string, directory: string): string[] {
  try {
    return readdirSync(join(root, directory), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !neverEntered.includes(entry.name))
      .map((entry) => (directory === '' ? entry.name : `${directory}/${entry.name}`))
      .filter((path) => !excludedByPath(`${path}/_`))
  } catch {
    // Gone, or not to be read: the one above it tells when that changes.
    return []
  }
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}
