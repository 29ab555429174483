/**
 * What a codi that was killed while it changed files left beside them: contents on their way in, and on their way out.
 * They are taken away; the only copy of something goes back to its name, or stays and is told.
 */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FileState } from '../contract/journal.ts'
import { isTemporaryOf, move, unlinkIn } from './entries.ts'
import { isBehindLink, lookAt } from './file-state.ts'

export interface CutOffChange {
  path: string
  before: FileState
}

/** Of more names in a directory nothing is said: it is not looked through. */
const maxNames = 200_000

/** Answers what stayed, because it is nowhere else. Never throws. */
export function clearCutOff(changes: readonly CutOffChange[], root: string): string[] {
  const byName = new Map<string, CutOffChange[]>()
  const directories = new Set<string>()
  for (const change of changes) {
    const name = basename(change.path)
    byName.set(name, [...(byName.get(name) ?? []), change])
    // What goes is set aside in the nearest directory that stays.
    for (let at = dirname(change.path); !directories.has(at); at = dirname(at)) {
      directories.add(at)
      if (at === root || dirname(at) === at || !at.startsWith(`${root}/`)) break
    }
  }
  const stayed: string[] = []
  for (const directory of directories) {
    if (isBehindLink(join(directory, '.'))) continue
    for (const entry of namesIn(directory)) {
      const name = isTemporaryOf(entry)
      const owners = name === undefined ? undefined : ownersOf(name, byName)
      if (!owners) continue
      if (!clear(join(directory, entry), owners)) stayed.push(join(directory, entry))
    }
  }
  return stayed
}

function ownersOf(
  name: string,
  byName: ReadonlyMap<string, CutOffChange[]>,
): CutOffChange[] | undefined {
  // A long name was cut.
  return byName.get(name) ?? [...byName].find(([full]) => full.startsWith(name))?.[1]
}

/** False where it has to stay. */
function clear(path: string, owners: readonly CutOffChange[]): boolean {
  try {
    const { state } = lookAt(path)
    if (state.kind !== 'file' && state.kind !== 'link') return state.kind === 'absent'
    const only = owners.find(
      ({ before }) =>
        before.kind === 'file' && !before.kept && state.kind === 'file' && before.sha === state.sha,
    )
    if (!only) unlinkIn(path)
    else if (lookAt(only.path).state.kind === 'absent') move(path, only.path, 'put back')
    else return false
    return true
  } catch {
    return false
  }
}

function namesIn(directory: string): string[] {
  try {
    const names = readdirSync(directory)
    return names.length > maxNames ? [] : names
  } catch {
    return []
  }
}
