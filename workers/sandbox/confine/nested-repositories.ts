/**
 * `.git` of repositories inside a workspace: the submodules that it names and what lies directly below it. Whoever
 * enters one with git runs what its configuration says.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isWithin } from '../../../src/base/paths.ts'
import { readSmallFile } from '../../../src/base/small-file.ts'

const maxDirectories = 256
const maxSubmodules = 256
const maxFileBytes = 256 * 1024

export function nestedRepositories(root: string): string[] {
  return [...new Set([...submodules(root), ...children(root)])].filter((path) => existsSync(path))
}

function submodules(root: string): string[] {
  let text: string
  try {
    text = readSmallFile(join(root, '.gitmodules'), maxFileBytes)
  } catch {
    return []
  }
  return [...text.matchAll(/^\s*path\s*=\s*(.+)$/gm)]
    .slice(0, maxSubmodules)
    .map(([, path = '']) => join(root, path.trim(), '.git'))
    .filter((path) => isWithin(path, root))
}

function children(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== '.git')
      .slice(0, maxDirectories)
      .map((entry) => join(root, entry.name, '.git'))
  } catch {
    return []
  }
}
