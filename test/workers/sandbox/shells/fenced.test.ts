/** Background shells inside the sandbox: what was refused is told at the end, and the end reaches everything. */
import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ShellState } from '../../../../src/contract/sandbox-service.ts'
import { connectWorker } from '../../../../src/rpc/connect.ts'
import { isRunning, uniqueSeconds, untilRunning } from '../../../support/processes.ts'
import { sandboxOptions } from '../../../support/sandbox-options.ts'

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'codi-fenced-')))
const closed = join(cwd, 'closed')
mkdirSync(closed)
const ended = Promise.withResolvers<ShellState>()
const worker = connectWorker(
  'sandbox',
  sandboxOptions({ mode: 'workspace', writable: [cwd], protected: [closed], network: 'off' }),
  { onEvent: (event) => event.type === 'shell_ended' && ended.resolve(event.state) },
)
afterAll(async () => {
  await worker.close()
  rmSync(cwd, { recursive: true, force: true })
})
const { holds } = await worker.service.probe({})
const run = (command: string) =>
  worker.service.run({
    id: 'call',
    command,
    cwd,
    timeoutMs: 10_000,
    maxOutputBytes: 10_000,
    background: { afterMs: 200 },
  })

// Without namespaces what is closed inside is put back afterwards, not refused.
test.skipIf(holds !== 'full')('what the sandbox refused stands in the last state', async () => {
  await run('sleep 0.4; echo x > inside; mkdir closed/new')
  const state = await ended.promise
  expect(state).toMatchObject({ status: 'exited', exitCode: 1 })
  expect(state.blocked).toMatchObject([{ what: 'write', subject: join(closed, 'new') }])
  expect([existsSync(join(cwd, 'inside')), existsSync(join(closed, 'new'))]).toEqual([true, false])
})

test.skipIf(holds === 'nothing')('a kill reaches what hides in it', async () => {
  const seconds = uniqueSeconds()
  const daemon = `trap "" TERM HUP; sleep ${seconds}; sleep ${seconds}`
  const { shell } = await run(
    `(setsid bash -c '${daemon}' >/dev/null 2>&1 &) ; trap "" TERM; sleep ${seconds}`,
  )
  await untilRunning(seconds, true)
  await worker.service.killShell({ id: shell ?? '' })
  expect(isRunning(seconds)).toBe(false)
})
