import { afterAll, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { builtHelper, makePlace, whyNotMode } from '../helper-run.ts'

const helper = builtHelper()
const place = 'path' in helper ? makePlace(helper.path) : undefined
afterAll(() => place?.clean())
const root = resolve(import.meta.dir, '../../../..')

/** Codi inside a sandbox, which has no namespaces to give: only Landlock and seccomp are left. */
const script = `
  import { openWeakHelper } from ${JSON.stringify(join(root, 'workers/sandbox/confine/helper-backend.ts'))}
  import { openLifeline } from ${JSON.stringify(join(root, 'workers/sandbox/confine/lifeline.ts'))}
  import { whyNot } from ${JSON.stringify(join(root, 'workers/sandbox/confine/probe.ts'))}
  console.log(String(await whyNot(openWeakHelper(openLifeline()), process.cwd())))`

// Skipped where Landlock is missing, as in old kernels.
for (const net of ['off', 'on'])
  test.skipIf(!place || whyNotMode('weak') !== undefined)(
    `a sandbox inside one whose network is ${net} is found to hold`,
    async () => {
      const flags = ['--mode', 'weak', '--net', net, '--visible', root]
      const argv = [process.execPath, '-e', script]
      const run = await place?.run([...flags, ...place.usual], argv)
      expect(run?.stderr).toBe('')
      expect(run?.stdout).toBe('undefined\n')
    },
  )
