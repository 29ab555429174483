import { describe, expect, test } from 'bun:test'
import { linkSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../src/contract/event.ts'
import { openBench } from '../support/codi.ts'

describe('JSON for what fails before the run', () => {
  for (const { name, argv, exitCode, kind } of [
    { name: 'an unknown session', argv: ['-s', 'nope', 'hi'], exitCode: 1, kind: 'not_found' },
    { name: 'an unknown provider', argv: ['-p', 'nope', 'hi'], exitCode: 2, kind: 'usage' },
    { name: 'no prompt', argv: [], exitCode: 2, kind: 'usage' },
    { name: 'no directory', argv: ['-C', 'nope', 'hi'], exitCode: 2, kind: 'usage' },
    { name: 'no repository', argv: ['review'], exitCode: 2, kind: 'usage' },
    { name: 'no key', argv: ['-p', 'openai', 'hi'], exitCode: 5, kind: 'credentials' },
    {
      name: 'no address',
      argv: ['-p', 'openai', '--base-url', 'nope', 'hi'],
      exitCode: 2,
      kind: 'usage',
    },
  ]) {
    for (const format of ['json', 'jsonl']) {
      test(`${name}, -f ${format}`, async () => {
        await using bench = openBench()
        const ran = await bench.run(['-f', format, ...argv])
        const lines = ran.stdout.trim().split('\n')
        const result = JSON.parse(lines.at(-1) ?? '') as RunResult & { type?: string }
        expect(result).toMatchObject({ ok: false, error: { kind }, exitCode })
        expect(ran.exitCode).toBe(exitCode)
        if (format === 'json') expect(lines).toHaveLength(1)
        else expect(result.type).toBe('result')
      })
    }
  }
})

describe('a review with nothing to review', () => {
  test('is an empty report for programs', async () => {
    await using bench = openBench({ 'a.txt': 'a\n' })
    bench.git('init', '-q')
    bench.git('add', '.')
    bench.git('commit', '-qm', 'a')
    const json = await bench.run(['review', '-f', 'json'], { mock: [] })
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, findings: [], exitCode: 0 })
    const sarif = await bench.run(['review', '-f', 'sarif'], { mock: [] })
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0', runs: [{ results: [] }] })
    const lines = await bench.run(['review', '-f', 'jsonl'], { mock: [] })
    expect(JSON.parse(lines.stdout)).toMatchObject({ type: 'result', findings: [] })
  })
})

test('a review as jsonl ends in its result, with the findings', async () => {
  await using bench = openBench({ 'a.txt': 'a\n' })
  bench.git('init', '-q')
  const answer = JSON.stringify({ summary: 'fine', findings: [] })
  const ran = await bench.run(['review', '-f', 'jsonl'], { mock: [{ content: answer }] })
  const events = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events[0].type).toBe('session')
  expect(events.filter((event) => event.type === 'result')).toHaveLength(1)
  expect(events.at(-1)).toMatchObject({ type: 'result', summary: 'fine', findings: [] })
})

describe('Ctrl+C while a pipe that says no more is waited for', () => {
  const many = 'x'.repeat(1024 * 1024)
  for (const argv of [
    ['-'],
    ['why?'],
    ['tool', 'bash'],
    ['apply-patch'],
    ['debug', 'decode', '-p', 'openai'],
  ]) {
    test(`codi ${argv.join(' ')}`, async () => {
      await using bench = openBench()
      const { child, ended } = bench.start(argv, { stdin: many })
      // More than a pipe holds: once it has left, codi is reading.
      await child.stdin.flush()
      child.kill('SIGINT')
      expect(await ended).toEqual({ exitCode: 130, stdout: '', stderr: '' })
    })
  }

  test('codi search --batch', async () => {
    await using bench = openBench({ 'a.py': 'def needle():\n    return 1\n' })
    const { child, seen, ended } = bench.start(['search', '--batch'], {
      stdin: '{"id": 7, "query": "needle"}\n',
    })
    await seen('"id":7')
    child.kill('SIGINT')
    expect((await ended).exitCode).toBe(130)
  })
})

test('an interrupted tool is no failure of the tool', async () => {
  await using bench = openBench()
  Bun.spawnSync(['mkfifo', join(bench.root, 'on')])
  const { child, ended } = bench.start(['-y', 'tool', 'bash', '{"command":"echo > on; sleep 60"}'])
  await Bun.file(join(bench.root, 'on')).text()
  child.kill('SIGINT')
  expect((await ended).exitCode).toBe(130)
})

describe('-o', () => {
  test('a place that cannot be written is told before the model is asked', async () => {
    await using bench = openBench()
    for (const file of ['nope/answer.md', '.']) {
      const ran = await bench.run(['hi', '-o', file], { mock: [{ content: 'x' }] })
      expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    }
    expect(bench.requests()).toHaveLength(0)
  })

  test('a disk that fills up leaves the answer on stdout and fails the run', async () => {
    await using bench = openBench()
    const mock = [{ content: 'x' }]
    const ran = await bench.run(['hi', '-f', 'json', '-o', '/dev/full'], { mock })
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, text: 'x', error: { kind: 'io' } })
    expect(ran.exitCode).toBe(1)
  })

  test('a run that failed leaves an earlier answer alone', async () => {
    await using bench = openBench({ 'answer.md': 'earlier\n' })
    await bench.run(['hi', '-o', 'answer.md'], {
      mock: [{ error: { kind: 'bad_request', message: 'no' } }],
    })
    expect(bench.text('answer.md')).toBe('earlier\n')
  })
})

describe('output that cannot be written', () => {
  for (const argv of ['hi', '-f json hi', '--help', '--version']) {
    test(`codi ${argv} > /dev/full fails and says so`, async () => {
      await using bench = openBench()
      const line = `codi ${argv} > /dev/full; echo "status $?"`
      const ran = await bench.shell(line, { mock: [{ content: 'x' }] })
      expect(ran.stdout).toBe('status 1\n')
      expect(ran.stderr).toContain('The disk is full')
    })
  }
})

describe('arguments', () => {
  for (const [argv, words] of [
    [['--tools', 'reed_file', 'hi'], 'did you mean read_file?'],
    [['--max-turns', '1.5', 'hi'], 'whole number'],
    [['index', 'everything'], '"everything" is too much'],
    [['reveiw'], 'Did you mean review?'],
    [['sessions', 'delete', ''], 'empty'],
    [['search', 'x', '--path', '../..'], 'outside the workspace'],
    [['diagnostics', 'nope.ts'], 'nope.ts does not exist'],
  ] as const) {
    test(argv.join(' '), async () => {
      await using bench = openBench()
      const ran = await bench.run([...argv], { mock: [] })
      expect(ran.exitCode).toBeGreaterThan(0)
      expect(ran.stderr).toContain(words)
    })
  }

  test('tools may be named as other agents name them', async () => {
    await using bench = openBench()
    await bench.run(['--tools', 'Read,bash', 'hi'], { mock: [{ content: 'x' }] })
    expect(bench.requests()[0]?.tools).toEqual(expect.arrayContaining(['read_file', 'bash']))
  })

  test('a file may be a pipe of the shell', async () => {
    await using bench = openBench()
    const mock = [{ content: 'x' }]
    const ran = await bench.shell('codi --file <(echo substituted) hi', { mock })
    expect(ran.exitCode).toBe(0)
    expect(JSON.stringify(bench.requests()[0])).toContain('substituted')
  })

  test('a very long timeout does not end the run at once', async () => {
    await using bench = openBench()
    const ran = await bench.run(['--timeout', '3000000', 'hi'], {
      mock: [{ content: 'several words in a row' }],
      mockConfig: { streamDelay: 5, streamChunkSize: 4 },
    })
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'several words in a row\n', stderr: '' })
  })
})

describe('places that are not what they seem', () => {
  test('settings in a pipe or an endless device are left out', async () => {
    await using bench = openBench({ '.codi/x': '' })
    symlinkSync('/dev/zero', join(bench.root, '.codi/config.json'))
    const device = await bench.run(['hi'], { mock: [{ content: 'x' }] })
    expect(device).toMatchObject({ exitCode: 0, stdout: 'x\n' })
    expect(device.stderr).toContain('not a regular file')
    unlinkSync(join(bench.root, '.codi/config.json'))
    Bun.spawnSync(['mkfifo', join(bench.root, '.codi/config.json')])
    expect(await bench.run(['hi'], { mock: [{ content: 'x' }] })).toMatchObject({ exitCode: 0 })
  })

  test('a hard link to a file of git is asked for, even with -y', async () => {
    await using bench = openBench()
    bench.git('init', '-q')
    linkSync(join(bench.root, '.git/config'), join(bench.root, 'notes.txt'))
    const before = bench.text('.git/config')
    const input = { path: 'notes.txt', old_string: '[core]', new_string: '[core]\n\tpager = sh' }
    const ran = await bench.run(['-y', 'tool', 'edit_file', JSON.stringify(input)])
    expect(ran.exitCode).toBe(3)
    expect(ran.stderr).toContain('hard links')
    expect(bench.text('.git/config')).toBe(before)
  })

  test('JSON on a terminal holds nothing that the terminal would obey', async () => {
    await using bench = openBench()
    const mock = [{ content: 'a \u009b31m \u202e b' }]
    const ran = await bench.run(['-f', 'json', 'hi'], { mock })
    expect(ran.stdout).not.toMatch(/[\u0080-\u009f\u202e]/)
    expect(JSON.parse(ran.stdout).text).toBe('a \u009b31m \u202e b')
  })
})

test('an index that cannot be kept is made for the run, and said', async () => {
  await using bench = openBench({ 'a.py': 'def needle():\n    return 1\n' })
  mkdirSync(bench.home, { recursive: true })
  writeFileSync(join(bench.home, 'cache'), 'a file, not a directory')
  const ran = await bench.run(['search', 'needle'])
  expect(ran.stdout).toContain('a.py:1')
  expect(ran.exitCode).toBe(0)
})

test('the outputs that single tool calls leave behind are bounded', async () => {
  await using bench = openBench()
  const directory = join(bench.home, 'data/results/tool')
  mkdirSync(directory, { recursive: true })
  for (let number = 1; number <= 60; number++)
    writeFileSync(join(directory, `r${number}.bash.txt`), 'x')
  const ran = await bench.run(['-y', 'tool', 'bash', '{"command":"seq 1 20000"}'])
  expect(ran.stdout).toContain('recall_result {"id":"r61"}')
  expect(await Array.fromAsync(new Bun.Glob('*.txt').scan(directory))).toHaveLength(50)
})
