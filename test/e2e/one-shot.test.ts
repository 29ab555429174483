import { describe, expect, test } from 'bun:test'
import type { RunResult } from '../../src/contract/event.ts'
import { call, openBench } from '../support/codi.ts'

describe('one shot', () => {
  test('prints the answer on stdout and nothing on stderr', async () => {
    await using bench = openBench()
    const ran = await bench.run(['say hello'], { mock: [{ content: 'Hello, *you*.' }] })
    expect(ran).toEqual({ stdout: 'Hello, *you*.\n', stderr: '', exitCode: 0 })
  })

  test('prints only the final answer into a pipe, not what was said on the way', async () => {
    await using bench = openBench({ 'a.txt': 'apple\n' })
    const ran = await bench.run(['what is in a.txt?'], {
      mock: [
        {
          content: 'Let me look.',
          toolCalls: [{ id: '1', name: 'read_file', input: { path: 'a.txt' } }],
        },
        { content: 'An apple.' },
      ],
    })
    expect(ran.stdout).toBe('An apple.\n')
    expect(JSON.stringify(bench.requests()[1])).toContain('apple')
  })

  test('adds piped input to the prompt', async () => {
    await using bench = openBench()
    await bench.run(['why?'], { stdin: 'boom at line 3\n', mock: [{ content: 'because' }] })
    expect(JSON.stringify(bench.requests()[0])).toContain(
      'why?\\n\\n<stdin>\\nboom at line 3\\n</stdin>',
    )
  })

  test('takes the prompt from stdin, with - and without arguments', async () => {
    for (const argv of [['-'], []]) {
      await using bench = openBench()
      const ran = await bench.run(argv, { stdin: 'the prompt', mock: [{ content: 'ok' }] })
      expect(ran.exitCode).toBe(0)
      expect(JSON.stringify(bench.requests()[0])).toContain('"the prompt"')
    }
  })

  test('does not wait for a stdin that delivers nothing', async () => {
    await using bench = openBench()
    const { child, ended } = bench.start(['hello'], { mock: [{ content: 'hi' }] })
    const ran = await ended
    child.stdin.end()
    expect(ran).toMatchObject({ stdout: 'hi\n', exitCode: 0 })
    expect(ran.stderr).toContain('left alone')
  })

  test('prints one object with -f json, with calls and usage', async () => {
    await using bench = openBench({ 'a.txt': 'apple\n' })
    const usage = { inputTokens: 10, outputTokens: 2 }
    const ran = await bench.run(['-f', 'json', 'read it'], {
      mock: [
        { ...call('read_file', { path: 'a.txt' }), usage },
        { content: 'done', usage },
      ],
    })
    const result = JSON.parse(ran.stdout) as RunResult
    expect(result).toMatchObject({
      schema: 'codi.result/1',
      ok: true,
      text: 'done',
      provider: 'mock',
      turns: 2,
      calls: [{ name: 'read_file', input: { path: 'a.txt' }, ok: true }],
      usage: { inputTokens: 20, outputTokens: 4 },
      stopReason: 'end',
      error: null,
      exitCode: 0,
    })
  })

  test('prints one event a line with -f jsonl, the result last', async () => {
    await using bench = openBench({ 'a.txt': 'apple\n' })
    const ran = await bench.run(['--output-format=jsonl', 'read it'], {
      mock: [call('read_file', { path: 'a.txt' }), { content: 'done' }],
    })
    const types = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect(types[0]).toBe('session')
    expect(types.at(-1)).toBe('result')
    for (const type of ['turn_start', 'text', 'call_start', 'call_end', 'turn_end'])
      expect(types).toContain(type)
  })

  test('writes the answer to a file as well', async () => {
    await using bench = openBench()
    const ran = await bench.run(['hi', '-o', 'answer.md'], { mock: [{ content: 'hello' }] })
    expect(ran.stdout).toBe('hello\n')
    expect(bench.text('answer.md')).toBe('hello\n')
  })

  test('ends quietly when its reader goes away', async () => {
    await using bench = openBench()
    const long = Array.from({ length: 20_000 }, (_, at) => `line ${at}`).join('\n')
    const ran = await bench.shell('codi go | head -1; echo "status $PIPESTATUS"', {
      mock: [{ content: long }],
    })
    expect(ran).toEqual({ stdout: 'line 0\nstatus 0\n', stderr: '', exitCode: 0 })
  })
})

describe('exit status', () => {
  test('2 for a wrong flag, with one line', async () => {
    await using bench = openBench()
    const ran = await bench.run(['--modl', 'x', 'hi'])
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
  })

  test('2 without any prompt', async () => {
    await using bench = openBench()
    expect(await bench.run([])).toMatchObject({ exitCode: 2, stdout: '' })
  })

  test('3 when a needed permission could not be asked for, and nothing was written', async () => {
    await using bench = openBench()
    const ran = await bench.run(['write it'], {
      mock: [call('write_file', { path: 'a.txt', content: 'x' }), { content: 'I could not.' }],
    })
    expect(ran).toMatchObject({ exitCode: 3, stdout: 'I could not.\n' })
    expect(ran.stderr).toContain('denied')
    expect(bench.exists('a.txt')).toBe(false)
  })

  test('0 with -y for the same, and the file is there', async () => {
    await using bench = openBench()
    const ran = await bench.run(['-y', 'write it'], {
      mock: [call('write_file', { path: 'a.txt', content: 'x\n' }), { content: 'Done.' }],
    })
    expect(ran).toMatchObject({ exitCode: 0 })
    expect(bench.text('a.txt')).toBe('x\n')
  })

  test('4 at the limit of turns', async () => {
    await using bench = openBench({ 'a.txt': 'x\n', 'b.txt': 'y\n' })
    const ran = await bench.run(['--max-turns', '1', 'go'], {
      mock: [call('read_file', { path: 'a.txt' }), call('read_file', { path: 'b.txt' })],
    })
    expect(ran.exitCode).toBe(4)
    expect(ran.stderr).toContain('--max-turns')
  })

  test('4 when the time is up', async () => {
    await using bench = openBench()
    const ran = await bench.run(['--timeout', '0.3', 'go'], {
      mock: [{ content: 'slow words '.repeat(200) }],
      mockConfig: { streamDelay: 50, streamChunkSize: 5 },
    })
    expect(ran.exitCode).toBe(4)
  })

  test('5 without a key, saying which variable to set', async () => {
    await using bench = openBench()
    const ran = await bench.run(['-p', 'anthropic', 'hi'])
    expect(ran.exitCode).toBe(5)
    expect(ran.stderr).toContain('ANTHROPIC_API_KEY')
  })

  test('6 when the host cannot be reached', async () => {
    await using bench = openBench()
    const ran = await bench.run([
      '--base-url',
      'http://127.0.0.1:9/v1',
      '-p',
      'openai-compatible',
      '-m',
      'm',
      'hi',
    ])
    expect(ran.exitCode).toBe(6)
    expect(ran.stderr).toContain('127.0.0.1:9')
  })

  test('130 when interrupted, and the session keeps what was said', async () => {
    await using bench = openBench()
    const { child, seen, ended } = bench.start(['-f', 'jsonl', 'go'], {
      mock: [{ content: 'slow words '.repeat(200) }],
      mockConfig: { streamDelay: 20, streamChunkSize: 11 },
    })
    child.stdin.end()
    const begun = await seen('"text"')
    child.kill('SIGINT')
    expect((await ended).exitCode).toBe(130)
    const shown = await bench.run(['sessions', 'show', JSON.parse(begun.split('\n')[0] ?? '').id])
    expect(shown.stdout).toContain('slow words')
  })
})

describe('sessions', () => {
  test('go on with --continue, and the model gets what came before', async () => {
    await using bench = openBench()
    await bench.run(['my name is Ada'], { mock: [{ content: 'Hello Ada' }] })
    await bench.run(['-c', 'who am I?'], { mock: [{ content: 'Ada' }] })
    const last = JSON.stringify(bench.requests().at(-1))
    expect(last).toContain('my name is Ada')
    expect(last).toContain('Hello Ada')
    const listed = await bench.run(['sessions', '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject([{ label: 'my name is Ada', messages: 4 }])
  })

  test('are not kept with --ephemeral', async () => {
    await using bench = openBench()
    await bench.run(['--ephemeral', 'secret'], { mock: [{ content: 'ok' }] })
    expect((await bench.run(['sessions', '--json'])).stdout).toBe('[]\n')
  })

  test('can be shown and deleted', async () => {
    await using bench = openBench()
    await bench.run(['first'], { mock: [{ content: 'answer one' }] })
    const [row] = JSON.parse((await bench.run(['sessions', '--json'])).stdout)
    expect((await bench.run(['sessions', 'show', row.id])).stdout).toContain(
      '> first\n\nanswer one',
    )
    expect((await bench.run(['sessions', 'delete', row.id])).exitCode).toBe(0)
    expect((await bench.run(['sessions', 'show', row.id])).exitCode).toBe(1)
  })

  test('survive kill -9 in the middle of a call', async () => {
    await using bench = openBench()
    const { child, seen, ended } = bench.start(['-y', '-f', 'jsonl', 'go'], {
      mock: [call('bash', { command: 'sleep 60' })],
    })
    child.stdin.end()
    await seen('call_start')
    child.kill('SIGKILL')
    await ended
    const ran = await bench.run(['-c', 'go on'], { mock: [{ content: 'went on' }] })
    expect(ran).toMatchObject({ stdout: 'went on\n', exitCode: 0 })
    expect(JSON.stringify(bench.requests().at(-1))).toContain(
      'codi ended before this call was answered',
    )
  })
})

describe('unhappy paths', () => {
  test('a directory that is not there', async () => {
    await using bench = openBench()
    expect(await bench.run(['-C', 'nowhere', 'hi'])).toMatchObject({ exitCode: 2 })
  })

  test('binary input', async () => {
    await using bench = openBench()
    const ran = await bench.run(['what is it?'], {
      stdin: new Uint8Array([1, 0, 2, 0]),
      mock: [{ content: 'x' }],
    })
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain('binary')
  })

  test('a home that cannot be written costs the memory of the conversation, not the answer', async () => {
    await using bench = openBench({ blocked: 'a file, not a directory' })
    const ran = await bench.run(['hi'], {
      mock: [{ content: 'x' }],
      env: { CODI_HOME: `${bench.root}/blocked/home` },
    })
    expect(ran).toMatchObject({ stdout: 'x\n', exitCode: 0 })
    expect(ran.stderr).toContain('blocked/home')
    expect(ran.stderr).toContain('not kept')
  })

  test('a broken project setting is a warning and the run goes on', async () => {
    await using bench = openBench({ '.codi/config.json': '{"modell": "x"}' })
    const ran = await bench.run(['hi'], { mock: [{ content: 'fine' }] })
    expect(ran).toMatchObject({ stdout: 'fine\n', exitCode: 0 })
    expect(ran.stderr).toContain('did you mean "model"?')
  })
})

describe('--output-schema', () => {
  const schema = JSON.stringify({
    type: 'object',
    properties: { count: { type: 'integer' } },
    required: ['count'],
    additionalProperties: false,
  })

  test('prints the JSON alone, and sends back what does not fit', async () => {
    await using bench = openBench({ 'schema.json': schema })
    const ran = await bench.run(['--output-schema', 'schema.json', 'how many?'], {
      mock: [{ content: 'Three.' }, { content: 'Here:\n```json\n{"count": 3}\n```' }],
    })
    expect(ran).toMatchObject({ stdout: '{"count": 3}\n', exitCode: 0 })
    expect(JSON.stringify(bench.requests()[1])).toContain('not JSON')
  })

  test('fails when the model cannot be brought to fit', async () => {
    await using bench = openBench({ 'schema.json': schema })
    const ran = await bench.run(['--output-schema', 'schema.json', 'how many?'], {
      mock: Array.from({ length: 5 }, () => ({ content: '{"count": "three"}' })),
    })
    expect(ran.exitCode).toBe(1)
    expect(ran.stderr).toContain('count')
    expect(bench.requests()).toHaveLength(3)
  })

  test('a schema that is not JSON is a usage error', async () => {
    await using bench = openBench({ 'schema.json': '{' })
    expect((await bench.run(['--output-schema', 'schema.json', 'x'])).exitCode).toBe(2)
  })
})

test('a session is named by what was asked, not by what was attached or by the words of a recipe', async () => {
  await using bench = openBench({ 'a.ts': 'export const a = 1\n' })
  await bench.run(['why', '--file', 'a.ts'], { mock: [{ content: 'ok' }] })
  await bench.run(['explain', 'a.ts'], { mock: [{ content: 'ok' }] })
  const rows = JSON.parse((await bench.run(['sessions', '--json'])).stdout)
  expect(rows.map((row: { label: string }) => row.label)).toEqual(['explain a.ts', 'why'])
})

test('instructions of a nested directory come with the first file that is read there, once', async () => {
  await using bench = openBench({
    'sub/AGENTS.md': 'Use tabs in here.',
    'sub/a.txt': 'a\n',
    'sub/b.txt': 'b\n',
  })
  const read = (path: string) => call('read_file', { path })
  await bench.run(['look'], { mock: [read('sub/a.txt'), read('sub/b.txt'), { content: 'done' }] })
  const times = bench
    .requests()
    .map((request) => JSON.stringify(request).split('Use tabs').length - 1)
  expect(times).toEqual([0, 1, 1])
})
