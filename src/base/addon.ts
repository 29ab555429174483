/**
 * Loads a native addon that lies packed inside the executable. The system can only map a file of its own, so it is
 * unpacked to a private one that is gone again once it is mapped.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPackedSync } from './packed.ts'

/** What the addon exports. Throws where it was built for another machine, or nothing can be mapped from `tmpdir()`. */
export function loadAddon(packed: string): unknown {
  const directory = mkdtempSync(join(tmpdir(), 'codi-addon-'))
  try {
    const path = join(directory, 'addon.node')
    writeFileSync(path, readPackedSync(packed))
    const loaded: { exports: unknown } = { exports: {} }
    process.dlopen(loaded, path)
    return loaded.exports
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
