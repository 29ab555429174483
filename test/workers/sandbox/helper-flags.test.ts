/** The helper's command line, with input that nobody sane would give. */
import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { builtHelper, makePlace, whyNotMode } from './helper-run.ts'

const helper = builtHelper()

describe.skipIf('reason' in helper)('The helper, started', () => {
  const place = makePlace('path' in helper ? helper.path : '')
  afterAll(() => place.clean())

  const wrong: [string, string[], string[], string][] = [
    ['with an unknown flag', ['--frobnicate'], ['true'], 'Unknown flag: --frobnicate'],
    [
      'with a mode that is none',
      ['--mode', 'soft'],
      ['true'],
      '--mode is full, weak or keep: soft',
    ],
    ['with a network that is none', ['--net', 'some'], ['true'], '--net is off, on or proxy: some'],
    ['with a relative path', ['--write', 'src'], ['true'], 'A path must be absolute: src'],
    ['with an empty path', ['--write', ''], ['true'], 'A path must be absolute: --write'],
    [
      'with a path that is too long',
      ['--write', `/${'x'.repeat(4096)}`],
      ['true'],
      'A path is too long: --write',
    ],
    ['with a number that is none', ['--cpu', '5s'], ['true'], 'Not a number in range: --cpu'],
    ['with a negative number', ['--cpu', '-5'], ['true'], 'Not a number: --cpu'],
    [
      'with a number beyond all',
      ['--memory', '9'.repeat(40)],
      ['true'],
      'Not a number in range: --memory',
    ],
    ['with a port of 0', ['--proxy-port', '0'], ['true'], 'Not a number in range: --proxy-port'],
    ['with a closed descriptor', ['--life', '77'], ['true'], 'Not an open descriptor: --life'],
    ['with standard input as life', ['--life', '0'], ['true'], 'Not a number in range: --life'],
    ['without a program', [], [], 'No program is given after: --'],
    ['with a program without a name', [], [''], 'The program has no name: --'],
    [
      'with half a proxy',
      ['--net', 'proxy'],
      ['true'],
      '--net proxy needs both: --proxy-socket and --proxy-port',
    ],
    [
      'with a proxy in weak mode',
      ['--mode', 'weak', '--net', 'proxy'],
      ['true'],
      'Only --mode full can do: --net proxy',
    ],
  ]
  for (const [name, flags, argv, text] of wrong) {
    test(`${name}, refuses in one line and runs nothing`, async () => {
      const run = await place.run(flags, argv)
      expect(run).toEqual({
        exitCode: 125,
        stdout: '',
        stderr: '',
        status: [{ stage: 'usage', errno: 22, text }],
      })
    })
  }

  test('without a value after a flag, refuses', () => {
    const run = Bun.spawnSync(['path' in helper ? helper.path : '', '--mode'])
    expect(run.exitCode).toBe(125)
    expect(`${run.stderr}`).toBe(
      'codi sandbox: A value is missing after: --mode: Invalid argument\n',
    )
  })

  test('with thousands of flags, runs', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => [
      '--unreadable',
      `/nonexistent/${i}`,
    ]).flat()
    const run = await place.sh(['--mode', 'keep', ...many], 'echo ok')
    expect(run.stdout).toBe('ok\n')
  })

  test('with a directory that is not there, says which and runs nothing', async () => {
    const gone = join(place.root, 'gone\n"x"')
    const run = await place.run(['--mode', 'full', '--write', gone], ['echo', 'ran'])
    expect(run.exitCode).toBe(125)
    expect(run.stdout).toBe('')
    expect(run.status).toEqual([{ stage: 'write', errno: 2, text: `Cannot use ${gone}` }])
  })

  test('with a working directory that is not there, runs nothing', async () => {
    const run = await place.run(
      ['--mode', 'weak', '--cwd', join(place.root, 'gone')],
      ['echo', 'ran'],
    )
    expect(run.exitCode).toBe(125)
    expect(run.status[0]).toMatchObject({ stage: 'cwd', errno: 2 })
  })

  for (const mode of ['full', 'weak', 'keep']) {
    test.skipIf(whyNotMode(mode) !== undefined)(
      `in ${mode} mode answers 127 for a program that is not there, 126 for one that is none`,
      async () => {
        const missing = await place.run([...place.usual, '--mode', mode], ['codi-no-such-program'])
        expect(missing.exitCode).toBe(127)
        expect(missing.status.at(-1)).toEqual({
          stage: 'exec',
          errno: 2,
          text: 'Cannot run codi-no-such-program',
        })
        const none = await place.run([...place.usual, '--mode', mode], ['/etc/passwd'])
        expect(none.exitCode).toBe(126)
        expect(none.status.at(-1)).toMatchObject({ stage: 'exec', errno: 13 })
      },
    )
  }
})
