/**
 * Instructions written for agents: the user's own, then from the repository's root down to the working directory, and
 * those of nested directories once a file beneath them is touched.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { projectDirectory } from './load.ts'

export interface Instructions {
  source: string
  text: string
}

/** In one directory the first that exists is read. */
const fileNames = ['AGENTS.md', 'CODI.md', '.codi/CODI.md', 'CLAUDE.md'] as const
const maxBytes = 64 * 1024

export function readInstructions(cwd: string, userDirectory: string): Instructions[] {
  const root = projectDirectory(cwd)
  const chain = directoriesBetween(root, cwd)
  return [userDirectory, ...chain].flatMap((directory) => instructionsIn(directory) ?? [])
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
        const instructions = instructionsIn(directory)
        if (instructions) found.push(instructions)
      }
    }
    return found
  }
}

function instructionsIn(directory: string): Instructions | undefined {
  for (const name of fileNames) {
    const path = join(directory, name)
    if (!existsSync(path)) continue
    try {
      if (!statSync(path).isFile()) continue
      const text = readFileSync(path, 'utf8')
      if (text.trim() === '') continue
      return {
        source: path,
        text: text.length > maxBytes ? `${text.slice(0, maxBytes)}\n[cut]` : text,
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
  if (path.startsWith('..')) return []
  const parts = path === '' ? [] : path.split(sep)
  return [root, ...parts.map((_, index) => join(root, ...parts.slice(0, index + 1)))]
}
