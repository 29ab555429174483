/** Background shells and the end of processes, with the built executable. */
import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../src/base/json.ts'
import { call, openBench } from '../support/codi.ts'
import { isRunning, uniqueSeconds, untilRunning } from '../support/processes.ts'
import { keys } from '../support/pty.ts'

const background = (command: string) => call('bash', { command, background: true })

describe('a run', () => {
  test('goes on beside a shell, hears of its end, and reads it', async () => {
    await using bench = openBench()
    const mock = [
      background('echo up; sleep 1.2; echo over; exit 3'),
      call('bash', { command: 'sleep 0.8' }),
      call('bash_output', { id: 'sh_1' }),
      { content: 'The end.' },
    ]
    const ran = await bench.run(['-y', '-f', 'jsonl', 'go'], { mock })
    const events = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject)
    expect(events).toContainEqual({
      type: 'notice',
      level: 'warning',
      text: expect.stringMatching(/^sh_1 ended with exit code 3 after 1\.\d s: echo up;/),
    })
    const requests = bench.requests().map((request) => JSON.stringify(request))
    expect(requests[1]).toContain('runs in the background as sh_1')
    expect(requests[1]).not.toContain('<background-shell>')
    expect(requests[2]).toContain('<background-shell>sh_1 ended with exit code 3')
    expect(requests[3]).toContain(']\\nover')
  })

  test('takes its shells with it when it ends', async () => {
    await using bench = openBench()
    const seconds = uniqueSeconds()
    const command = `(setsid sleep ${seconds} &); sleep ${seconds}`
    const { exitCode } = await bench.run(['-y', 'go'], {
      mock: [background(command), { content: 'Started.' }],
    })
    expect(exitCode).toBe(0)
    expect(isRunning(seconds)).toBe(false)
  })
})

/** A daemon that hides from its parents, and a command that does not listen: whatever ends codi ends both. */
function stubborn(seconds: string): string {
  const daemon = `trap "" TERM HUP INT; sleep ${seconds}; sleep ${seconds}`
  return `(setsid bash -c '${daemon}' >/dev/null 2>&1 &) ; trap "" TERM HUP INT; sleep ${seconds}`
}

describe('nothing outlives codi', () => {
  const signals = ['SIGKILL', 'SIGTERM', 'SIGHUP'] as const
  test.each(
    signals.flatMap((signal): [NodeJS.Signals, string, boolean][] => [
      [signal, 'in the foreground', false],
      [signal, 'in the background', true],
    ]),
  )('ended by %s: a command %s', async (signal, _, background) => {
    await using bench = openBench()
    const seconds = uniqueSeconds()
    const { child, ended } = bench.start(['-y', 'go'], {
      mock: [
        call('bash', { command: stubborn(seconds), ...(background ? { background } : {}) }),
        call('bash', { command: `sleep ${seconds}` }),
      ],
    })
    await untilRunning(seconds, true)
    child.kill(signal)
    await ended
    await untilRunning(seconds, false)
  })

  test.each([...signals, 'the window'] as const)(
    'ended by %s: a command without a sandbox',
    async (end) => {
      await using bench = openBench()
      const seconds = uniqueSeconds()
      const terminal = bench.terminal(['--sandbox', 'off', 'go'], {
        mock: [call('bash', { command: stubborn(seconds) })],
      })
      await terminal.waitFor('Allow it?')
      terminal.type('y')
      await untilRunning(seconds, true)
      if (end === 'the window') terminal.hangUp()
      else terminal.kill(end)
      await terminal.exited
      await untilRunning(seconds, false)
    },
  )

  test('whose window is closed: a command in the background', async () => {
    await using bench = openBench()
    const seconds = uniqueSeconds()
    const repl = bench.terminal(['-i', '-y', 'start it'], {
      mock: [background(stubborn(seconds)), { content: 'It runs.' }],
    })
    await repl.waitFor('It runs.')
    repl.hangUp()
    await untilRunning(seconds, false)
    await repl.close()
  })
})

describe('a person', () => {
  test('lists, reads and ends shells; the model hears of it with the next prompt', async () => {
    await using bench = openBench()
    const seconds = uniqueSeconds()
    const repl = bench.terminal(['-i', '-y', 'start it'], {
      mock: [
        background(`echo serving; sleep ${seconds}`),
        { content: 'It runs.' },
        { content: 'I see.' },
      ],
    })
    await repl.waitFor('It runs.')
    repl.type(`/shells${keys.enter}`)
    await repl.waitFor(/sh_1 +echo serving; sleep [\d.]+ +\(runs since/)
    repl.type(`/shells output${keys.enter}`)
    await repl.waitFor(/^serving$/m)
    expect(isRunning(seconds)).toBe(true)
    repl.type(`/shells kill 1${keys.enter}`)
    await repl.waitFor('sh_1 and all it started have ended')
    expect(isRunning(seconds)).toBe(false)
    repl.type(`/shells kill 7${keys.enter}`)
    await repl.waitFor('There is no background shell sh_7')
    repl.type(`what now?${keys.enter}`)
    await repl.waitFor('I see.')
    expect(JSON.stringify(bench.requests().at(-1))).toContain('sh_1 was killed after')
    await repl.close()
  })

  test('who starts a new conversation ends those of the one before', async () => {
    await using bench = openBench()
    const seconds = uniqueSeconds()
    const repl = bench.terminal(['-i', '-y', 'start it'], {
      mock: [background(`sleep ${seconds}`), { content: 'It runs.' }],
    })
    await repl.waitFor('It runs.')
    repl.type(`/new${keys.enter}`)
    await repl.waitFor('New conversation')
    await untilRunning(seconds, false)
    await repl.close()
  })

  test('has the own environment and rights for !command', async () => {
    await using bench = openBench()
    const repl = bench.terminal(['-i'], {
      mock: [],
      env: { MY_API_TOKEN: 'tok-my-own' },
    })
    await repl.waitFor('◆')
    repl.type(`!echo "$MY_API_TOKEN"; echo x > ../outside && echo written${keys.enter}`)
    await repl.waitFor(/^tok-my-own$/m)
    await repl.waitFor(/^written$/m)
    await repl.close()
  })
})
