/**
 * Directories that codi lends to commands: the private temp of this worker, caches of the workspace. Made with the first
 * command that needs them; the temp goes with the worker, and what a killed codi left is cleared by the next.
 */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCaches } from './caches.ts'

export interface PrivatePlaces {
  /** Stands for /tmp. Real path. */
  temporary(): string
  /** Undefined where none can be kept. Real path. */
  caches(): string | undefined
  /** For what was put away. */
  readonly aside: string
  close(): void
}

export function openPrivatePlaces(directory: string, workspace: string | undefined): PrivatePlaces {
  let temporary: string | undefined
  let caches: { path: string | undefined } | undefined
  return {
    temporary() {
      temporary ??= makeTemporary(directory)
      return temporary
    },
    caches() {
      if (workspace === undefined) return undefined
      const name = Bun.hash(workspace).toString(36)
      caches ??= { path: openCaches(join(directory, 'caches', name), process.env.HOME) }
      return caches.path
    },
    aside: join(directory, 'aside'),
    close() {
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
      temporary = undefined
    },
  }
}

const prefix = 'tmp-'

function makeTemporary(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    void clearLeft(directory)
    return realpathSync(mkdtempSync(join(directory, `${prefix}${process.pid}-`)))
  } catch {
    // A cache that cannot be written: the temp is private all the same.
    return realpathSync(mkdtempSync(join(tmpdir(), 'codi-tmp-')))
  }
}

async function clearLeft(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : 0
    if (owner > 0 && !isAlive(owner))
      await rm(join(directory, name), { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
