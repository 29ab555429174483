/** `codi try`, the choice `try` in a permission question and the `try` of the bash tool, with the built executable. */
import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ListedChange } from '../../src/contract/change-set.ts'
import { openFileCalls } from '../../workers/sandbox/tries/calls.ts'
import { binary, call, openBench } from '../support/codi.ts'
import { keys } from '../support/pty.ts'

const probe = openBench()
const explained = JSON.parse((await probe.run(['sandbox', 'explain', '--json'])).stdout) as {
  overlay: { works: boolean; note: string }
}
await probe[Symbol.asyncDispose]()
const skips = !explained.overlay.works
if (skips) console.log(`codi try: skipped, no overlays here: ${explained.overlay.note}`)

interface Shown {
  id: string | null
  exitCode: number
  state: string
  changes: ListedChange[]
  diff: string
}

describe.skipIf(skips)('codi try', () => {
  test('without an answer keeps what a command changes, and says how to go on', async () => {
    await using bench = openBench({ a: 'old\n' })
    const ran = await bench.run(['try', '--', 'sh', '-c', 'cat; echo new > a; exit 3'], {
      stdin: 'in',
    })
    expect([ran.stdout, ran.exitCode, bench.text('a')]).toEqual(['in', 3, 'old\n'])
    expect(ran.stderr).toContain(' M a  +1 -1\n')
    expect(ran.stderr).toContain(
      'kept as try_1: codi try show try_1, codi try apply try_1 [PATH …]',
    )
    expect((await bench.run(['try', 'list'])).stdout).toMatch(
      /^try_1 {2}cat; echo new > a; exit 3 {2}\(/,
    )
    expect((await bench.run(['try', 'show', '1', '--diff'])).stdout).toContain('-old\n+new\n')
    expect((await bench.run(['try', 'apply', '1'])).exitCode).toBe(0)
    expect(bench.text('a')).toBe('new\n')
    expect((await bench.run(['try', 'list'])).stderr).toContain('no tries are kept')
  })

  test('with --apply, -y or --discard answers beforehand', async () => {
    await using bench = openBench({ a: 'old' })
    expect((await bench.run(['try', '--discard', 'echo 1 > a'])).exitCode).toBe(0)
    expect(bench.text('a')).toBe('old')
    expect((await bench.run(['try', 'echo 1 > a; false', '--apply'])).exitCode).toBe(1)
    expect(bench.text('a')).toBe('1\n')
    expect((await bench.run(['try', '-y', '--', 'cp', 'a', 'b'])).exitCode).toBe(0)
    expect(bench.text('b')).toBe('1\n')
    expect((await bench.run(['try', 'list', '--json'])).stdout).toBe('[]\n')
  })

  test('what was applied is taken back by codi undo', async () => {
    await using bench = openBench({ a: 'old', 'd/x': 'x' })
    await bench.run(['try', '--apply', 'echo 1 > a; rm -r d; mkdir n; echo 2 > n/n'])
    expect([bench.text('a'), bench.exists('d/x'), bench.text('n/n')]).toEqual(['1\n', false, '2\n'])
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect([bench.text('a'), bench.text('d/x'), bench.exists('n')]).toEqual(['old', 'x', false])
  })

  test('with --json gives the change set, and the output of the command to stderr', async () => {
    await using bench = openBench({ a: 'one\n' })
    const ran = await bench.run([
      'try',
      '--json',
      '--',
      'sh',
      '-c',
      'echo said; echo two >> a; exit 4',
    ])
    expect([ran.exitCode, ran.stderr]).toEqual([4, 'said\n'])
    const shown = JSON.parse(ran.stdout) as Shown
    expect(shown).toMatchObject({ id: 'try_1', exitCode: 4, state: 'kept' })
    expect(shown.changes).toEqual([
      { path: 'a', kind: 'changed', binary: false, added: 1, removed: 0 },
    ])
    expect(shown.diff).toContain('+two\n')
    const long = await bench.run(['try', '--json', '--', 'seq', '1', '60000'])
    expect(long.stderr).toBe(Array.from({ length: 60_000 }, (_, at) => `${at + 1}\n`).join(''))
    expect(JSON.parse(long.stdout)).toMatchObject({ id: null, command: 'seq 1 60000' })
    const refused = await bench.run(['try', '--json', '--sandbox', 'read-only', '--', 'true'])
    expect([refused.exitCode, refused.stdout]).toEqual([125, ''])
    await bench.run(['try', 'discard', '--all'])
    expect((await bench.run(['try', 'list', '--all'])).stdout).toBe('')
  })

  test('refuses what a person changed meanwhile, exits with 1 and keeps it', async () => {
    await using bench = openBench({ a: 'old' })
    await bench.run(['try', 'echo 1 > a'])
    bench.write('a', 'mine')
    const ran = await bench.run(['try', 'apply', 'try_1'])
    expect(ran.exitCode).toBe(1)
    expect(ran.stderr).toMatch(
      /Nothing of try_1 was applied: .*\/a was changed since the command began/,
    )
    expect(bench.text('a')).toBe('mine')
  })

  test('where the sandbox allows no copy, says why and runs nothing', async () => {
    await using bench = openBench({ a: 'old' })
    const ran = await bench.run(['try', '--sandbox', 'read-only', '--apply', '--', 'touch', 'b'])
    expect(ran.exitCode).toBe(125)
    expect(ran.stderr).toContain(
      'Commands cannot be tried on a copy here: nothing is writable in this session',
    )
    expect(bench.exists('b')).toBeFalse()
  })

  test('has the exit statuses of its kin, and clear words for bad input', async () => {
    await using bench = openBench()
    expect((await bench.run(['try', '--', 'no-such-program'])).exitCode).toBe(127)
    expect((await bench.run(['try', '--', 'sh', '-c', 'kill -TERM $$'])).exitCode).toBe(143)
    for (const [argv, words] of [
      [['try'], 'codi try wants a command'],
      [['try', 'apply'], 'codi try apply wants an id'],
      [['try', 'apply', 'nine'], '"nine" is no try'],
      [['try', 'show', '9'], 'There is no try try_9 (none is kept)'],
      [['try', '--apply', '--discard', 'true'], 'contradict each other'],
      [['try', 'ls', '-l'], 'put -- before ls'],
    ] as const) {
      const ran = await bench.run([...argv])
      expect(ran.stderr).toContain(words)
      expect(ran.exitCode).toBeGreaterThan(0)
    }
  })

  test('at a terminal asks; Ctrl+C throws away', async () => {
    await using bench = openBench({ a: 'old' })
    const asked = bench.terminal(['try', 'echo 1 > a'])
    await asked.waitFor('Apply it?')
    expect(bench.text('a')).toBe('old')
    asked.type(keys.enter)
    expect(await asked.exited).toBe(0)
    expect(bench.text('a')).toBe('1\n')
    const stopped = bench.terminal(['try', 'echo 2 > a; echo ready; sleep 60'])
    await stopped.waitFor('ready')
    stopped.type(keys.ctrl('c'))
    expect(await stopped.exited).toBe(130)
    expect(bench.text('a')).toBe('1\n')
    expect((await bench.run(['try', 'list'])).stdout).toBe('')
  })

  const setpriv = Bun.which('setpriv')
  test.skipIf(process.geteuid?.() !== 0 || !setpriv)(
    'works for a plain user, whose files stay theirs',
    async () => {
      // The temp of a test run is closed to other users.
      const directory = mkdtempSync('/var/tmp/codi-try-user-')
      try {
        chmodSync(directory, 0o755)
        const codi = join(directory, 'codi')
        copyFileSync(binary, codi)
        chmodSync(codi, 0o755)
        mkdirSync(join(directory, 'own'))
        Bun.spawnSync(['chown', '65534:65534', join(directory, 'own')])
        const script = `mkdir work; cd work; echo old > a; mkdir d; echo x > d/x; chmod 555 d; echo 1 > r; chmod 444 r; '${codi}' try --apply -- sh -c 'echo new > a; chmod 755 d; rm d/x; echo y > d/y; chmod 555 d; mkdir -m 500 e; chmod 644 r; echo 2 > r; chmod 444 r; mkdir -p c/c; echo shut > c/c/f; chmod 0 c/c c'; echo "status $?"; stat -c '%n %a %u' a d d/y e r c; ls d; cat a r`
        const ran = Bun.spawnSync(
          [setpriv ?? '', '--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', script],
          {
            cwd: join(directory, 'own'),
            env: { PATH: process.env.PATH ?? '', HOME: join(directory, 'own'), LANG: 'C' },
          },
        )
        expect(ran.stdout.toString()).toBe(
          'status 0\na 644 65534\nd 555 65534\nd/y 644 65534\ne 500 65534\nr 444 65534\nc 0 65534\ny\nnew\n2\n',
        )
        const shut = join(directory, 'own/work/c/c')
        expect(statSync(shut).mode & 0o777).toBe(0)
        expect(readFileSync(join(shut, 'f'), 'utf8')).toBe('shut\n')
        // The kernel's mark of a copied file does not come along.
        expect(openFileCalls().attributes(Buffer.from(join(directory, 'own/work/r')))).toEqual([])
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    },
  )

  test.skipIf(!existsSync('/dev/shm'))(
    'applies by copy where the changes lie on another file system',
    async () => {
      const memory = mkdtempSync('/dev/shm/codi-try-')
      try {
        await using bench = openBench({ a: 'old', 'd/x': 'x', gone: 'g' })
        const env = { CODI_HOME: memory }
        const ran = await bench.run(
          [
            'try',
            '--apply',
            'echo new > a; touch -d 2001-02-03 a; rm gone; rm -r d; mkdir -p n/m; echo 1 > n/m/1; ln -s a l; chmod 700 n',
          ],
          { env },
        )
        expect(ran.exitCode).toBe(0)
        const listing = await bench.shell(
          'find . | sort; cat a n/m/1; stat -c %a n; stat -c %y a | cut -c1-4; readlink l',
        )
        expect(listing.stdout).toBe('.\n./a\n./l\n./n\n./n/m\n./n/m/1\nnew\n1\n700\n2001\na\n')
      } finally {
        rmSync(memory, { recursive: true, force: true })
      }
    },
  )
})

describe.skipIf(skips)('in a session', () => {
  const command = 'echo new > a && make -v > /dev/null; echo done'
  const mock = [call('bash', { command }), { content: 'The end.' }]

  test('t tries a command; its changes are shown, and y applies them', async () => {
    await using bench = openBench({ a: 'old\n' })
    const terminal = bench.terminal(['do it'], { mock })
    await terminal.waitFor('try on a copy')
    terminal.type('t')
    await terminal.waitFor(/apply what .* changed on the copy[\s\S]*\+new[\s\S]*Allow it\?/)
    expect(bench.text('a')).toBe('old\n')
    terminal.type('y')
    await terminal.waitFor('The end.')
    expect(await terminal.exited).toBe(0)
    expect(bench.text('a')).toBe('new\n')
    const told = JSON.stringify(bench.requests()[1])
    expect(told).toContain('had it run on a copy, saw what it changed, and applied it')
  })

  test('n throws them away, and the model reads that and why', async () => {
    await using bench = openBench({ a: 'old\n' })
    const terminal = bench.terminal(['do it'], { mock })
    await terminal.waitFor('try on a copy')
    terminal.type('t')
    await terminal.waitFor(/on the copy[\s\S]*Allow it\?/)
    terminal.type('n')
    await terminal.waitFor('Why not?')
    terminal.type(`not like this${keys.enter}`)
    await terminal.waitFor('The end.')
    await terminal.exited
    expect(bench.text('a')).toBe('old\n')
    const told = JSON.stringify(bench.requests()[1])
    expect(told).toMatch(/was thrown away, so no file is changed: .*not like this/)
  })

  test('the model tries without a question, reads the changes, and applies them as an edit', async () => {
    await using bench = openBench({ a: 'old\n' })
    const tried = (id: string) => [
      call('bash', { command, try: true }),
      call('bash', { command: `codi try apply ${id}` }),
      { content: 'The end.' },
    ]
    const asked = await bench.run(['do it'], { mock: tried('try_1') })
    // Nobody is here to allow the write: it is tried, and not applied.
    expect([asked.exitCode, bench.text('a')]).toEqual([3, 'old\n'])
    const requests = bench.requests().map((row) => JSON.stringify(row))
    expect(requests[1]).toContain('tried on a copy as try_1, nothing is changed yet')
    expect(requests[1]).toContain('M a +1 -1')
    expect((await bench.run(['try', 'discard', '1'])).exitCode).toBe(0)
    expect((await bench.run(['--mode', 'edit', 'do it'], { mock: tried('try_2') })).exitCode).toBe(
      0,
    )
    expect(bench.text('a')).toBe('new\n')
  })

  test('the model throws away its own tries, in parts of any name, and nobody else’s', async () => {
    await using bench = openBench({ a: 'old\n' })
    await bench.run(['try', 'echo mine > a'])
    const orders = ["apply try_2 'b c'", 'discard try_2', 'discard try_1']
    const mock = [
      call('bash', { command: "echo 1 > 'b c'; echo 2 > d", try: true }),
      ...orders.map((order) => call('bash', { command: `codi try ${order}` })),
      { content: 'The end.' },
    ]
    expect((await bench.run(['--mode', 'edit', 'do it'], { mock })).exitCode).toBe(0)
    expect([bench.text('b c'), bench.exists('d')]).toEqual(['1\n', false])
    expect(JSON.stringify(bench.requests().at(-1))).toContain('only the user may throw it away')
    expect((await bench.run(['try', 'list'])).stdout).toMatch(/^try_1 .*\n$/)
  })
})
