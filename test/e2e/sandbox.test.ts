/** `codi sandbox run|explain`, `--sandbox` and the sandbox of the bash tool, with the built executable. */
import { describe, expect, test } from 'bun:test'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, call, openBench } from '../support/codi.ts'
import { uniqueSeconds, untilRunning } from '../support/processes.ts'

interface Explained {
  backend: string
  holds: string
  guarantees: { name: string; held: boolean; note: string }[]
  tried: { backend: string; works: boolean; note: string }[]
  policy: { mode: string; writable: string[]; network: string; protected: string[] }
}

async function explained(bench: ReturnType<typeof openBench>, ...flags: string[]) {
  const { stdout } = await bench.run(['sandbox', 'explain', '--json', ...flags])
  return JSON.parse(stdout) as Explained
}

const probe = openBench()
const here = await explained(probe)
const hasSandbox = here.holds !== 'nothing'
await probe[Symbol.asyncDispose]()

describe.skipIf(!hasSandbox)('codi sandbox run', () => {
  test('passes stdin, stdout, stderr and the exit status', async () => {
    await using bench = openBench()
    const ran = await bench.run(['sandbox', 'run', '--', 'sh', '-c', 'cat; echo err >&2; exit 7'], {
      stdin: 'in\n',
    })
    expect({ ...ran, stderr: ran.stderr.replace(/^codi: .*\n/gm, '') }).toEqual({
      stdout: 'in\n',
      stderr: 'err\n',
      exitCode: 7,
    })
  })

  test('writes in the workspace and in what is named, not elsewhere', async () => {
    await using bench = openBench({ 'work/a': '', 'other/a': '' })
    const outside = mkdtempSync(join(process.cwd(), 'dist', 'sandbox-e2e-'))
    try {
      const script = `echo 1 > made; echo 2 > ${bench.root}/other/made; echo 3 > ${outside}/made`
      const run = ['sandbox', 'run', '--workspace', 'work', '--write', 'other', '--']
      const { exitCode, stderr } = await bench.run([...run, 'bash', '-c', script])
      expect(exitCode).toBe(1)
      expect(stderr).toContain(`${outside}/made`)
      expect([bench.text('work/made'), bench.text('other/made')]).toEqual(['1\n', '2\n'])
      expect(existsSync(join(outside, 'made'))).toBeFalse()
    } finally {
      rmSync(outside, { recursive: true })
    }
  })

  test('with --read-only writes nothing', async () => {
    await using bench = openBench({ a: 'text' })
    const run = ['sandbox', 'run', '--read-only', '--', 'sh', '-c', 'cat a; echo x > b']
    const { stdout, exitCode } = await bench.run(run)
    expect([stdout, exitCode === 0, bench.exists('b')]).toEqual(['text', false, false])
  })

  test('has the exit statuses of its kin', async () => {
    await using bench = openBench({ plain: 'text' })
    const status = async (...argv: string[]) =>
      (await bench.run(['sandbox', 'run', '--', ...argv])).exitCode
    expect(await status('no-such-program')).toBe(127)
    expect(await status('./plain')).toBe(126)
    expect(await status('sh', '-c', 'kill -TERM $$')).toBe(143)
  })

  test('wants -- before a program that has flags', async () => {
    await using bench = openBench()
    const { exitCode, stderr } = await bench.run(['sandbox', 'run', 'ls', '-p', 'x'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('codi sandbox run -- ls -p')
    expect((await bench.run(['sandbox', 'run'])).exitCode).toBe(2)
    expect((await bench.run(['sandbox', 'run', '--workspace', 'no', '--', 'true'])).exitCode).toBe(
      2,
    )
    expect((await bench.run(['sandbox', 'walk'])).exitCode).toBe(2)
  })

  test('passes a signal on, and the program’s own answer to it back', async () => {
    await using bench = openBench()
    const script = "trap 'echo got it; exit 9' TERM; echo up; while :; do sleep 0.05; done"
    const started = bench.start(['sandbox', 'run', '--', 'bash', '-c', script])
    await started.seen('up')
    started.child.kill('SIGTERM')
    await started.seen('got it')
    expect((await started.ended).exitCode).toBe(9)
  })

  // Without a helper nobody is left to do it.
  test.skipIf(!here.backend.startsWith('helper'))(
    'ends the program when codi is killed',
    async () => {
      await using bench = openBench()
      const seconds = uniqueSeconds()
      const started = bench.start(['sandbox', 'run', '--', 'sleep', seconds])
      await untilRunning(seconds, true)
      started.child.kill('SIGKILL')
      await started.ended
      await untilRunning(seconds, false)
    },
  )

  test('lends its terminal to a shell: input, size, job control and Ctrl+C', async () => {
    await using bench = openBench()
    const run = ['sandbox', 'run', '--', 'bash', '--norc', '--noprofile', '-i']
    const pty = bench.terminal(run, { env: { PS1: '$ ' } })
    await pty.waitFor('$')
    pty.type('test -t 0 && test -t 1 && echo "a $((40 + 2)) terminal"\r')
    await pty.waitFor('a 42 terminal')
    pty.type('sh -c \'echo "runs $((3 + 4))"; exec sleep 60\'\r')
    await pty.waitFor('runs 7')
    pty.type('\x03')
    pty.type('echo "after $((1 + 1))"\r')
    await pty.waitFor('after 2')
    pty.type('exit 5\r')
    expect(await pty.exited).toBe(5)
  })

  test('asks no model host and needs none', async () => {
    await using bench = openBench()
    const { exitCode, stdout } = await bench.run(
      ['-p', 'ollama', 'sandbox', 'run', '--', 'echo', 'here'],
      { env: { OLLAMA_HOST: 'http://127.0.0.1:9' } },
    )
    expect([exitCode, stdout]).toEqual([0, 'here\n'])
  })

  test('runs inside itself, as far as a sandbox in a sandbox can', async () => {
    await using bench = openBench()
    // The executable of a checkout below /tmp is not there inside, where /tmp is another one.
    copyFileSync(binary, join(bench.root, 'codi'))
    const inner = ['./codi', 'sandbox', 'run', '--', 'sh', '-c', 'echo inside > made && cat made']
    const { stdout, exitCode, stderr } = await bench.run(['sandbox', 'run', '--', ...inner])
    expect({ stdout, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({
      stdout: 'inside\n',
      exitCode: 0,
      stderr: '',
    })
  })

  test('works where neither settings nor cache can be used', async () => {
    await using bench = openBench()
    mkdirSync(bench.home, { recursive: true })
    writeFileSync(join(bench.home, 'cache'), 'a file, no directory')
    writeFileSync(join(bench.home, 'config'), 'a file, no directory')
    const { stdout, exitCode } = await bench.run(['sandbox', 'run', '--', 'echo', 'works'])
    expect([stdout, exitCode]).toEqual(['works\n', 0])
  })
})

describe('codi sandbox explain', () => {
  test('says what holds, what is open and what was tried', async () => {
    await using bench = openBench()
    const { stdout, exitCode } = await bench.run(['sandbox', 'explain'])
    expect(exitCode).toBe(0)
    for (const part of ['Sandbox: ', 'Promises', 'Writable', bench.root, 'Network', 'Tried'])
      expect(stdout).toContain(part)
  })

  test('as JSON gives state and policy', async () => {
    await using bench = openBench()
    const { policy, guarantees, tried } = await explained(bench)
    expect(policy).toMatchObject({ mode: 'workspace', writable: [bench.root], network: 'ask' })
    expect(policy.protected).toContain(join(bench.root, '.git'))
    expect(guarantees.length).toBeGreaterThan(8)
    expect(tried.filter(({ works }) => works)).toHaveLength(hasSandbox ? 1 : 0)
  })

  test('follows --sandbox and the settings', async () => {
    await using bench = openBench()
    expect((await explained(bench, '--sandbox', 'read-only')).policy.writable).toEqual([])
    const off = await explained(bench, '--sandbox', 'off')
    expect([off.backend, off.holds, off.policy.mode]).toEqual(['none', 'nothing', 'off'])
    const { stdout } = await bench.run(['sandbox', 'explain', '--sandbox', 'off'])
    expect(stdout).toStartWith('Sandbox: off')
    expect(stdout).not.toMatch(/private|Read-only|Cannot be read/)
  })
})

describe.skipIf(!hasSandbox)('a command of a model', () => {
  const bash = (command: string, rest = {}) => call('bash', { command, ...rest })

  test('hears what was refused, and has no secrets of the environment', async () => {
    await using bench = openBench()
    const mock = [
      bash('echo "key=$MY_API_KEY"; echo x > /var/tmp/../lib/codi-refused; true'),
      bash('touch /var/lib/codi-refused'),
      { content: 'done' },
    ]
    await bench.run(['-y', 'go'], { mock, env: { MY_API_KEY: 'not-for-commands' } })
    const asked = JSON.stringify(bench.requests())
    expect(asked).not.toContain('not-for-commands')
    expect(existsSync('/var/lib/codi-refused')).toBeFalse()
  })

  test('meets the server of a background shell', async () => {
    await using bench = openBench({
      'server.js':
        "require('http').createServer((q, r) => r.end('served')).listen(4321, () => console.log('up'))",
    })
    if (Bun.which('node') === null || here.backend !== 'helper') return
    const mock = [
      bash('node server.js', { background: true }),
      bash(
        'for i in $(seq 100); do curl -s localhost:4321 && break; sleep 0.05; done; echo " came back"',
      ),
      { content: 'done' },
    ]
    await bench.run(['-y', 'go'], { mock })
    expect(JSON.stringify(bench.requests().at(-1))).toContain('served came back')
  })

  test('leaves a hostile repository as it is: its .git and .codi stay closed', async () => {
    await using bench = openBench()
    bench.git('init', '-q')
    const before = readFileSync(join(bench.root, '.git', 'config'), 'utf8')
    const mock = [
      bash('echo "[core] fsmonitor=evil" >> .git/config'),
      bash('mkdir -p .codi && echo "{}" > .codi/config.json'),
      { content: 'done' },
    ]
    await bench.run(['-y', 'go'], { mock })
    expect(readFileSync(join(bench.root, '.git', 'config'), 'utf8')).toBe(before)
    expect(bench.exists('.codi')).toBeFalse()
  })
})

test('codi sandbox runs below a directory of its own that has a space', async () => {
  if (!hasSandbox) return
  await using bench = openBench({ 'a b/c': 'x' })
  const { stdout } = await bench.run(['-C', 'a b', 'sandbox', 'run', '--', 'sh', '-c', 'pwd; ls'])
  expect(stdout).toBe(`${bench.root}/a b\nc\n`)
  expect(stdout.startsWith(tmpdir()) || stdout.startsWith('/')).toBeTrue()
})
