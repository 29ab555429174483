/** Background shells inside the sandbox: what was refused is told at the end, and the end reaches everything. */
import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ShellState } from '../../../../src/contract/sandbox-service.ts'
import { connectWorker } from '../../../../src/rpc/connect.ts'
import { isRunning, uniqueSeconds, untilRunning } from '../../../support/processes.ts'
import { sandboxOptions } from '../../../support/sandbox-options.ts'

// Not below /tmp: commands have one of their own. What is built is no part of the repository.
const built = join(import.meta.dir, '../../../../dist')
mkdirSync(built, { recursive: true })
const base = realpathSync(mkdtempSync(join(built, 'fenced-')))
const cwd = join(base, 'work')
mkdirSync(cwd)
const ended = Promise.withResolvers<ShellState>()
const worker = connectWorker(
  'sandbox',
  sandboxOptions({ mode: 'workspace', writable: [cwd], network: 'off' }),
  { onEvent: (event) => event.type === 'shell_ended' && ended.resolve(event.state) },
)
afterAll(async () => {
  await worker.close()
  rmSync(base, { recursive: true, force: true })
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

test.skipIf(holds === 'nothing')('what the sandbox refused stands in the last state', async () => {
  await run('sleep 0.4; echo x > inside; mkdir ../beside')
  const state = await ended.promise
  expect(state).toMatchObject({ status: 'exited', exitCode: 1 })
  expect(state.blocked).toEqual([
    { what: 'write', subject: join(base, 'beside'), text: expect.stringContaining('escalate') },
  ])
  expect([existsSync(join(cwd, 'inside')), existsSync(join(base, 'beside'))]).toEqual([true, false])
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
