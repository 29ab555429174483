/** A sandbox worker that crashes leaves nothing running, in the foreground, in the background or in hiding. */
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodiError } from '../../../../src/base/errors.ts'
import type { SandboxPolicy } from '../../../../src/contract/sandbox-service.ts'
import { openConnection } from '../../../../src/rpc/connection.ts'
import { helperPath } from '../../../../workers/sandbox/helper.ts'
import type { FragileSandbox } from '../../../fixtures/workers/fragile-sandbox.ts'
import { uniqueSeconds, untilRunning } from '../../../support/processes.ts'
import { sandboxOptions } from '../../../support/sandbox-options.ts'

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'codi-crash-')))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const policies: [string, Partial<SandboxPolicy>][] = [
  ['without a sandbox', {}],
  ['in the sandbox', { mode: 'workspace', writable: [cwd], network: 'off' }],
]

// Without a helper only the group of a command is ended with its worker.
test.skipIf(typeof helperPath() !== 'string').each(policies)('%s', async (_, policy) => {
  const lost = Promise.withResolvers<string>()
  const { service, close } = openConnection<FragileSandbox>({
    name: 'sandbox',
    entry: new URL('../../../fixtures/workers/fragile-sandbox.ts', import.meta.url),
    options: sandboxOptions(policy),
    onEvent: () => {},
    onLost: lost.resolve,
    abortGraceMs: 0,
    endLimitMs: 1000,
  })
  const seconds = [uniqueSeconds(), uniqueSeconds()] as const
  const shell = await service.run({ ...request(seconds[0]), background: { afterMs: 300 } })
  expect(shell.shell).toBe('sh_1')
  const foreground = service.run(request(seconds[1])).catch((thrown: CodiError) => thrown.kind)
  await untilRunning(seconds[1], true)
  await service.crash({}).catch(() => {})
  expect(await lost.promise).toContain('the roof fell in')
  expect(await foreground).toBe('worker')
  await Promise.all(seconds.map((word) => untilRunning(word, false)))
  expect(await service.shells({})).toEqual([])
  await close()
})

function request(seconds: string) {
  const daemon = `trap "" TERM HUP INT; sleep ${seconds}; sleep ${seconds}`
  return {
    id: 'call',
    command: `(env -i setsid bash -c '${daemon}' >/dev/null 2>&1 &) ; trap "" TERM HUP INT; sleep ${seconds}`,
    cwd,
    timeoutMs: 20_000,
    maxOutputBytes: 1000,
  }
}
