/** Commands with a terminal of their own, through the real worker. */
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectWorker } from '../../../src/rpc/connect.ts'
import { sandboxOptions } from '../../support/sandbox-options.ts'

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'codi-terminal-')))
const free = connectWorker('sandbox', sandboxOptions(), { onEvent: () => {} })
const fenced = connectWorker(
  'sandbox',
  sandboxOptions({ mode: 'workspace', writable: [cwd], network: 'off' }),
  { onEvent: () => {} },
)
afterAll(async () => {
  await Promise.all([free.close(), fenced.close()])
  rmSync(cwd, { recursive: true, force: true })
})

const { backend } = await fenced.service.probe({})
const workers: [string, typeof free][] = [['without a sandbox', free]]
// Only these two can hand a terminal on; the others say so.
if (backend === 'helper' || backend === 'bubblewrap') workers.push([`in ${backend}`, fenced])

test.each(workers)('a command has a terminal for all three streams, %s', async (_, { service }) => {
  const { output, exitCode } = await service.run(
    base('test -t 0 && test -t 1 && test -t 2 && stty size && : < /dev/tty && echo ok'),
  )
  expect(output).toBe('40 120\r\nok\r\n')
  expect(exitCode).toBe(0)
})

test.each(workers)('its end is the end of what it started, %s', async (_, { service }) => {
  const result = await service.run({
    ...base('sleep 300 & trap "" TERM HUP; echo begun; sleep 300'),
    timeoutMs: 500,
  })
  expect(result).toMatchObject({ timedOut: true, exitCode: null, output: 'begun\r\n' })
})

test('its exit status and all of its output arrive', async () => {
  const { output, exitCode } = await free.service.run(base('seq 1 5000; exit 7'))
  expect(exitCode).toBe(7)
  expect(output.split('\r\n')).toEqual([
    ...Array.from({ length: 5000 }, (_, at) => String(at + 1)),
    '',
  ])
})

test('it can become a background shell', async () => {
  const result = await free.service.run({
    ...base('echo up; sleep 300'),
    background: { afterMs: 300 },
  })
  expect(result).toMatchObject({ shell: 'sh_1', output: 'up\r\n' })
  expect(await free.service.killShell({ id: 'sh_1' })).toMatchObject({ status: 'killed' })
})

function base(command: string) {
  return {
    id: 'call',
    command,
    cwd,
    tty: true as const,
    timeoutMs: 10_000,
    maxOutputBytes: 100_000,
  }
}
