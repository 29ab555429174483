import { describe, expect, test } from 'bun:test'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Bench, call, openBench } from '../support/codi.ts'
import { makeSecret } from '../support/secret-samples.ts'

const token = makeSecret('ghp_{A36}')
const variable = makeSecret('{A24}', 5)
const settings = `name = app\ntoken = ${token}\nport = 80\n`

/** Everything codi keeps, as one text. */
function kept(bench: Bench): string {
  const texts: string[] = []
  for (const name of readdirSync(bench.home, { recursive: true, encoding: 'utf8' })) {
    const path = join(bench.home, name)
    if (statSync(path).isFile()) texts.push(readFileSync(path, 'latin1'))
  }
  return texts.join('\n')
}

describe('A secret in a file', () => {
  test('reaches neither the model, nor the events, nor anything that is kept', async () => {
    await using bench = openBench({ 'app.conf': settings })
    const ran = await bench.run(['-f', 'jsonl', '-y', 'look'], {
      mock: [
        call('read_file', { path: 'app.conf' }),
        call('grep', { pattern: 'token' }),
        call('bash', { command: 'cat app.conf; cat app.conf >&2' }),
        { content: 'done' },
      ],
    })
    expect(ran.exitCode).toBe(0)
    const requests = JSON.stringify(bench.requests())
    expect(requests.split('[masked: GitHub token]').length).toBeGreaterThanOrEqual(4)
    expect(requests).toContain('port = 80')
    for (const text of [requests, ran.stdout, ran.stderr, kept(bench)])
      expect(text).not.toContain(token)
  })

  test('is masked where its output streams in pieces', async () => {
    await using bench = openBench()
    const halves = `printf '${token.slice(0, 12)}'; sleep 0.3; printf '${token.slice(12)}\\n'`
    const ran = await bench.run(['-f', 'jsonl', '-y', 'look'], {
      mock: [call('bash', { command: `${halves}` }), { content: 'done' }],
    })
    const output = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((event) => event.type === 'call_output')
      .map((event) => event.text)
      .join('')
    expect(output).toBe('[masked: GitHub token]\n')
  })

  test('is masked in the whole output that recall_result pages', async () => {
    await using bench = openBench({ 'big.txt': `${'a line of text\n'.repeat(9000)}${settings}` })
    await bench.run(['-y', 'look'], {
      mock: [
        call('bash', { command: 'cat big.txt' }),
        call('recall_result', { id: 'r1', pattern: 'token' }),
        { content: 'done' },
      ],
    })
    expect(JSON.stringify(bench.requests()[2])).toContain('[masked: GitHub token]')
    expect(kept(bench)).not.toContain(token)
  })

  test('is masked by codi tool, in text and JSON, unless the person wants it otherwise', async () => {
    await using bench = openBench({ 'app.conf': settings })
    const argv = ['tool', 'grep', '{"pattern":"token"}']
    for (const more of [[], ['--json']]) {
      const ran = await bench.run([...argv, ...more])
      expect(ran.stdout).toContain('[masked: GitHub token]')
      expect(ran.stdout).not.toContain(token)
    }
    const open = await bench.run(argv, { env: { CODI_MASK_SECRETS: 'false' } })
    expect(open.stdout).toContain(token)
  })

  test('is masked in instructions, and debug prompt shows them so', async () => {
    await using bench = openBench({ 'AGENTS.md': `Use the token ${token}.\n` })
    const ran = await bench.run(['debug', 'prompt', 'hello'], { mock: [] })
    expect(ran.stdout).toContain('Use the token [masked: GitHub token].')
  })

  test('is masked in the diff that a model reviews, and still found by the built-in engine', async () => {
    await using bench = openBench({ 'a.ts': 'const a = 1\n' })
    bench.git('init', '-q')
    bench.git('add', '.')
    bench.git('commit', '-q', '-m', 'first')
    bench.write('a.ts', `const a = 1\nconst token = '${token}'\n`)
    await bench.run(['review'], { mock: [{ content: '{"summary":"fine","findings":[]}' }] })
    expect(JSON.stringify(bench.requests()[0])).toContain("const token = '[masked: GitHub token]'")
    const builtin = await bench.run(['review', '-p', 'builtin'])
    expect(builtin.stdout).toContain('GitHub token in the change')
    expect(builtin.stdout).not.toContain(token)
  })

  test('cannot be unmasked by the settings of a repository', async () => {
    await using bench = openBench({ 'app.conf': settings, '.codi.json': '{"maskSecrets": false}' })
    const ran = await bench.run(['tool', 'grep', '{"pattern":"token"}'])
    expect(ran.stdout).not.toContain(token)
    expect(ran.stderr).toContain('"maskSecrets" is only read from your own settings')
  })

  test('of a form of their own is masked by patterns, of the person and of the repository', async () => {
    await using bench = openBench({
      'a.txt': 'ACME-123456 and DUCK_abc\n',
      '.codi.json': '{"secretPatterns": ["ACME-\\\\d{6}", "(a+)+$"]}',
      '.codi.local.json': '{"secretPatterns": ["DUCK_\\\\w+"]}',
    })
    const ran = await bench.run(['tool', 'grep', '{"pattern":"and"}'])
    expect(ran.stdout).toContain(
      '[masked: secret of secretPatterns] and [masked: secret of secretPatterns]',
    )
    expect(ran.stderr).toContain('the secret pattern "(a+)+$" is not used')
  })
})

describe('A secret in the environment', () => {
  test('is masked by its value, as it stands and as base64', async () => {
    await using bench = openBench({
      'a.txt': `it is ${variable}\n${Buffer.from(`x${variable}`).toString('base64')}\n`,
    })
    const ran = await bench.run(['tool', 'read_file', '{"path":"a.txt"}'], {
      env: { MY_SERVICE_TOKEN: variable },
    })
    expect(ran.stdout).toContain('it is [masked: value of MY_SERVICE_TOKEN]')
    expect(ran.stdout.match(/value of MY_SERVICE_TOKEN/g)).toHaveLength(2)
  })

  test('is masked in an error that quotes it', async () => {
    await using bench = openBench()
    const ran = await bench.run(['-f', 'json', 'hello'], {
      env: { MY_SERVICE_TOKEN: variable },
      mock: [{ error: `the host said: bad key ${variable}` }],
    })
    expect(ran.stdout + ran.stderr).not.toContain(variable)
    const missing = await bench.run(['-C', `/nowhere/${token}`, 'hello'])
    expect(missing.stderr).toContain('[masked: GitHub token]')
  })
})

describe('A mark', () => {
  const mark = '[masked: GitHub token]'
  const attempts: Record<string, [string, object]> = {
    'write_file would put in place of a secret': [
      'write_file',
      { path: 'app.conf', content: `token = ${mark}\n` },
    ],
    'edit_file would write': [
      'edit_file',
      { path: 'app.conf', old_string: 'port = 80', new_string: `x = ${mark}` },
    ],
    'edit_file looks for': [
      'edit_file',
      { path: 'app.conf', old_string: `token = ${mark}`, new_string: 'x' },
    ],
    'insert_line would write': [
      'insert_line',
      { path: 'app.conf', line: 1, content: `token = ${mark}` },
    ],
    'apply_patch would write': [
      'apply_patch',
      {
        patch: `*** Begin Patch\n*** Update File: app.conf\n@@\n-port = 80\n+port = ${mark}\n*** End Patch`,
      },
    ],
    'a command would write': ['bash', { command: `echo 'token = ${mark}' > app.conf` }],
  }
  for (const [what, [name, input]] of Object.entries(attempts)) {
    test(`that ${what} is refused with the reason`, async () => {
      await using bench = openBench({ 'app.conf': settings })
      const ran = await bench.run(['tool', name, JSON.stringify(input), '-y'])
      expect(ran.exitCode).toBe(1)
      expect(ran.stderr).toContain('which stands for a secret that you were not shown')
      expect(bench.text('app.conf')).toBe(settings)
    })
  }

  test('that truly stands in a file is text like any other, and lines beside a secret can be edited', async () => {
    await using bench = openBench({ 'app.conf': settings, 'doc.md': `It prints ${mark}.\n` })
    const edits = [
      { path: 'doc.md', old_string: `prints ${mark}`, new_string: `shows ${mark}` },
      { path: 'app.conf', old_string: 'port = 80', new_string: 'port = 81' },
    ]
    for (const edit of edits)
      expect((await bench.run(['tool', 'edit_file', JSON.stringify(edit), '-y'])).exitCode).toBe(0)
    expect(bench.text('doc.md')).toBe(`It shows ${mark}.\n`)
    expect(bench.text('app.conf')).toBe(settings.replace('80', '81'))
  })
})

describe('The history of the REPL', () => {
  test('does not keep a line with a secret', async () => {
    await using bench = openBench()
    const pty = bench.terminal([], { mock: [{ content: 'noted' }, { content: 'fine' }] })
    await pty.waitFor('◆  mock')
    pty.type(`use ${token}\r`)
    await pty.waitFor('noted')
    pty.type('plain words\r')
    await pty.waitFor('fine')
    pty.type('\x04')
    await pty.exited
    await pty.close()
    const history = readFileSync(join(bench.home, 'data/history.jsonl'), 'utf8')
    expect(history).toContain('plain words')
    expect(history).not.toContain(token)
  })
})

describe('An audit log', () => {
  const logOf = (bench: Bench) => {
    const directory = join(bench.home, 'data/audit')
    const name = readdirSync(directory)[0] ?? ''
    return join(directory, name)
  }

  test('records what happened, masked, and verifies until a line is touched', async () => {
    await using bench = openBench({ 'app.conf': settings })
    const ran = await bench.run(['--audit', `prompt with ${token}`], {
      mock: [
        call('read_file', { path: 'app.conf' }),
        call('bash', { command: 'rm -rf build' }),
        { content: 'done', usage: { inputTokens: 5, outputTokens: 2 } },
      ],
    })
    expect(ran.stdout).toBe('done\n')
    const log = logOf(bench)
    const text = readFileSync(log, 'utf8')
    expect(text).not.toContain(token)
    const records = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const types = new Set(records.map((record) => record.type))
    for (const type of [
      'session_start',
      'user_input',
      'request',
      'response',
      'call',
      'permission',
      'result',
      'run_end',
      'session_end',
    ])
      expect(types).toContain(type)
    expect(records.find(({ type }) => type === 'permission')).toMatchObject({
      tool: 'bash',
      command: 'rm -rf build',
      allow: false,
    })
    const intact = await bench.run(['audit', 'verify'])
    expect(intact).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('intact') })
    expect((await bench.run(['audit', 'list', '--json'])).stdout).toContain(
      records[0].session ?? '.jsonl',
    )
    appendFileSync(log, `${JSON.stringify({ seq: 99, type: 'notice' })}\n`)
    const tampered = await bench.run(['audit', 'verify', '--json'])
    expect(tampered.exitCode).toBe(1)
    expect(JSON.parse(tampered.stdout)[0]).toMatchObject({
      intact: false,
      problems: [{ line: records.length + 1 }],
    })
    expect((await bench.run(['audit', 'verify', 'no-such'])).stderr).toContain(
      'There is no audit log "no-such"',
    )
  })

  test('that cannot be written stops the run before anything is done', async () => {
    await using bench = openBench({ 'home-is-here': '' })
    await bench.run(['--audit', 'first'], { mock: [{ content: 'one' }] })
    const ran = await bench.run(['--audit', '-y', 'again'], {
      mock: [call('bash', { command: 'touch made' }), { content: 'two' }],
      env: { CODI_HOME: '/proc/nowhere' },
    })
    expect(ran.exitCode).toBe(1)
    expect(ran.stderr).toContain('Cannot write the audit log')
    expect(existsSync(join(bench.root, 'made'))).toBe(false)
  })

  test('has what a person has codi take back, put back and remember, before it is done', async () => {
    await using bench = openBench({ 'app.conf': settings })
    await bench.run(['-y', 'change it'], {
      mock: [call('write_file', { path: 'new.txt', content: 'new' }), { content: 'done' }],
    })
    const about = [['undo'], ['redo'], ['memory', 'add', '--user', 'tests run with make']]
    for (const words of about) await bench.run(['--audit', '-y', ...words])
    const directory = join(bench.home, 'data/audit')
    const acts = readdirSync(directory).flatMap((name) =>
      readFileSync(join(directory, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ type }) => type === 'act'),
    )
    const path = join(bench.root, 'new.txt')
    expect(acts).toContainEqual(expect.objectContaining({ act: 'undo', files: 1, paths: [path] }))
    expect(acts).toContainEqual(expect.objectContaining({ act: 'redo', files: 1, paths: [path] }))
    expect(acts).toContainEqual(
      expect.objectContaining({ act: 'memory_add', text: 'tests run with make' }),
    )
    expect((await bench.run(['audit', 'verify'])).exitCode).toBe(0)
    rmSync(directory, { recursive: true })
    writeFileSync(directory, 'no directory')
    const refused = await bench.run(['--audit', '-y', 'undo'])
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.stderr).toContain('Cannot write the audit log')
    expect(bench.text('new.txt')).toBe('new')
  })

  test('is not written by the wish of a repository', async () => {
    await using bench = openBench({ '.codi.json': '{"audit": true}' })
    await bench.run(['hello'], { mock: [{ content: 'hi' }] })
    expect(existsSync(join(bench.home, 'data/audit'))).toBe(false)
  })
})
