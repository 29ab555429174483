/** Whether the thread of the `thread` backend starts in this executable: it is an entry of its own. */
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../../src/base/remove-tree.ts'
import type { SelfTest } from '../../../src/contract/services.ts'
import { whyNot } from './probe.ts'
import { openThread, refusedByKernel } from './thread.ts'

export async function threadSelfTest(): Promise<SelfTest> {
  const name = 'confined thread'
  const backend = openThread()
  const missing = backend.missing()
  if (missing !== undefined) return { name, ok: true, note: `none: ${missing}` }
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-self-test-')))
  try {
    const reason = await whyNot(backend, directory)
    // A kernel that refuses is a fact of the machine, not a fault of the executable.
    const ok = reason === undefined || reason.startsWith(refusedByKernel)
    return { name, ok, note: reason ?? '' }
  } finally {
    await backend.close?.()
    removeTree(directory)
  }
}
