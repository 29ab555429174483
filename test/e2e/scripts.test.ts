import { describe, expect, test } from 'bun:test'
import { openBench } from '../support/codi.ts'

const addFile = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n'

describe('codi tool', () => {
  test('runs one tool with arguments as a word or on stdin', async () => {
    await using bench = openBench({ 'src/a.ts': 'const answer = 42\n' })
    for (const [argv, stdin] of [
      [['tool', 'grep', '{"pattern":"answer"}'], ''],
      [['tool', 'grep'], '{"pattern":"answer"}'],
    ] as const) {
      const ran = await bench.run([...argv], { stdin })
      expect(ran.exitCode).toBe(0)
      expect(ran.stdout).toContain('src/a.ts')
    }
  })

  test('lists every tool with its schema', async () => {
    await using bench = openBench()
    const specs = JSON.parse((await bench.run(['tool', '--list', '--json'])).stdout)
    const names = specs.map((spec: { name: string }) => spec.name)
    for (const name of ['read_file', 'edit_file', 'apply_patch', 'bash', 'search_codebase'])
      expect(names).toContain(name)
    expect(specs[0].parameters.type).toBe('object')
  })

  test('does not write without leave, and does with -y', async () => {
    await using bench = openBench()
    const write = ['tool', 'write_file', '{"path":"a.txt","content":"x\\n"}']
    expect((await bench.run(write)).exitCode).toBe(3)
    expect(bench.exists('a.txt')).toBe(false)
    expect((await bench.run(['-y', ...write])).exitCode).toBe(0)
    expect(bench.text('a.txt')).toBe('x\n')
  })

  test('fails with what to do when the tool, the JSON or the path is wrong', async () => {
    await using bench = openBench()
    expect((await bench.run(['tool', 'read_fil', '{"path":"a"}'])).stderr).toContain(
      'There is no file a',
    )
    expect(await bench.run(['tool', 'grep', '{pattern}'])).toMatchObject({ exitCode: 2 })
    const outside = await bench.run(['tool', 'read_file', '{"path":"../../etc/passwd"}'])
    expect(outside).toMatchObject({ exitCode: 1, stdout: '' })
    const missing = await bench.run(['tool', '--json', 'read_file', '{"path":"nope.txt"}'])
    expect(JSON.parse(missing.stdout)).toMatchObject({ ok: false, name: 'read_file' })
  })
})

describe('codi apply-patch', () => {
  test('applies a patch from its argument and from stdin', async () => {
    await using bench = openBench()
    expect((await bench.run(['apply-patch', addFile])).exitCode).toBe(0)
    expect(bench.text('new.txt')).toBe('hello\n')
    const update = '*** Begin Patch\n*** Update File: new.txt\n-hello\n+bye\n*** End Patch\n'
    expect((await bench.run(['apply-patch'], { stdin: update })).exitCode).toBe(0)
    expect(bench.text('new.txt')).toBe('bye\n')
  })

  test('changes nothing when one part does not fit', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const patch =
      '*** Begin Patch\n*** Add File: b.txt\n+b\n*** Update File: a.txt\n-two\n+three\n*** End Patch\n'
    expect(await bench.run(['apply-patch', patch])).toMatchObject({ exitCode: 1, stdout: '' })
    expect(bench.exists('b.txt')).toBe(false)
    expect(bench.text('a.txt')).toBe('one\n')
  })
})

describe('codi debug', () => {
  test('prints exactly what would be sent', async () => {
    await using bench = openBench({ 'AGENTS.md': 'Use tabs.' })
    const request = JSON.parse(
      (await bench.run(['debug', 'prompt', 'hello there'], { mock: [] })).stdout,
    )
    expect(JSON.stringify(request.messages)).toContain('hello there')
    expect(request.system[0].text).toContain('Use tabs.')
    expect(bench.requests()).toHaveLength(0)
  })

  test('the first request is small: prompt and every tool in at most 16 KB', async () => {
    await using bench = openBench()
    const ran = await bench.run(['debug', 'prompt', '--json', 'hello'], { mock: [] })
    expect(ran.stdout.length).toBeLessThan(16 * 1024)
  })

  test('decodes a recorded response', async () => {
    await using bench = openBench()
    const body =
      'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n' +
      'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"bash","arguments":"{\\"command\\":\\"ls\\"}"}}]}}]}\n\n' +
      'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
    const ran = await bench.run(['debug', 'decode', '--provider', 'openrouter'], { stdin: body })
    expect(JSON.parse(ran.stdout)).toMatchObject({
      text: 'Hi',
      calls: [{ name: 'bash', input: { command: 'ls' } }],
      stop: 'calls',
      error: null,
    })
  })
})

describe('completion and help', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    test(`the ${shell} script is printed, and ${shell} can read it where it is installed`, async () => {
      await using bench = openBench()
      const { stdout, exitCode } = await bench.run(['completion', shell])
      expect(exitCode).toBe(0)
      if (!Bun.which(shell)) return
      bench.write('script', stdout)
      expect(Bun.spawnSync([shell, '-n', `${bench.root}/script`]).exitCode).toBe(0)
    })
  }

  test('bash completes a command and a choice', async () => {
    await using bench = openBench()
    const ran = await bench.shell(
      'source <(codi completion bash); COMP_WORDS=(codi sea); COMP_CWORD=1; _codi; echo $COMPREPLY; COMP_WORDS=(codi --mode pl); COMP_CWORD=2; _codi; echo $COMPREPLY',
    )
    expect(ran.stdout).toBe('search\nplan\n')
  })

  test('help of a command names its own flags', async () => {
    await using bench = openBench()
    expect((await bench.run(['review', '--help'])).stdout).toContain('--fail-on')
    expect((await bench.run(['--help'])).stdout).toContain('Exit status')
  })
})

test('config tells every value and where it comes from', async () => {
  await using bench = openBench({ '.codi/config.json': '{"effort": "high"}' })
  const rows = JSON.parse((await bench.run(['config', '--json'])).stdout)
  expect(rows).toContainEqual(expect.objectContaining({ key: 'effort', value: 'high' }))
  expect(rows.find((row: { key: string }) => row.key === 'effort').source).toContain(
    '.codi/config.json',
  )
})
