/** The life of what the helper starts: its status, signals, limits, and that nothing outlives it, in every mode. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { closeSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { builtHelper, makePlace, type Place, whyNotMode } from './helper-run.ts'

const helper = builtHelper()
const path = 'path' in helper ? helper.path : ''

for (const mode of ['full', 'weak', 'keep']) {
  const missing = whyNotMode(mode)
  if (missing !== undefined) {
    test.skip(`Process life cannot be tried: ${missing}`, () => {})
    continue
  }
  describe(`In ${mode} mode`, () => {
    let place: Place
    beforeAll(() => {
      place = makePlace(path)
    })
    afterAll(() => place.clean())
    const flags = ['--mode', mode]

    /** Starts a shell text that prints a line when it is ready; `life` is our end of its pipe. */
    async function start(script: string, more: string[] = []) {
      const child = Bun.spawn(
        [path, ...place.usual, ...flags, '--life', '3', ...more, '--', 'sh', '-c', script],
        { stdio: ['ignore', 'pipe', 'inherit', 'pipe'], detached: true },
      )
      const reader = (child.stdout as ReadableStream<Uint8Array>).getReader()
      const { value } = await reader.read()
      expect(new TextDecoder().decode(value)).toContain('ready')
      const life = child.stdio[3]
      if (typeof life !== 'number') throw new Error('no life pipe')
      return {
        child,
        life,
        /** Resolves when nobody holds the output any more. */
        async silence() {
          let text = ''
          for (;;) {
            const { done, value: more } = await reader.read()
            if (done) return text
            text += new TextDecoder().decode(more)
          }
        },
      }
    }

    test('the exit status comes through, and output and input untouched', async () => {
      const run = await place.sh(flags, 'cat; echo err >&2; exit 7', { stdin: 'a\0b\n' })
      expect(run).toMatchObject({ exitCode: 7, stdout: 'a\0b\n', stderr: 'err\n' })
      expect(run.status.at(-1)).toEqual({ exit: 7 })
    })

    test('a death by signal is told as what it was, and as 128 + n', async () => {
      const run = await place.sh(flags, 'kill -KILL $$')
      expect(run.exitCode).toBe(137)
      expect(run.status.at(-1)).toEqual({ signal: 9 })
      expect((await place.sh(flags, 'exit 137')).status.at(-1)).toEqual({ exit: 137 })
    })

    test('a pipe that is closed early ends its writer quietly', async () => {
      const run = await place.sh(flags, 'yes | head -1; trap "" PIPE')
      expect(run).toMatchObject({ exitCode: 0, stdout: 'y\n', stderr: '' })
    })

    test('what is still writing when the command ends has a moment to finish', async () => {
      const run = await place.run(
        [...place.usual, ...flags],
        ['sh', '-c', '(sleep 0.05; echo late) & echo early'],
      )
      expect(run.stdout).toBe('early\nlate\n')
      expect(run.status.at(-1)).toEqual({ exit: 0 })
    })

    test('what stays is ended and counted', async () => {
      const run = await place.sh(
        [...flags, '--grace', '20'],
        'setsid sleep 1000 & sleep 1000 & echo done',
      )
      expect(run.stdout).toBe('done\n')
      expect(run.status.at(-1)).toEqual({ exit: 0, leftovers: 2 })
    })

    test('a daemon that left its group, session and parents, and ignores signals, ends with it', async () => {
      const daemon =
        "trap '' TERM HUP INT; (setsid sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' &) & echo ready"
      const run = await place.sh([...flags, '--grace', '20'], daemon)
      // The output is at its end: nobody holds it.
      expect(run.stdout).toBe('ready\n')
      expect(run.status.at(-1)).toMatchObject({ exit: 0 })
    })

    for (const how of ['the owner dies', 'SIGPWR']) {
      test(`everything ends when it comes to ${how}, although it ignores signals`, async () => {
        const script =
          "trap '' TERM HUP INT; (setsid sleep 1000 &) ; echo ready; while :; do sleep 1; done"
        const { child, life, silence } = await start(script)
        if (how === 'SIGPWR') process.kill(child.pid, constants.signals.SIGPWR)
        else closeSync(life)
        expect(await silence()).toBe('')
        expect(await child.exited).toBe(137)
      })
    }

    test('signals reach the command', async () => {
      const { child, silence } = await start(
        "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.02; done",
      )
      child.kill('SIGTERM')
      expect(await silence()).toBe('got\n')
      expect(await child.exited).toBe(5)
    })

    // Elsewhere nobody is left who could end it: SIGPWR is for that.
    const onlyFull = mode === 'full' ? test : () => {}
    onlyFull('everything ends when the helper is killed', async () => {
      const { child, silence } = await start('(setsid sleep 1000 &) ; echo ready; sleep 1000')
      child.kill('SIGKILL')
      expect(await silence()).toBe('')
    })

    test('descriptors of the caller stay with the caller', async () => {
      const run = Bun.spawnSync([
        'sh',
        '-c',
        `exec 9>"$1/leak"; exec "$2" --mode ${mode} --cwd / -- sh -c 'ls /proc/self/fd'`,
        '-',
        place.root,
        path,
      ])
      expect(`${run.stdout}`.trim().split('\n')).toEqual(['0', '1', '2', '3'])
    })

    test('a script that does not name its interpreter is run by the shell', async () => {
      const script = join(place.workspace, 'script')
      writeFileSync(script, 'echo "$1"', { mode: 0o755 })
      const run = await place.run([...place.usual, ...flags], [script, 'ran'])
      expect(run.stdout).toBe('ran\n')
    })

    test('limits hold: time, memory, size of files, no core', async () => {
      const spin = await place.sh([...flags, '--cpu', '1'], 'while :; do :; done')
      expect(spin.status.at(-1)).toEqual({ signal: constants.signals.SIGXCPU })
      const size = await place.sh(
        [...flags, '--file-size', '100000'],
        'dd if=/dev/zero of=big bs=1000 count=1000',
      )
      expect(size.stderr).toMatch(/File size limit|File too large/)
      const told = await place.sh([...flags, '--memory', '400000000'], 'ulimit -v; ulimit -c')
      expect(told.stdout).toStartWith(mode === 'keep' ? '390625\n' : '390625\n0\n')
    })

    test('a number of processes is held', async () => {
      const spawn = 'i=0; while [ $i -lt 600 ]; do sleep 5 & i=$((i+1)); done; echo all'
      const run = await place.sh([...flags, '--processes', '40', '--grace', '0'], spawn)
      const isRoot = process.getuid?.() === 0
      // Root is held by the numbers of its namespace, where the kernel has them apart.
      if (!isRoot || (mode === 'full' && hasOwnNumbers())) {
        expect(run.stdout).toBe('')
        expect(run.stderr).toMatch(/Cannot fork|Resource temporarily unavailable|fork/)
      } else expect(run.stdout).toBe('all\n')
    })
  })
}

/** Since Linux 6.14 each process namespace has its own highest number. */
function hasOwnNumbers(): boolean {
  const [major = 0, minor = 0] = readFileSync('/proc/sys/kernel/osrelease', 'utf8')
    .split('.')
    .map(Number)
  return major > 6 || (major === 6 && minor >= 14)
}

const noFull = whyNotMode('full') !== undefined

describe.skipIf(noFull || !Bun.which('script'))('At a terminal that it is lent', () => {
  const place = noFull ? undefined : makePlace(path)
  afterAll(() => place?.clean())

  /** Runs a shell text under a terminal of its own; `lines` go to its keyboard, each after a prompt `> `. */
  function atTerminal(script: string, keys = '') {
    const command = join(place?.root ?? '', 'command')
    writeFileSync(command, script)
    const run = Bun.spawnSync(['script', '-qec', `sh ${command}`, '/dev/null'], {
      stdin: Buffer.from(keys),
      env: {
        ...process.env,
        H: path,
        W: place?.workspace ?? '',
        T: join(place?.root ?? '', 'tmp'),
        SHELL: '/bin/sh',
      },
    })
    return { text: `${run.stdout}`.replaceAll('\r', ''), exitCode: run.exitCode }
  }
  const lent = '"$H" --mode full --write "$W" --tmp "$T" --cwd "$W" --no-new-session --'

  test('the command has it, and its name', () => {
    const { text, exitCode } = atTerminal(
      `${lent} sh -c 'test -t 0 && tty; echo for-tty > /dev/tty; echo x > /dev/stderr; exit 3'`,
    )
    expect(text).toContain('/dev/console')
    expect(text).toContain('for-tty')
    expect(text).toContain('x\n')
    expect(exitCode).toBe(3)
  })

  test('an interactive shell has job control', () => {
    if (!Bun.which('bash')) return
    const { text } = atTerminal(
      `${lent} bash --norc -i`,
      'echo $((6*7))\nsleep 100 &\njobs\nkill %1\nexit 9\n',
    )
    expect(text).toContain('42')
    expect(text).toMatch(/Running\s+sleep 100/)
    expect(text).not.toContain('no job control')
  })

  test('Ctrl+C reaches the command, and it decides', async () => {
    let text = ''
    const script = 'trap "echo interrupted; exit 4" INT; echo ready; while :; do sleep 0.02; done'
    const argv = [
      path,
      '--mode',
      'full',
      '--cwd',
      '/',
      '--no-new-session',
      '--',
      'sh',
      '-c',
      script,
    ]
    let isPressed = false
    const child = Bun.spawn(argv, {
      terminal: {
        data(terminal, data) {
          text += new TextDecoder().decode(data)
          if (isPressed || !text.includes('ready')) return
          isPressed = true
          terminal.write('\x03')
        },
      },
    })
    expect(await child.exited).toBe(4)
    expect(text).toContain('interrupted')
  })

  test('nothing can be typed for whoever reads it next', () => {
    const { text } = atTerminal(
      `${lent} python3 -c 'import fcntl; fcntl.ioctl(0, 0x5412, b"x")' 2>&1 | tail -1`,
    )
    if (Bun.which('python3')) expect(text).toContain('Operation not permitted')
  })
})

describe.skipIf(noFull)('A helper inside a helper', () => {
  const place = noFull ? undefined : makePlace(path)
  afterAll(() => place?.clean())
  const inner = (outer: string, mode: string) =>
    place?.sh(
      ['--mode', outer, '--visible', path],
      `"$H" --status 3 --mode ${mode} --write "$PWD" --cwd "$PWD" -- sh -c 'echo ran; touch made; touch /etc/no' 3>&1`,
      { env: { ...process.env, H: path } as Record<string, string> },
    )

  test('cannot make namespaces again, says so, and runs nothing', async () => {
    const run = await inner('full', 'full')
    expect(run?.exitCode).toBe(125)
    expect(run?.stdout).toBe('{"stage":"unshare","errno":1,"text":"Cannot make namespaces"}\n')
  })

  for (const [outer, mode] of [
    ['full', 'weak'],
    ['weak', 'weak'],
    ['full', 'keep'],
  ] as const) {
    test(`works as ${mode} in ${outer}`, async () => {
      const run = await inner(outer, mode)
      expect(run?.stdout).toContain('ran\n')
      expect(run?.stderr).toMatch(/Permission denied|Read-only file system/)
      expect(run?.exitCode).toBe(1)
    })
  }
})
