/**
 * Instructions written for agents: the user's own, then from the repository's root down to the working directory, and
 * those of nested directories once a file beneath them is touched.
 */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type HiddenCharacter, showInvisible } from '../base/invisible.ts'
import { isWithin } from '../base/paths.ts'
import { readStart } from '../base/small-file.ts'
import { projectDirectory } from './load.ts'

export interface Instructions {
  source: string
  /** What was invisible in it stands there as `<U+202E>`. */
  text: string
  /** Where it was invisible. */
  hidden?: HiddenCharacter[]
}

/** In one directory the first that exists is read. */
const fileNames = ['AGENTS.md', 'CODI.md', '.codi/CODI.md', 'CLAUDE.md'] as const
const maxBytes = 64 * 1024
const leadsOutside = 'Not read: this file is a link to a place outside the project.'

export function readInstructions(cwd: string, userDirectory: string): Instructions[] {
  const root = projectDirectory(cwd)
  const chain = directoriesBetween(root, cwd)
  return [
    instructionsIn(userDirectory, undefined) ?? [],
    ...chain.map((directory) => instructionsIn(directory, root) ?? []),
  ].flat()
}

/** Watches which directories below `cwd` were touched; hands out the instructions of each once. */
export function nestedInstructions(cwd: string): (paths: readonly string[]) => Instructions[] {
  const seen = new Set([cwd])
  return (paths) => {
    const found: Instructions[] = []
    for (const path of paths) {
      for (const directory of directoriesBetween(cwd, dirname(path))) {
        if (seen.has(directory)) continue
        seen.add(directory)
        const instructions = instructionsIn(directory, cwd)
        if (instructions) found.push(instructions)
      }
    }
    return found
  }
}

/** `within`: where a link may lead; a repository must not choose a file of the person's for the model to read. */
function instructionsIn(directory: string, within: string | undefined): Instructions | undefined {
  for (const name of fileNames) {
    const path = join(directory, name)
    if (!existsSync(path)) continue
    try {
      if (within !== undefined && !isWithin(realpathSync(path), realpathSync(within)))
        return { source: path, text: leadsOutside }
      const { text, isCut } = readStart(path, maxBytes)
      if (text.trim() === '') continue
      const { text: shown, hidden } = showInvisible(text)
      return {
        source: path,
        text: isCut ? `${shown}\n[cut]` : shown,
        ...(hidden.length > 0 ? { hidden } : {}),
      }
    } catch {
      // Unreadable instructions are like none.
    }
  }
  return undefined
}

/** From `root` down to `directory`, both included; empty where `directory` is not beneath. */
function directoriesBetween(root: string, directory: string): string[] {
  const path = relative(root, directory)
  if (!isWithin(directory, root)) return []
  const parts = path === '' ? [] : path.split(sep)
  return [root, ...parts.map((_, index) => join(root, ...parts.slice(0, index + 1)))]
}
