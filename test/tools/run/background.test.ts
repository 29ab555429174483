/** bash, bash_output and kill_shell as a model meets them, on the real worker. */
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { maxRunningShells, type SandboxService } from '../../../src/contract/sandbox-service.ts'
import { createLedger } from '../../../src/tools/files/file-ledger.ts'
import { backgroundAfterMs } from '../../../src/tools/run/background.ts'
import { bash } from '../../../src/tools/run/bash.ts'
import { bashOutput } from '../../../src/tools/run/bash-output.ts'
import { killShell } from '../../../src/tools/run/kill-shell.ts'
import type { ToolBench } from '../../support/tool-context.ts'
import { openSandboxBench } from '../search/sandbox-bench.ts'

describe('a command', () => {
  test('starts in the background by wish, and its result says how to go on', async () => {
    await using bench = await openSandboxBench()
    const result = await bench.run(bash, { command: 'echo up; sleep 300', background: true })
    expect(result.content).toBe(
      '[runs in the background as sh_1; bash_output {"id":"sh_1","wait":60} reads on, kill_shell ends it]\nup',
    )
    expect(result.isError).toBe(false)
    expect(result.data).toMatchObject({ shell: 'sh_1', exitCode: null, timedOut: false })
    expect(result.detail).toEqual({ type: 'output', text: 'up\n', exitCode: null, shell: 'sh_1' })
  })

  test('has no timeout in the background, not even in its first second', async () => {
    await using bench = await openSandboxBench()
    const started = { command: 'sleep 300', background: true, timeout: 5 }
    expect((await bench.run(bash, started)).content).toStartWith(
      '[runs in the background as sh_1; timeout does not count in the background; ',
    )
  })

  test('that fails at once says so instead', async () => {
    await using bench = await openSandboxBench()
    const result = await bench.run(bash, { command: 'no-such-program-here', background: true })
    expect(result.content).toStartWith('[exit code 127]')
    expect(result.isError).toBe(true)
  })

  test('of the foreground moves when it runs for long, unless it has a timeout', async () => {
    await using bench = await openSandboxBench()
    const times = [{}, { timeout: 5 }, { background: true }, { background: true, timeout: 5 }]
    expect(times.map((given) => backgroundAfterMs(given, bench.context))).toEqual([
      60_000,
      undefined,
      1000,
      1000,
    ])
    const result = await impatient(bench).run(bash, { command: 'echo slow; sleep 300' })
    expect(result.content).toMatch(
      /^\[still runs after \d+ ms and was moved to the background as sh_1; bash_output .*\]\nslow$/,
    )
  })

  test('that wrote much before it moved can be read from its beginning', async () => {
    await using bench = await openSandboxBench()
    const command = 'seq 1 20000; echo >&2 here; sleep 300'
    const result = await impatient(bench).run(bash, { command })
    expect(result.content).toContain('bash_output with from: 0 has all of it')
    expect(await bench.say(bashOutput, { id: 'sh_1', from: 0 })).toContain(']\n1\n2\n3\n')
  })

  test('of a single call stays in the foreground', async () => {
    await using bench = await openSandboxBench()
    const context = { ...bench.context, ledger: createLedger({ standalone: true }) }
    expect(backgroundAfterMs({}, context)).toBeUndefined()
    await expect(
      bench.run(bash, { command: 'sleep 1', background: true }, context),
    ).rejects.toMatchObject({ kind: 'unsupported' })
  })

  test('beyond the limit is refused with those that run', async () => {
    await using bench = await openSandboxBench()
    const start = () => impatient(bench, 30).run(bash, { command: 'sleep 300', background: true })
    for (let count = 0; count < maxRunningShells; count++) await start()
    await expect(start()).rejects.toThrow(
      /^8 background shells run already, and more may not: sh_1 \(sleep 300\), .*; end one with kill_shell$/,
    )
    await bench.run(killShell, { id: 'sh_2' })
    expect((await start()).content).toContain('sh_9')
  })
})

describe('bash_output', () => {
  test('waits for the end and tells it', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, { command: 'sleep 0.4; echo done; exit 3' })
    const result = await bench.run(bashOutput, { id: '1', wait: 20 })
    expect(result.content).toMatch(
      /^\[sh_1 ended with exit code 3 after \d+ ms: sleep 0.4; echo done; exit 3\]\ndone$/,
    )
    expect(result.data).toMatchObject({ shell: 'sh_1', status: 'exited', exitCode: 3 })
  })

  test('waits for a text', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, { command: 'sleep 0.4; echo listening; sleep 300' })
    const result = await bench.run(bashOutput, { id: 'sh_1', until: 'listening' })
    expect(result.content).toMatch(/^\[sh_1 runs since .*\]\nlistening$/)
  })

  test('says where the text is that it waited for, or that it never came', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, { command: 'echo ready; sleep 300' })
    expect(await bench.say(bashOutput, { id: 'sh_1', until: 'ready' })).toMatch(
      /\]\n\["ready" is in what came before this\]\n\(no new output\)$/,
    )
    expect(await bench.say(bashOutput, { id: 'sh_1', until: 'never', wait: 0.1 })).toMatch(
      /\]\n\["never" did not appear within 0.1 s\]\n\(no new output\)$/,
    )
  })

  test('does not wait without being asked to, and says that there is nothing', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, { command: 'sleep 300' })
    expect(await bench.say(bashOutput, { id: 'sh_1' })).toMatch(/\(no new output\)$/)
  })

  test('says what it left out, and with which byte it can be read', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, { command: 'sleep 0.4; seq 1 20000' })
    const text = await bench.say(bashOutput, { id: 'sh_1', wait: 20 })
    const from = Number(/were skipped; from: (\d+) reads them\]/.exec(text)?.[1])
    expect(text).toEndWith('\n20000')
    const first = await bench.say(bashOutput, { id: 'sh_1', from })
    expect(first).toContain(']\n1\n2\n')
    expect(first).toMatch(/\[more follows; from: (29\d{3}|30000) reads on\]$/)
  })

  test('tells of a process that a shell left behind', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, { command: 'sleep 0.4; sleep 300 & true' })
    expect(await bench.say(bashOutput, { id: 'sh_1', wait: 20 })).toContain(
      '[1 background process ended with it (background: true, without &, keeps a command running)]',
    )
  })
})

describe('kill_shell', () => {
  test('ends it and gives the last of its output', async () => {
    await using bench = await openSandboxBench()
    await impatient(bench).run(bash, {
      command: 'trap "echo bye; exit" TERM; echo up; while :; do sleep 0.05; done',
    })
    const text = await bench.say(killShell, { id: 'sh_1' })
    expect(text).toMatch(/^\[sh_1 was killed after .*\]\n(Terminated\n)?bye$/)
  })

  test('asks the gate for nothing but to read', async () => {
    await using bench = await openSandboxBench()
    expect(await killShell.request?.({ id: '3' }, bench.context)).toEqual({
      summary: 'end background shell sh_3',
      paths: [],
      hosts: [],
      effect: 'read',
    })
  })

  test('of an unknown shell is refused with those there are', async () => {
    await using bench = await openSandboxBench()
    await expect(bench.run(killShell, { id: 'x' })).rejects.toThrow(
      'There is no background shell x; there are none',
    )
  })
})

/** The same worker, in which a minute passes quickly. */
function impatient(bench: ToolBench, afterMs = 200): ToolBench {
  const { services } = bench.context
  const sandbox: SandboxService = new Proxy(services.sandbox, {
    get: (service, name) =>
      name !== 'run'
        ? service[name as keyof SandboxService]
        : (request: Parameters<SandboxService['run']>[0], signal?: AbortSignal) =>
            service.run({ ...request, background: { afterMs } }, signal),
  })
  const context = { ...bench.context, services: { ...services, sandbox } }
  return { ...bench, context, run: (tool, input, over) => tool.run(input, { ...context, ...over }) }
}

test('a key that a shell writes in pieces is never shown in pieces', async () => {
  await using bench = await openSandboxBench()
  const pieces = ['ghp_9f2K7dQx', 'R4mWz8LpT6v', 'Bn3HsJ5cYa']
  const go = (name: string) => Bun.write(join(bench.context.workspace.root, name), '')
  const until = (name: string) => `until [ -e ${name} ]; do sleep 0.05; done`
  const command = `printf "the key ${pieces[0]}"; ${until('one')}; printf ${pieces[1]}; ${until('two')}; echo "${pieces[2]} end"`
  const said = [String((await impatient(bench).run(bash, { command })).content)]
  for (const name of ['one', 'two']) {
    await go(name)
    said.push(await bench.say(bashOutput, { id: 'sh_1', wait: 0.3 }))
  }
  said.push(await bench.say(bashOutput, { id: 'sh_1', wait: 20, from: 0 }))
  expect(said.at(-1)).toEndWith(`\nthe key ${pieces.join('')} end`)
  const shown = said
    .map((text) => text.slice(text.indexOf('\n')))
    .join('\n')
    .replaceAll(pieces.join(''), '')
  for (const piece of pieces) expect(shown).not.toContain(piece)
})
