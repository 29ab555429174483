/** The worker's own test, which decides whether a build is put in place. */
import { expect, test } from 'bun:test'
import { removeTree } from '../../../src/base/remove-tree.ts'
import { createSandbox, selfTest } from '../../../workers/sandbox/service.ts'
import { sandboxOptions } from '../../support/sandbox-options.ts'

test('codi can be built where no sandbox works: the machine is at fault, not the executable', async () => {
  const options = { ...sandboxOptions({ mode: 'workspace', network: 'off' }), backends: () => [] }
  const sandbox = createSandbox(options, () => {}, { started() {}, ended() {} })
  expect(await sandbox.probe({})).toMatchObject({ backend: 'none', holds: 'nothing' })
  expect((await selfTest(sandbox)).filter(({ ok }) => !ok)).toEqual([])
  await sandbox.close()
  removeTree(options.directory)
})
