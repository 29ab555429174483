/** Background shells through the real worker: moved, read, waited for, limited, ended with all they started. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodiError } from '../../../../src/base/errors.ts'
import {
  type CommandRequest,
  maxRunningShells,
  type ShellState,
} from '../../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../../src/contract/services.ts'
import { connectWorker, type WorkerConnection } from '../../../../src/rpc/connect.ts'
import { sandboxOptions } from '../../../support/sandbox-options.ts'

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'codi-shells-')))
let worker: WorkerConnection<'sandbox'>
let ended: ShellState[] = []
let onEnd: (state: ShellState) => void = () => {}
let onEvent: (event: WorkerEvent) => void = () => {}

beforeEach(() => {
  ended = []
  onEnd = () => {}
  onEvent = () => {}
  worker = connectWorker('sandbox', sandboxOptions(), {
    onEvent(event) {
      onEvent(event)
      if (event.type !== 'shell_ended') return
      ended.push(event.state)
      onEnd(event.state)
    },
  })
})
afterEach(() => worker.close())
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

describe('a command', () => {
  test('that still runs after its time becomes a shell, told with what it wrote', async () => {
    const result = await run('echo begun; sleep 60')
    expect(result).toMatchObject({
      exitCode: null,
      signal: null,
      timedOut: false,
      cancelled: false,
      output: 'begun\n',
      shell: 'sh_1',
    })
    expect(await worker.service.shells({})).toEqual([
      {
        id: 'sh_1',
        command: 'echo begun; sleep 60',
        cwd,
        startedAt: expect.any(Number),
        status: 'running',
        exitCode: null,
        signal: null,
        outputBytes: 6,
      },
    ])
  })

  test('that ends before is a result like any other', async () => {
    expect(await run('echo done; exit 3', 20_000)).toMatchObject({ exitCode: 3, output: 'done\n' })
    expect(await worker.service.shells({})).toEqual([])
  })

  test('is not ended by its timeout any more once it has moved', async () => {
    await run('sleep 0.5; echo later', 100, { timeoutMs: 200 })
    expect((await output('sh_1', { waitMs: 10_000 })).text).toBe('later\n')
  })

  test('sends no more of its output as events once it has moved', async () => {
    const texts: string[] = []
    onEvent = (event) => {
      if (event.type === 'command_output') texts.push(event.text)
    }
    await run('echo before; sleep 0.4; echo after')
    await output('sh_1', { waitMs: 10_000 })
    expect(texts.join('')).toBe('before\n')
  })

  test('is numbered above what was given away before', async () => {
    expect((await run('sleep 60', 50, { above: 7 })).shell).toBe('sh_8')
    expect((await run('sleep 60', 50, { above: 3 })).shell).toBe('sh_9')
  })
})

describe('its output', () => {
  test('is read on where the last look ended, and waited for to the end', async () => {
    await run('echo one; sleep 0.3; echo two; exit 4')
    expect((await output('sh_1')).text).toBe('')
    const last = await output('sh_1', { waitMs: 10_000 })
    expect(last).toMatchObject({
      text: 'two\n',
      from: 4,
      to: 8,
      skipped: 0,
      dropped: 0,
      state: { status: 'exited', exitCode: 4, endedAt: expect.any(Number), outputBytes: 8 },
    })
    expect((await output('sh_1')).text).toBe('')
    expect((await output('sh_1', { from: 0 })).text).toBe('one\ntwo\n')
  })

  test('is waited for until a text is in it, however it is cut by writes', async () => {
    await run('sleep 0.2; printf "lis"; sleep 0.1; printf "tening on 80"; sleep 60')
    const { text, state } = await output('sh_1', { waitMs: 10_000, until: 'listening' })
    expect(text).toStartWith('listening')
    expect(state.status).toBe('running')
  })

  test('of the first result ends the first wait for a text, and no other', async () => {
    await run('echo ready; sleep 0.6; exit 0')
    const first = await output('sh_1', { waitMs: 10_000, until: 'ready' })
    expect(first).toMatchObject({ text: '', found: true, state: { status: 'running' } })
    const second = await output('sh_1', { waitMs: 10_000, until: 'ready' })
    expect(second).toMatchObject({ text: '', found: false, state: { status: 'exited' } })
  })

  test('of which there is too much is told from its end, and the rest can be asked for', async () => {
    await run('sleep 0.2; seq 1 2000', 50)
    const last = await output('sh_1', { waitMs: 10_000, maxBytes: 10 })
    expect(last).toMatchObject({ text: '1999\n2000\n', skipped: last.from, dropped: 0 })
    const first = await output('sh_1', { from: 0, maxBytes: 6 })
    expect(first).toMatchObject({ text: '1\n2\n3\n', from: 0, to: 6 })
  })

  test('before the move is kept whole, also what its result left out', async () => {
    const result = await run('seq 1 20000; sleep 60', 400, { maxOutputBytes: 100, spill: true })
    expect(result).toMatchObject({ truncated: true, shell: 'sh_1' })
    const { text } = await output('sh_1', { from: 0, maxBytes: 1_000_000 })
    expect(text).toBe(Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join(''))
  })

  test('that is beyond all limits is dropped in its middle, and that is told', async () => {
    await run('sleep 0.2; head -c 40000000 /dev/zero | tr "\\0" x; echo end', 50)
    const { state } = await output('sh_1', { waitMs: 20_000, maxBytes: 10 })
    expect(state.outputBytes).toBe(40_000_004)
    const after = await output('sh_1', { from: 35_000_000, maxBytes: 10 })
    expect(after.dropped).toBeGreaterThan(4_000_000)
    expect(after.from).toBe(35_000_000 + after.dropped)
  })

  test('never shows half a character', async () => {
    await run("sleep 0.1; printf 'a\\303'; sleep 0.3; printf '\\244z'", 50)
    const begun = await output('sh_1', { waitMs: 10_000, until: 'a' })
    const rest = await output('sh_1', { waitMs: 10_000 })
    expect(begun.text + rest.text).toBe('aäz')
  })

  test('is not waited for by an interrupted call', async () => {
    await run('sleep 60')
    const controller = new AbortController()
    const waiting = worker.service.shellOutput(
      { id: 'sh_1', maxBytes: 100, waitMs: 60_000 },
      controller.signal,
    )
    controller.abort()
    expect((await failure(waiting)).kind).toBe('cancelled')
    expect((await output('sh_1')).state.status).toBe('running')
  })
})

describe('the end', () => {
  test('is told once, when nothing of it is alive', async () => {
    const told = Promise.withResolvers<ShellState>()
    onEnd = told.resolve
    await run('sleep 300 & echo "pid $!"; sleep 0.2; exit 2')
    expect(await told.promise).toMatchObject({ id: 'sh_1', exitCode: 2, leftovers: 1 })
    const { text } = await output('sh_1', { from: 0 })
    expect(isAlive(pidIn(text))).toBe(false)
    expect(ended).toHaveLength(1)
  })

  test('by kill takes everything with it, however it hides', async () => {
    const { output: begun } = await run(
      `trap "" TERM; (setsid bash -c 'trap "" TERM; echo "pid $$"; sleep 300; sleep 300' &) ; sleep 300; sleep 300`,
      300,
    )
    expect(isAlive(pidIn(begun))).toBe(true)
    expect(await worker.service.killShell({ id: 'sh_1' })).toMatchObject({ status: 'killed' })
    expect(isAlive(pidIn(begun))).toBe(false)
    expect(await worker.service.killShell({ id: 'sh_1' })).toMatchObject({ status: 'killed' })
    expect(ended).toHaveLength(1)
  })

  test('of the worker is the end of its shells', async () => {
    const { output: begun } = await run('setsid sleep 300 & echo "pid $!"; sleep 300', 300)
    await worker.close()
    expect(isAlive(pidIn(begun))).toBe(false)
  })

  test('does not come with a rest of the worker', async () => {
    const { output: begun } = await run('echo "pid $$"; sleep 300', 300)
    await worker.rest()
    expect(isAlive(pidIn(begun))).toBe(true)
    expect(await worker.service.shells({})).toHaveLength(1)
  })
})

describe('limits', () => {
  test('so many run at once; the next stays in the foreground, and there is room again after an end', async () => {
    await Promise.all(Array.from({ length: maxRunningShells }, () => run('sleep 300', 20)))
    expect(await run('sleep 300', 20, { timeoutMs: 200 })).toMatchObject({ timedOut: true })
    await worker.service.killShell({ id: 'sh_3' })
    expect((await run('sleep 300', 20)).shell).toBe(`sh_${maxRunningShells + 1}`)
  })

  test('an unknown shell is told with those there are', async () => {
    expect(await failure(output('sh_4'))).toMatchObject({
      kind: 'not_found',
      message: 'There is no background shell sh_4; there are none, for they end with their session',
    })
    await run('sleep 300')
    expect((await failure(output('nonsense'))).message).toBe(
      'There is no background shell nonsense; there are sh_1 (running: sleep 300)',
    )
  })

  test('of those that ended the oldest are forgotten, and that is said', async () => {
    for (let count = 1; count <= 9; count++) {
      const gate = join(cwd, `gate-${count}`)
      // It cannot end before it has moved, however long that takes.
      await run(`until [ -e '${gate}' ]; do sleep 0.01; done`, 5)
      writeFileSync(gate, '')
    }
    while (ended.length < 9) {
      const next = Promise.withResolvers<ShellState>()
      onEnd = next.resolve
      if (ended.length < 9) await next.promise
    }
    expect((await failure(output('sh_1'))).message).toStartWith(
      'Shell sh_1 ended long ago and its output has been forgotten; there are sh_2',
    )
    expect((await output('sh_9')).state.status).toBe('exited')
  }, 20_000)

  test.each<[string, object]>([
    ['afterMs', { background: { afterMs: 0 } }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
  ])('a bad %s is refused', async (name, over) => {
    const request: CommandRequest = {
      id: 'call',
      command: 'true',
      cwd,
      timeoutMs: 1000,
      maxOutputBytes: 100,
      ...over,
    }
    expect(await failure(worker.service.run(request))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(name),
    })
  })
})

function base(command: string) {
  return { id: 'call', command, cwd, timeoutMs: 20_000, maxOutputBytes: 30_000 }
}

function run(
  command: string,
  afterMs = 150,
  over: { timeoutMs?: number; maxOutputBytes?: number; above?: number; spill?: boolean } = {},
) {
  const { above, spill, ...rest } = over
  return worker.service.run({
    ...base(command),
    ...rest,
    ...(spill ? { spillPath: join(cwd, 'spill.log') } : {}),
    background: { afterMs, ...(above === undefined ? {} : { above }) },
  })
}

function output(
  id: string,
  over: { from?: number; maxBytes?: number; waitMs?: number; until?: string } = {},
) {
  return worker.service.shellOutput({ id, maxBytes: 30_000, waitMs: 0, ...over })
}

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  return promise.then(
    () => {
      throw new Error('It did not fail')
    },
    (thrown) => thrown as CodiError,
  )
}

function pidIn(text: string): number {
  return Number(/pid (\d+)/.exec(text)?.[1])
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
