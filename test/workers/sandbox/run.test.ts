/** Commands through the real worker: results, streams, limits and the end of whole process trees. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodiError } from '../../../src/base/errors.ts'
import type { CommandRequest } from '../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { connectWorker } from '../../../src/rpc/connect.ts'
import { helperPath } from '../../../workers/sandbox/helper.ts'
import { sandboxOptions } from '../../support/sandbox-options.ts'

const linux = process.platform === 'linux'
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-sandbox-')))
let events: Extract<WorkerEvent, { type: 'command_output' }>[] = []
/** Told of every event, for tests that wait for one. */
let onOutput: (text: string) => void = () => {}
const connection = connectWorker('sandbox', sandboxOptions(), {
  onEvent: (event) => {
    if (event.type !== 'command_output') return
    events.push(event)
    onOutput(event.text)
  },
})

beforeAll(() => connection.ping())
beforeEach(() => {
  events = []
  onOutput = () => {}
})
afterAll(async () => {
  await connection.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('a command', () => {
  test('answers its status, its output of both streams, and no more', async () => {
    const result = await run('echo out; echo err >&2; exit 3')
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      timedOut: false,
      cancelled: false,
      durationMs: expect.any(Number),
      output: expect.any(String),
      outputBytes: 8,
      truncated: false,
    })
    expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out'])
  })

  test('runs in bash, in its directory, with its variables added to those of codi', async () => {
    const { output } = await run('[ "$BASH_VERSION" ] && [ "$PATH" ] && echo "$PWD $EXTRA"', {
      env: { EXTRA: 'added' },
    })
    expect(output).toBe(`${directory} added\n`)
  })

  test('can open its output by name, as scripts do', async () => {
    const { exitCode, output } = await run(
      'echo a > /dev/stdout; echo b > /dev/stderr; echo c | tee /dev/stderr > /dev/null',
    )
    expect({ exitCode, lines: output.split('\n').sort() }).toEqual({
      exitCode: 0,
      lines: ['', 'a', 'b', 'c'],
    })
  })

  test.skipIf(!linux)('leaves no descriptor open behind it', async () => {
    await run('true')
    const before = readdirSync('/proc/self/fd').length
    for (let count = 0; count < 20; count++) await run('echo out; echo err >&2')
    // A thread or a socket of the runtime may come and go meanwhile.
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10)
  })

  test('reads its stdin to the end', async () => {
    const stdin = 'line\n'.repeat(100_000)
    expect((await run('wc -c', { stdin })).output.trim()).toBe(String(stdin.length))
  })

  test('may leave its stdin unread', async () => {
    expect(await run('exit 0', { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0 })
  })

  test('has an empty stdin where none is given', async () => {
    expect(await run('cat; echo "status $?"')).toMatchObject({ output: 'status 0\n' })
  })

  test('has no terminal', async () => {
    expect((await run('test -t 0 || test -t 1 || (: < /dev/tty) 2>/dev/null')).exitCode).not.toBe(0)
  })

  test('killed by a signal has no exit status', async () => {
    expect(await run('kill -KILL $$')).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  })

  test('does not see a broken pipe as its own failure', async () => {
    expect(await run('yes | head -1')).toMatchObject({ exitCode: 0, output: 'y\n' })
  })

  test('runs beside others, each with its own output', async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => index)
    const results = await Promise.all(numbers.map((number) => run(`sleep 0.05; echo ${number}`)))
    expect(results.map(({ output }) => output)).toEqual(numbers.map((number) => `${number}\n`))
  })
})

describe('bad input', () => {
  test.each<[string, Partial<CommandRequest>, string, string]>([
    ['an empty command', { command: '  ' }, 'invalid', 'empty'],
    ['a NUL byte', { command: 'echo \0' }, 'invalid', 'NUL'],
    ['a command too long for the system', { command: `: ${'x'.repeat(200_000)}` }, 'limit', 'file'],
    ['a missing directory', { cwd: '/no/such/directory' }, 'not_found', '/no/such/directory'],
    ['a file as directory', { cwd: process.execPath }, 'invalid', process.execPath],
    ['no time', { timeoutMs: 0 }, 'invalid', 'timeoutMs is 0'],
    ['no room for output', { maxOutputBytes: Number.NaN }, 'invalid', 'maxOutputBytes is NaN'],
  ])('%s is refused', async (_what, request, kind, message) => {
    const error = await failure(run(request.command ?? 'true', request))
    expect(error.kind as string).toBe(kind)
    expect(error.message).toContain(message)
  })

  test('a command that does not exist is a result like any other', async () => {
    const result = await run('nothing-like-this-program')
    expect(result.exitCode).toBe(127)
    expect(result.output).toContain('nothing-like-this-program')
  })
})

describe('output', () => {
  test('invalid UTF-8 is replaced', async () => {
    expect((await run(String.raw`printf 'a\xff\xc3b\xf0\x9f'`)).output).toBe('a\ufffd\ufffdb\ufffd')
  })

  test('a character whose bytes arrive one by one stays whole', async () => {
    const command = String.raw`for b in '\xf0' '\x9f' '\x98' '\x80'; do printf "$b"; sleep 0.02; printf e >&2; done`
    const { output } = await run(command)
    expect(output).toContain('😀')
    expect(output.replace('😀', '')).toBe('eeee')
    expect(streamed('stdout')).toBe('😀')
  })

  test('is streamed before the command ends', async () => {
    const first = Promise.withResolvers<string>()
    onOutput = first.resolve
    const abort = new AbortController()
    const running = run('echo early; sleep 60', {}, abort.signal)
    expect(await first.promise).toBe('early\n')
    abort.abort()
    expect(await running).toMatchObject({ output: 'early\n', cancelled: true, exitCode: null })
  })

  test('is streamed whole and in order while it is small', async () => {
    await run('for i in 1 2 3 4 5; do echo line $i; done')
    expect(streamed('stdout')).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n')
    expect(events.every(({ id }) => id === 'call-1')).toBe(true)
  })

  test('longer than the limit keeps head and tail, on character borders, and spills everything', async () => {
    const spillPath = join(directory, 'new', 'spill.txt')
    const { output, outputBytes, truncated, spillNote } = await run('yes é😀 | head -20000', {
      maxOutputBytes: 1000,
      spillPath,
    })
    const all = 'é😀\n'.repeat(20_000)
    expect(truncated).toBe(true)
    expect(outputBytes).toBe(Buffer.byteLength(all))
    expect(output).toMatch(/^(é😀\n)+é?😀?\n?\[… 136 KB left out …\]\n😀?\n?(é😀\n)+$/u)
    expect(Buffer.byteLength(output)).toBeLessThan(1100)
    expect(readFileSync(spillPath, 'utf8')).toBe(all)
    expect(spillNote).toBeUndefined()
    if (linux) expect(statSync(spillPath).mode & 0o777).toBe(0o600)
  })

  test('of exactly the limit is whole, and no file is written', async () => {
    const spillPath = join(directory, 'exact.txt')
    const result = await run('head -c 1000 /dev/zero | tr "\\0" x', {
      maxOutputBytes: 1000,
      spillPath,
    })
    expect(result).toMatchObject({ output: 'x'.repeat(1000), truncated: false })
    expect(readdirSync(directory)).not.toContain('exact.txt')
  })

  test('that the disk cannot take is told, and the command goes on', async () => {
    const { exitCode, output, spillNote } = await run('seq 100000', {
      maxOutputBytes: 1000,
      spillPath: linux ? '/dev/full' : join(directory, 'missing\0name'),
    })
    expect(exitCode).toBe(0)
    expect(output).toEndWith('99999\n100000\n')
    expect(spillNote).toContain('could be kept')
    expect(output).toContain(spillNote ?? '')
  })

  test('of a flood is counted whole, streamed in part, and needs little memory', async () => {
    const before = process.memoryUsage.rss()
    const { outputBytes, truncated, output } = await run('head -c 300M /dev/zero', {
      maxOutputBytes: 10_000,
    })
    expect(outputBytes).toBe(300 * 1024 * 1024)
    expect(truncated).toBe(true)
    expect(output.length).toBeLessThan(11_000)
    const streamedBytes = events.reduce((sum, { text }) => sum + text.length, 0)
    expect(streamedBytes).toBeLessThan(20 * 1024 * 1024)
    expect(streamed('stdout')).toContain('not shown')
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024)
  })
})

describe('the end', () => {
  test('a timeout ends the command and keeps its output', async () => {
    expect(await run('echo begun; sleep 60', { timeoutMs: 200 })).toMatchObject({
      exitCode: null,
      signal: 'SIGTERM',
      timedOut: true,
      cancelled: false,
      output: 'begun\n',
    })
  })

  test('a command may clean up when it is ended', async () => {
    const { output } = await run('trap "echo cleaned; exit 5" TERM; sleep 60 & wait', {
      timeoutMs: 200,
    })
    expect(output).toBe('cleaned\n')
  })

  test('a child of the command may clean up too', async () => {
    const child = `bash -c 'trap "sleep 0.05; echo child cleaned; exit" TERM; sleep 60 & wait'`
    expect((await run(`${child}; true`, { timeoutMs: 300 })).output).toBe('child cleaned\n')
  })

  test('who ignores the polite signal is killed', async () => {
    expect(await run('trap "" TERM; sleep 60; sleep 60', { timeoutMs: 100 })).toMatchObject({
      signal: 'SIGKILL',
      timedOut: true,
    })
  })

  test('an abort before the command runs starts nothing', async () => {
    const error = await failure(run('touch started', {}, AbortSignal.abort()))
    expect(error.kind).toBe('cancelled')
    expect(readdirSync(directory)).not.toContain('started')
  })

  test('a job in the background does not hold the command, ends with it and is counted', async () => {
    const result = await run('sleep 300.1 & echo "pid $!"')
    expect(result).toMatchObject({ exitCode: 0, timedOut: false, leftovers: 1 })
    expect(isAlive(pidIn(result.output))).toBe(false)
  })

  test('a process that writes a little after the shell is waited for', async () => {
    const result = await run('exec > >(sleep 0.05; cat); echo through a pipe')
    expect(result.output).toBe('through a pipe\n')
  })

  const escapes: [string, string][] = [
    ['in the background', 'sleep 300 & echo "pid $!"'],
    ['in a session of its own', `setsid bash -c 'echo "pid $$"; exec sleep 300' & sleep 0.1`],
    [
      'forked twice',
      `(setsid bash -c '(exec bash -c "echo pid \\$\\$; exec sleep 300") & exit' &) ; sleep 0.2`,
    ],
    [
      'with its output closed',
      `(setsid bash -c 'echo "pid $$"; exec sleep 300 <&- >/dev/null 2>&1' &) ; sleep 0.1`,
    ],
    [
      'without any environment',
      `(env -i setsid /bin/sh -c 'echo "pid $$"; exec sleep 300' &) ; sleep 0.1`,
    ],
    [
      'forked twice with an emptied environment',
      `(env -i setsid bash -c '(exec bash -c "echo pid \\$\\$; exec sleep 300") & exit' &) ; sleep 0.2`,
    ],
  ]
  describe.if(linux)('nothing of the tree outlives', () => {
    test.each(escapes)('the command: a process %s', async (_how, command) => {
      const { output } = await run(command)
      expect(isAlive(pidIn(output))).toBe(false)
    })

    test.each(escapes)('the timeout: a process %s', async (_how, command) => {
      const { output, timedOut } = await run(`${command}; sleep 300`, { timeoutMs: 400 })
      expect(timedOut).toBe(true)
      expect(isAlive(pidIn(output))).toBe(false)
    })

    test('a command beside another: the other one lives on', async () => {
      const other = run(`(setsid bash -c 'sleep 0.6; echo survived' &) ; sleep 0.9`)
      const { output } = await run(`(setsid bash -c 'echo "pid $$"; exec sleep 300' &) ; sleep 0.1`)
      expect(isAlive(pidIn(output))).toBe(false)
      expect((await other).output).toBe('survived\n')
    })

    test('the closing of the worker', async () => {
      const own = connectWorker('sandbox', sandboxOptions(), {
        onEvent: ({ type, ...event }) =>
          type === 'command_output' && 'text' in event && begun.resolve(event.text),
      })
      const begun = Promise.withResolvers<string>()
      const running = own.service.run({
        ...request,
        command: 'setsid sleep 300 & echo "pid $!"; sleep 300',
      })
      const pid = pidIn(await begun.promise)
      expect(isAlive(pid)).toBe(true)
      await own.close()
      expect(await running).toMatchObject({ cancelled: true })
      expect(isAlive(pid)).toBe(false)
    })
  })

  async function endsWithExit(command: string): Promise<void> {
    const path = JSON.stringify(join(import.meta.dir, '../../../src/rpc/connect.ts'))
    const program = `
      import { connectWorker } from ${path}
      const { service } = connectWorker('sandbox', ${JSON.stringify(sandboxOptions())}, {
        onEvent({ text }) {
          process.stdout.write(text)
          process.exit(0)
        },
      })
      service.run(${JSON.stringify({ ...request, command })})`
    const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe' })
    const pid = pidIn(await child.stdout.text())
    expect(await child.exited).toBe(0)
    expect(await isGone(pid)).toBe(true)
  }

  test('codi leaving by process.exit ends the group of a running command', () =>
    endsWithExit('echo "pid $$"; exec sleep 300'))

  // Without a C compiler there is no helper, and nobody left to look for what hides.
  test.skipIf(typeof helperPath() !== 'string')('codi leaving ends what hides from it, too', () =>
    endsWithExit(
      `(setsid bash -c 'trap "" TERM HUP; echo "pid $$"; sleep 300; sleep 300' &) ; sleep 300`,
    ),
  )

  test('processes that codi itself started are left alone', async () => {
    const own = Bun.spawn(['sleep', '300'])
    const detached = Bun.spawn(['sleep', '300'], { detached: true })
    await run('sleep 300 & sleep 300 & true')
    expect([isAlive(own.pid), isAlive(detached.pid)]).toEqual([true, true])
    for (const child of [own, detached]) child.kill('SIGKILL')
    expect([await own.exited, await detached.exited]).toEqual([137, 137])
  })
})

test('the self-test of the worker runs a command and tries what confines', async () => {
  const rows = await connection.selfTest()
  expect(rows.map(({ name, ok }) => ({ name, ok }))).toEqual(
    ['run a command', 'helper', 'confined thread'].map((name) => ({ name, ok: true })),
  )
})

const request = { id: 'call-1', cwd: directory, timeoutMs: 20_000, maxOutputBytes: 100_000 }

function run(command: string, options: Partial<CommandRequest> = {}, signal?: AbortSignal) {
  return connection.service.run({ ...request, command, ...options }, signal)
}

function streamed(stream: 'stdout' | 'stderr'): string {
  return events.flatMap((event) => (event.stream === stream ? [event.text] : [])).join('')
}

function pidIn(output: string): number {
  const pid = /pid (\d+)/.exec(output)?.[1]
  if (pid === undefined) throw new Error(`No pid in ${JSON.stringify(output)}`)
  return Number(pid)
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // Gone between the two looks.
    return true
  }
}

/** Of a process that this one is not the parent of: an ended one may wait as a zombie for whoever is. */
async function isGone(pid: number): Promise<boolean> {
  for (let look = 0; look < 100 && isAlive(pid); look++) {
    if (linux && isZombie(pid)) return true
    await Bun.sleep(20)
  }
  return !isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  try {
    await promise
  } catch (thrown) {
    return thrown as CodiError
  }
  throw new Error('It did not fail')
}
