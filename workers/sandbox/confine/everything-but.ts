/** A whole file system without some of its places, for rules that can only add. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isWithin } from '../../../src/base/paths.ts'

/**
 * The fewest paths that together are everything but `hidden`: `/` where nothing is hidden, else the neighbours of
 * every hidden path and of all that is around it; of `below` alone where that is given. What is made beside them later is not readable.
 */
export function everythingBut(hidden: readonly string[], below = '/'): string[] {
  if (hidden.length === 0) return [below]
  if (hidden.includes(below)) return []
  const opened = new Set(hidden.map((path) => dirname(path)))
  for (const directory of [...opened])
    for (let above = directory; above !== '/'; above = dirname(above)) opened.add(dirname(above))
  const around: string[] = []
  for (const directory of opened) {
    if (!isWithin(directory, below) || hidden.some((path) => isWithin(directory, path))) continue
    for (const name of names(directory)) {
      const path = join(directory, name)
      if (!opened.has(path) && !hidden.includes(path)) around.push(path)
    }
  }
  return around
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
