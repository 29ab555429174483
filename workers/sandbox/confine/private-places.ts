/**
 * Directories that codi lends to commands: the private temp of this worker, caches of the workspace. Made with the first
 * command that needs them, and again where a person has cleared the cache meanwhile; the temp goes with the worker, and
 * what a killed codi left is cleared by the next.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmdirSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../../src/base/remove-tree.ts'
import type { SandboxPolicy } from '../../../src/contract/sandbox-service.ts'
import { openCaches } from './caches.ts'

export interface PrivatePlaces {
  /** What all of them lie in: codi's own directory, a passing one where that cannot be written. Real path. */
  base(): string
  /** Stands for /tmp. Real path. */
  temporary(): string
  /** Undefined where none can be kept. Real path. */
  caches(): string | undefined
  /** For what was put away. */
  readonly aside: string
  close(): void
}

export function openPrivatePlaces(
  directory: string,
  { writable, unreadable }: Pick<SandboxPolicy, 'writable' | 'unreadable'>,
): PrivatePlaces {
  const workspace = writable[0]
  let base: { path: string; passing: boolean } | undefined
  let temporary: string | undefined
  let caches: { path: string | undefined } | undefined

  function place(): string {
    if (!base || !existsSync(base.path)) base = openBase(directory)
    return base.path
  }

  return {
    base: place,
    temporary() {
      if (temporary === undefined || !existsSync(temporary))
        temporary = mkdtempSync(join(place(), `${prefix}${process.pid}-`))
      return temporary
    },
    caches() {
      if (workspace === undefined) return undefined
      const name = Bun.hash(workspace).toString(36)
      if (!caches || (caches.path !== undefined && !existsSync(caches.path)))
        caches = {
          path: openCaches(join(place(), 'caches', name), { home: process.env.HOME, unreadable }),
        }
      return caches.path
    },
    get aside() {
      return join(place(), 'aside')
    },
    close() {
      const gone = base?.passing ? base.path : temporary
      if (gone !== undefined) removeTree(gone)
      base = temporary = undefined
    },
  }
}

const prefix = 'tmp-'
const keptAsideMs = 30 * 24 * 3600 * 1000

function openBase(directory: string): { path: string; passing: boolean } {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // Tried for real: inside a sandbox the mode of a directory does not tell.
    rmdirSync(mkdtempSync(join(directory, `${prefix}${process.pid}-`)))
    clearLeft(directory)
    return { path: realpathSync(directory), passing: false }
  } catch {
    return { path: realpathSync(mkdtempSync(join(tmpdir(), 'codi-sandbox-'))), passing: true }
  }
}

function clearLeft(directory: string): void {
  for (const name of readdirSync(directory)) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : 0
    if (owner > 0 && !isAlive(owner)) removeTree(join(directory, name))
  }
  clearAside(join(directory, 'aside'))
}

/** What was put away is kept for whoever read that it was, and not for ever. */
function clearAside(aside: string): void {
  const end = Date.now() - keptAsideMs
  const names = existsSync(aside) ? readdirSync(aside) : []
  for (const path of names.map((name) => join(aside, name)))
    if ((lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? end) < end) removeTree(path)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
