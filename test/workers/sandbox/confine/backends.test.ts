/** Every backend against the suite that all must pass; what this machine lacks is skipped with its reason. */
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../../../src/base/remove-tree.ts'
import type { Backend } from '../../../../workers/sandbox/confine/backend.ts'
import { openBubblewrap } from '../../../../workers/sandbox/confine/bubblewrap.ts'
import { openHelper, openWeakHelper } from '../../../../workers/sandbox/confine/helper-backend.ts'
import { type Lifeline, openLifeline } from '../../../../workers/sandbox/confine/lifeline.ts'
import { whyNot } from '../../../../workers/sandbox/confine/probe.ts'
import { openThread } from '../../../../workers/sandbox/confine/thread.ts'
import { sandboxBackendSuite } from '../../../contract/sandbox-backend.suite.ts'

const rows: Record<string, (lifeline: Lifeline | undefined) => Backend> = {
  helper: openHelper,
  'helper without namespaces': openWeakHelper,
  thread: () => openThread(),
  bubblewrap: () => openBubblewrap(),
}

for (const [name, open] of Object.entries(rows))
  sandboxBackendSuite(name, { open, reason: await reasonOf(open) })

async function reasonOf(open: (lifeline: Lifeline | undefined) => Backend) {
  const lifeline = openLifeline()
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'codi-probe-')))
  const backend = open(lifeline)
  try {
    return await whyNot(backend, temporary)
  } finally {
    await backend.close?.()
    lifeline?.close()
    removeTree(temporary)
  }
}
