/** `codi policy` as a person and a script use it, and rules that decide in a run. Real executable, real files. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'
import { type Bench, call, openBench } from '../support/codi.ts'
import { keys } from '../support/pty.ts'

const rulesFile = (bench: Bench) => join(bench.home, 'config', 'rules.json')

function writeRules(bench: Bench, text: string): void {
  mkdirSync(join(bench.home, 'config'), { recursive: true })
  writeFileSync(rulesFile(bench), text)
}

async function json(bench: Bench, ...argv: string[]): Promise<JsonObject & JsonObject[]> {
  const ran = await bench.run(['policy', ...argv])
  if (ran.stdout === '') throw new Error(ran.stderr)
  return JSON.parse(ran.stdout)
}

describe('check', () => {
  test('prints the verdict as one JSON object and exits 0 whatever it is', async () => {
    await using bench = openBench()
    for (const [text, decision, dangerous] of [
      ['git status', 'allow', false],
      ['make', 'ask', false],
      ['git push --force', 'ask', true],
      ['rm -rf /', 'deny', true],
    ] as const) {
      const ran = await bench.run(['policy', 'check', '--json', '--', text])
      expect(ran.exitCode).toBe(0)
      const verdict = JSON.parse(ran.stdout)
      expect(verdict).toMatchObject({ decision, dangerous })
      for (const key of ['risk', 'reason', 'rule', 'commands', 'redirects', 'remember'])
        expect(verdict).toHaveProperty(key)
    }
  })

  test('with a mode says what the gate would do in it', async () => {
    await using bench = openBench()
    for (const [mode, decision] of [
      ['plan', 'deny'],
      ['ask', 'ask'],
      ['auto', 'allow'],
    ])
      expect(
        await json(bench, 'check', '--json', '--mode', mode as string, '--', 'make'),
      ).toMatchObject({ decision, mode })
  })

  test('by the rules of a file; a failing example is an error with its line', async () => {
    await using bench = openBench({
      'good.json':
        '{ "rules": [ { "prefix": ["make"], "decision": "allow", "match": ["make all"] } ] }',
      'bad.json':
        '{\n  "rules": [\n    { "prefix": ["make"], "decision": "allow", "match": ["cmake ."] }\n  ]\n}',
    })
    expect(
      await json(bench, 'check', '--json', '--rules', 'good.json', '--', 'make'),
    ).toMatchObject({ decision: 'allow', rule: 'make' })
    const bad = await bench.run(['policy', 'check', '--json', '--rules', 'bad.json', '--', 'make'])
    expect(bad.exitCode).toBe(1)
    expect(JSON.parse(bad.stdout)).toMatchObject({ decision: 'ask' })
    expect(bad.stderr).toContain('bad.json:3: the example "cmake ."')
    const missing = await bench.run(['policy', 'check', '--rules', 'none.json', '--', 'make'])
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('none.json') })
  })

  test('a prompt that names no command is an error of use', async () => {
    await using bench = openBench()
    expect((await bench.run(['policy', 'check'])).exitCode).toBe(2)
    expect((await bench.run(['policy', 'chek', 'ls'])).exitCode).toBe(2)
  })
})

describe('rules', () => {
  test('are added, listed, decide, and are removed by number or words', async () => {
    await using bench = openBench()
    expect((await bench.run(['policy', 'add', 'npm', 'run', 'build'])).stdout).toContain(
      'allow commands that start with npm run build',
    )
    await bench.run([
      'policy',
      'add',
      '--deny',
      '--path',
      'secrets/**',
      '--reason',
      'customer data',
    ])
    await bench.run(['policy', 'add', '--ask', '--project', '--host', 'api.example.org'])
    expect((await json(bench, 'list', '--json')).map((row) => row.text)).toEqual([
      'allow commands that start with npm run build',
      'deny reading and writing secrets/**',
      `ask before requests to api.example.org, in ${bench.root}`,
    ])
    expect(await json(bench, 'check', '--json', '--', 'npm run build')).toMatchObject({
      decision: 'allow',
      rule: 'npm run build',
    })
    expect((await bench.run(['policy', 'remove', 'npm run build'])).exitCode).toBe(0)
    expect(await json(bench, 'check', '--json', '--', 'npm run build')).toMatchObject({
      decision: 'ask',
    })
    expect((await bench.run(['policy', 'remove', '1'])).stdout).toContain('secrets/**')
    expect((await bench.run(['policy', 'remove', '7'])).exitCode).toBe(1)
  })

  test('that say nothing sensible are refused with what is wrong', async () => {
    await using bench = openBench()
    for (const [argv, said] of [
      [['add'], 'wants one of'],
      [['add', 'make', '--tool', 'bash'], 'wants one of'],
      [['add', '--allow', '--deny', 'make'], 'exclude each other'],
      [['add', '--category', 'run-test'], 'did you mean "run-tests"?'],
      [['add', '--host', 'not a host'], '"host" must be'],
    ] as const) {
      const ran = await bench.run(['policy', ...argv])
      expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(said) })
    }
  })

  test('that allow what is dangerous are stored with a word that it is asked for still', async () => {
    await using bench = openBench()
    const unclear = await bench.run(['policy', 'add', 'git', 'push', '--force'])
    expect(unclear).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('put -- before') })
    const ran = await bench.run(['policy', 'add', '--', 'git', 'push', '--force'])
    expect(ran.stderr).toContain('still asked for')
  })

  test('of a project that is not trusted only forbid', async () => {
    await using bench = openBench({
      '.codi/rules.json':
        '{ "rules": [ { "prefix": ["make"], "decision": "allow" }, { "prefix": ["ls"], "decision": "deny" } ] }',
    })
    expect(await json(bench, 'check', '--json', '--', 'make')).toMatchObject({ decision: 'ask' })
    expect(await json(bench, 'check', '--json', '--', 'ls')).toMatchObject({ decision: 'deny' })
    const listed = await bench.run(['policy', 'list'])
    expect(listed.stdout).toContain('not in force')
  })

  test('are imported after they were shown', async () => {
    await using bench = openBench({
      '.claude/settings.json':
        '{ "permissions": { "allow": ["Bash(npm run test:*)", "Bash(npm run build)"], "deny": ["Read(./.env)"] } }',
    })
    const shown = await bench.run(['policy', 'import', 'claude'])
    expect(shown.stdout).toContain('"prefix": ["npm", "run", "test"]')
    expect(shown.stdout).toContain('Not translated')
    expect(await json(bench, 'list', '--json')).toEqual([] as never)
    expect((await bench.run(['policy', 'import', 'claude', '--apply'])).stdout).toContain(
      'Stored 2 rules',
    )
    expect(await json(bench, 'check', '--json', '--', 'npm run test unit')).toMatchObject({
      decision: 'allow',
    })
    expect((await bench.run(['policy', 'import', 'codex'])).exitCode).toBe(1)
  })

  test('explain shows the order, and step by step why', async () => {
    await using bench = openBench()
    expect((await bench.run(['policy', 'explain'])).stdout).toContain('run-tests')
    await bench.run(['policy', 'add', '--ask', 'make', 'deploy'])
    const ran = await bench.run(['policy', 'explain', 'make deploy'])
    expect(ran.stdout).toContain('ask before commands that start with make deploy')
    expect(ran.stdout).toContain('you are asked')
  })
})

describe('in a run', () => {
  test('a deny rule stops a file tool in auto, and the model reads why', async () => {
    await using bench = openBench()
    writeRules(
      bench,
      '{ "rules": [ { "path": "gen/**", "effect": "write", "decision": "deny", "reason": "run the generator" } ] }',
    )
    const ran = await bench.run(['-y', 'go'], {
      mock: [call('write_file', { path: 'gen/a.ts', content: 'x' }), { content: 'I see.' }],
    })
    expect(ran.stdout).toContain('I see.')
    expect(bench.exists('gen/a.ts')).toBe(false)
    expect(JSON.stringify(bench.requests()[1])).toContain('run the generator')
  })

  test('codi status names what confines commands', async () => {
    await using bench = openBench({})
    const rows = JSON.parse((await bench.run(['status', '--json'])).stdout)
    const { backend } = JSON.parse((await bench.run(['sandbox', 'explain', '--json'])).stdout)
    const commands = rows.find(({ name }: { name: string }) => name === 'commands')
    if (backend !== 'none') expect(commands.value).toContain(backend)
    expect((await bench.run(['status'])).stdout).toContain(commands.value)
  })

  test('what a rule closes is read by no tool and no command', async () => {
    await using bench = openBench({ 'closed/a.txt': 'hidden-value\n', 'b.txt': 'plain\n' })
    writeRules(bench, '{ "rules": [ { "path": "closed/**", "decision": "deny" } ] }')
    await bench.run(['-y', 'go'], {
      mock: [
        call('read_file', { path: 'closed/a.txt' }),
        call('grep', { pattern: 'hidden' }),
        // Where a sandbox cannot close single files, nobody is here to allow a command.
        call('bash', { command: 'cat closed/* b.txt; grep -r hidden .' }),
        { content: 'The end.' },
      ],
    })
    const said = JSON.stringify(bench.requests().at(-1))
    expect(said).not.toContain('hidden-value')
    expect(said).toContain('a rule forbids it')
  })

  test('a secret is not read where nobody can be asked, nor found by a search, nor shown by a failing edit', async () => {
    await using bench = openBench({
      '.env': 'TOP=hidden-value\n',
      'config.pem': 'hidden-value\n',
      'a.txt': 'hidden-value too\n',
    })
    const ran = await bench.run(['-y', 'go'], {
      mock: [
        call('read_file', { path: '.env' }),
        call('grep', { pattern: 'hidden-value' }),
        call('grep', { pattern: 'hidden', path: 'config.pem' }),
        call('edit_file', { path: 'config.pem', old_string: 'hidden', new_string: 'x' }),
        { content: 'The end.' },
      ],
    })
    expect(ran.stdout).toContain('The end.')
    const said = JSON.stringify(bench.requests().at(-1))
    expect(said).toContain('hidden-value too')
    expect(said.replaceAll('hidden-value too', '').match(/hidden-value/g)?.length ?? 0).toBe(1)
    expect(said).toContain('left out')
    expect(said).toContain('nobody is here to allow it')
  })

  test('always in this project is stored as shown, holds at once and in the next run, and can be taken back', async () => {
    await using bench = openBench({ Makefile: 'all:\n\t@echo made\n' })
    const mock = [call('bash', { command: 'make all' }), { content: 'The end.' }]
    const terminal = bench.terminal(['--sandbox', 'off', 'go'], { mock })
    await terminal.waitFor('Allow it?')
    const line = `{ "prefix": ["make", "all"], "decision": "allow", "project": "${bench.root}" }`
    expect(terminal.text.replace(/\s+/g, ' ')).toContain('always in this project')
    terminal.type('p')
    await terminal.waitFor('The end.')
    await terminal.exited
    expect(readFileSync(rulesFile(bench), 'utf8')).toContain(line)
    const again = await bench.run(['--sandbox', 'off', 'go'], { mock })
    expect(again).toMatchObject({ exitCode: 0 })
    expect(JSON.stringify(bench.requests().at(-1))).toContain('made')
    expect((await bench.run(['policy', 'remove', 'make all'])).exitCode).toBe(0)
    const denied = await bench.run(['--sandbox', 'off', 'go'], { mock })
    expect(denied.exitCode).toBe(3)
  })

  test('a broken file of rules is said, and what is not reading is asked for', async () => {
    await using bench = openBench()
    writeRules(bench, '{ "rules": [')
    const ran = await bench.run(['-y', '--verbose', 'go'], {
      mock: [call('write_file', { path: 'a.txt', content: 'x' }), { content: 'The end.' }],
    })
    expect(ran.stderr).toContain('rules.json')
    expect(bench.exists('a.txt')).toBe(false)
  })

  test('lines of a piped REPL answer with p, and what is not offered is no answer', async () => {
    await using bench = openBench()
    const write = { path: 'src/a.txt', content: 'x\n' }
    const ran = await bench.run(['-i'], {
      stdin: 'go\nu\np\n/exit\n',
      mock: [call('write_file', write), { content: 'The end.' }],
    })
    expect(ran.stderr).toContain('"u" is no answer')
    expect(bench.text('src/a.txt')).toBe('x\n')
    expect(readFileSync(rulesFile(bench), 'utf8')).toContain(
      '"path": "./src/**", "effect": "write"',
    )
  })

  test('keys typed before the question came up do not answer it', async () => {
    await using bench = openBench()
    const terminal = bench.terminal(['write it'], {
      mock: [
        { ...call('write_file', { path: 'a.txt', content: 'x\n' }), delayMs: 0 },
        { content: 'The end.' },
      ],
    })
    terminal.type('yyyy')
    await terminal.waitFor('Allow it?')
    expect(bench.exists('a.txt')).toBe(false)
    terminal.type('n')
    await terminal.waitFor('Why not?')
    terminal.type(keys.enter)
    await terminal.waitFor('The end.')
    await terminal.exited
    expect(bench.exists('a.txt')).toBe(false)
  })
})
