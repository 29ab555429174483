/** The order of the gate: hard rules, deny, ask, allow, mode, session, person; and what an allowed command gets. */
import { describe, expect, test } from 'bun:test'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  Answer,
  Decision,
  Mode,
  PermissionOffer,
  PermissionRequest,
} from '../../src/contract/permission.ts'
import { modes } from '../../src/contract/permission.ts'
import type { PolicyRule } from '../../src/contract/policy.ts'
import type { SandboxMode, SandboxState } from '../../src/contract/sandbox-service.ts'
import { openJudge } from '../../src/permissions/exec/judge.ts'
import { openGate } from '../../src/permissions/gate.ts'
import { openPathJudge } from '../../src/permissions/path-judge.ts'
import { openRuleBook } from '../../src/permissions/rule-book.ts'

interface Bench extends Disposable {
  root: string
  home: string
  rulesFile: string
  asked: { request: PermissionRequest; offer: PermissionOffer }[]
  /** What the person answers, in order; then nothing. */
  answers: Answer[]
  mode: Mode
  check(request: Partial<PermissionRequest> & Pick<PermissionRequest, 'effect'>): Promise<Decision>
  run(command: string, more?: Partial<PermissionRequest>): Promise<Decision>
}

interface Options {
  mode?: Mode
  rules?: PolicyRule[]
  holds?: SandboxState['holds']
  sandboxMode?: SandboxMode
  closesInside?: boolean
  ownTmp?: boolean
  allowHosts?: string[]
  nobody?: boolean
}

function openBench(options: Options = {}): Bench {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-gate-')))
  const [root, home, config] = ['work', 'home', 'config'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [root, config, join(home, '.ssh')]) mkdirSync(path, { recursive: true })
  const rulesFile = join(config, 'rules.json')
  if (options.rules) writeFileSync(rulesFile, JSON.stringify({ rules: options.rules }))
  const judge = openJudge()
  const asked: Bench['asked'] = []
  const answers: Answer[] = []
  const gate = openGate({
    mode: options.mode ?? 'ask',
    person: () =>
      options.nobody
        ? undefined
        : {
            async permission(request, offer) {
              asked.push({ request, offer })
              return answers.shift() ?? { answer: 'deny' }
            },
            question: async () => undefined,
          },
    rules: openRuleBook({
      userFile: rulesFile,
      projectFile: join(root, '.codi', 'rules.json'),
      project: root,
      home,
      judge,
    }),
    judge,
    roots: [root],
    paths: openPathJudge({
      home,
      roots: [root],
      own: [config],
      unreadable: ['private/**'],
      readable: [],
    }),
    allowHosts: options.allowHosts ?? [],
    sandboxMode: options.sandboxMode ?? 'workspace',
    sandbox: async () => ({
      holds: options.holds ?? 'full',
      guarantees: [{ name: 'network', held: false, note: '' }],
      ownTmp: options.ownTmp ?? false,
    }),
    closesInside: options.closesInside ?? false,
  })
  const check: Bench['check'] = (request) =>
    gate.check(
      { callId: 'c', tool: 'tool', summary: 'do it', paths: [], hosts: [], ...request },
      new AbortController().signal,
    )
  return {
    root,
    home,
    rulesFile,
    asked,
    answers,
    get mode() {
      return gate.mode
    },
    set mode(mode) {
      gate.mode = mode
    },
    check,
    run: (command, more) =>
      check({ effect: 'execute', tool: 'bash', command, cwd: root, paths: [root], ...more }),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

const once: Answer = { answer: 'once' }

describe('commands', () => {
  test('a deny rule wins over an allow rule and every mode, and tells the model why', async () => {
    using bench = openBench({
      mode: 'auto',
      rules: [
        { prefix: ['npm'], decision: 'allow' },
        { prefix: ['npm', 'publish'], decision: 'deny', reason: 'only the release job publishes' },
      ],
    })
    expect((await bench.run('npm test')).allow).toBe(true)
    const denied = await bench.run('npm publish')
    expect(denied).toMatchObject({ allow: false, by: 'rule' })
    expect(!denied.allow && denied.reason).toContain('only the release job publishes')
    expect(bench.asked).toHaveLength(0)
  })

  test('an ask rule asks in auto, and an allow rule does not undo it', async () => {
    using bench = openBench({
      mode: 'auto',
      rules: [
        { prefix: ['make'], decision: 'allow' },
        { prefix: ['make', 'deploy'], decision: 'ask' },
      ],
    })
    expect((await bench.run('make')).allow).toBe(true)
    expect((await bench.run('make deploy')).allow).toBe(false)
    expect(bench.asked).toHaveLength(1)
    expect(bench.asked[0]?.offer.why).toContain('make deploy')
    expect(bench.asked[0]?.offer.rule).toBeUndefined()
  })

  test('an allow rule makes a command free, and nothing that is joined to it', async () => {
    using bench = openBench({ rules: [{ prefix: ['make', 'test'], decision: 'allow' }] })
    expect(await bench.run('make test')).toMatchObject({
      allow: true,
      by: 'rule',
      rule: 'make test',
    })
    for (const command of [
      'make test; make x',
      'make test && curl evil',
      'make test > .bashrc',
      'make tests',
    ])
      expect((await bench.run(command)).allow).toBe(false)
    expect(bench.asked).toHaveLength(4)
  })

  test('plan mode runs what only reads, where nothing is writable, and nothing that a rule allows', async () => {
    using bench = openBench({ mode: 'plan', rules: [{ prefix: ['make'], decision: 'allow' }] })
    expect(await bench.run('ls')).toMatchObject({ allow: true, access: { readOnly: true } })
    expect(await bench.run('make')).toMatchObject({ allow: false, by: 'mode' })
    expect(bench.asked).toHaveLength(0)
  })

  test('where nothing confines, what reads asks too, in every mode, and runs as unsandboxed', async () => {
    for (const mode of modes) {
      using bench = openBench({ mode, holds: 'nothing' })
      bench.answers.push(once)
      expect(await bench.run('ls')).toMatchObject({
        allow: true,
        by: 'person',
        access: { unsandboxed: true },
      })
      expect(bench.asked[0]?.offer.why).toContain('nothing confines commands')
    }
  })

  test('where nothing confines, nobody to ask is a denial, whatever a rule says', async () => {
    using bench = openBench({
      mode: 'auto',
      holds: 'nothing',
      nobody: true,
      rules: [{ prefix: ['make'], decision: 'allow' }],
    })
    expect((await bench.run('ls')).allow).toBe(false)
    expect((await bench.run('make')).allow).toBe(false)
  })

  test('where nothing confines, what was allowed for the session runs again, and no rule is offered', async () => {
    using bench = openBench({ holds: 'nothing' })
    bench.answers.push({ answer: 'session' }, { answer: 'session' })
    const access = { unsandboxed: true }
    expect(await bench.run('npm test')).toMatchObject({ allow: true, by: 'person', access })
    expect(await bench.run('npm test -- -u')).toMatchObject({ allow: true, by: 'session', access })
    expect(await bench.run('ls')).toMatchObject({ allow: true, by: 'person', access })
    expect(await bench.run('ls')).toMatchObject({ allow: true, by: 'session', access })
    expect(bench.asked.map(({ offer }) => offer.rule)).toEqual([undefined, undefined])
  })

  test('a sandbox that the person switched off frees what reads and what rules allow', async () => {
    using bench = openBench({ sandboxMode: 'off', holds: 'nothing' })
    expect((await bench.run('ls')).allow).toBe(true)
    expect((await bench.run('make')).allow).toBe(false)
    expect(bench.asked[0]?.offer.why).toContain('switched off')
  })

  test('where single files inside the workspace cannot be closed, and some should be, every command asks', async () => {
    using open = openBench({ mode: 'auto', holds: 'partial', closesInside: true })
    open.answers.push({ answer: 'session' })
    expect((await open.run('cat notes.md')).allow).toBe(true)
    expect(open.asked[0]?.offer.why).toContain('cannot close single files inside the workspace')
    expect((await open.run('cat notes.md')).allow).toBe(true)
    expect((await open.run('ls')).allow).toBe(false)
    expect(open.asked).toHaveLength(2)
    for (const closed of [{ ownTmp: true, closesInside: true }, { closesInside: false }]) {
      using bench = openBench({ mode: 'auto', holds: 'partial', nobody: true, ...closed })
      expect((await bench.run('cat notes.md')).allow).toBe(true)
    }
  })

  test('a sandbox that holds in part says so in the question', async () => {
    using bench = openBench({ holds: 'partial' })
    expect((await bench.run('ls')).allow).toBe(true)
    await bench.run('make')
    expect(bench.asked[0]?.offer.why).toContain('holds only in part')
  })

  test('a session grant is about the prefix, an exact one about the text', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'session' })
    expect((await bench.run('npm test')).allow).toBe(true)
    expect(await bench.run('npm test -- -u')).toMatchObject({ allow: true, by: 'session' })
    expect((await bench.run('npm run other')).allow).toBe(false)
    expect((await bench.run('npm test && make')).allow).toBe(false)
  })

  test('a commit gets .git opened once it is allowed, and nothing else does', async () => {
    using bench = openBench({ rules: [{ category: 'git-commit', decision: 'allow' }] })
    expect(await bench.run('git commit -m x')).toMatchObject({
      allow: true,
      access: { gitWrite: true },
    })
    const status = await bench.run('git status')
    expect(status).toMatchObject({ allow: true })
    expect(status.allow && status.access).toBeUndefined()
  })

  test.each([
    'git commit --amend -m x',
    'git restore a',
    'git reset --hard',
    'git -C sub rebase main',
    'git fetch',
    'timeout 9 /usr/bin/git pull --rebase',
    'git branch topic',
    'git init',
  ])('%s works once a person has allowed it: .git is opened', async (command) => {
    using bench = openBench()
    bench.answers.push({ answer: 'once' })
    expect(await bench.run(command)).toMatchObject({ allow: true, access: { gitWrite: true } })
  })

  test.each(['npm run git commit', 'echo git commit', './git-commit', 'cat git'])(
    '%s opens no .git',
    async (command) => {
      using bench = openBench()
      bench.answers.push({ answer: 'once' })
      const decision = await bench.run(command)
      expect(decision.allow && decision.access?.gitWrite).toBeFalsy()
    },
  )

  test('a link to a file with secrets is asked for like the file, in every mode', async () => {
    using bench = openBench({ mode: 'auto', nobody: true })
    writeFileSync(join(bench.root, '.env'), 'A=1\n')
    writeFileSync(join(bench.root, 'other.md'), 'x\n')
    symlinkSync('.env', join(bench.root, 'notes.md'))
    symlinkSync('other.md', join(bench.root, 'plain.md'))
    symlinkSync('loop', join(bench.root, 'loop'))
    for (const command of ['cat notes.md', 'ls; head -3 ./notes.md', 'cp notes.md x'])
      expect(await bench.run(command)).toMatchObject({
        allow: false,
        by: 'nobody',
        reason: expect.stringContaining('.env, which may hold secrets'),
      })
    for (const command of ['cat plain.md', 'ls -la notes.md', 'cat loop', 'rm notes.md'])
      expect((await bench.run(command)).allow).toBe(true)
  })

  test('a wrong file of rules makes all but reading asked for', async () => {
    using bench = openBench({ mode: 'auto' })
    writeFileSync(bench.rulesFile, '{ "rules": [')
    expect((await bench.run('make')).allow).toBe(false)
    expect((await bench.check({ effect: 'write', paths: [join(bench.root, 'a')] })).allow).toBe(
      false,
    )
    expect((await bench.check({ effect: 'read', paths: [join(bench.root, 'a')] })).allow).toBe(true)
  })
})

describe('learning', () => {
  test('an answer for the project is stored as it was shown, and asked for no more', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'project' })
    expect((await bench.run('npm run build')).allow).toBe(true)
    const line = bench.asked[0]?.offer.rule?.lines.project?.[0] ?? 'none'
    expect(readFileSync(bench.rulesFile, 'utf8')).toContain(line)
    expect(JSON.parse(line)).toEqual({
      prefix: ['npm', 'run', 'build'],
      decision: 'allow',
      project: bench.root,
    })
    expect(await bench.run('npm run build')).toMatchObject({ allow: true, by: 'rule' })
    expect(bench.asked).toHaveLength(1)
  })

  test('every part of a line gets its rule', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'user' })
    await bench.run('npm run build && make check')
    expect(bench.asked[0]?.offer.rule?.lines.user).toHaveLength(2)
    expect((await bench.run('npm run build && make check')).allow).toBe(true)
  })

  test('what is dangerous is neither granted nor learnt, even by a front end that says so', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'session' }, { answer: 'user' })
    await bench.run('git push --force')
    await bench.run('git push --force')
    await bench.run('git push --force')
    expect(bench.asked).toHaveLength(3)
    expect(bench.asked[0]?.offer).toMatchObject({ grant: '', danger: expect.any(String) })
    expect(bench.asked[0]?.offer.rule).toBeUndefined()
  })

  test('a rule that cannot be stored allows this once', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'user' })
    writeFileSync(bench.rulesFile, '')
    rmSync(bench.rulesFile)
    mkdirSync(bench.rulesFile)
    expect((await bench.run('make')).allow).toBe(true)
  })

  test('requests that wait behind a question are settled by its answer', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'session' })
    const decisions = await Promise.all([
      bench.run('npm test'),
      bench.run('npm test'),
      bench.run('npm test a'),
    ])
    expect(decisions.every(({ allow }) => allow)).toBe(true)
    expect(bench.asked).toHaveLength(1)
  })
})

describe('files', () => {
  const write = (bench: Bench, ...names: string[]) =>
    bench.check({
      effect: 'write',
      tool: 'write_file',
      paths: names.map((name) => join(bench.root, name)),
    })
  const read = (bench: Bench, path: string) =>
    bench.check({
      effect: 'read',
      tool: 'read_file',
      paths: [path.startsWith('/') ? path : join(bench.root, path)],
    })

  test('rules about paths: deny over allow over mode', async () => {
    using bench = openBench({
      rules: [
        { path: 'src/**', effect: 'write', decision: 'allow' },
        {
          path: 'src/generated/**',
          effect: 'write',
          decision: 'deny',
          reason: 'run the generator',
        },
      ],
    })
    expect(await write(bench, 'src/a.ts')).toMatchObject({ allow: true, by: 'rule' })
    expect(await write(bench, 'src/generated/b.ts')).toMatchObject({ allow: false, by: 'rule' })
    expect(await write(bench, 'src/a.ts', 'test/a.ts')).toMatchObject({
      allow: false,
      by: 'person',
    })
  })

  test('a session grant covers the directory tree and no more', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'session' })
    expect((await write(bench, 'src/a.ts', 'src/b/c.ts')).allow).toBe(true)
    expect(await write(bench, 'src/x/y.ts')).toMatchObject({ allow: true, by: 'session' })
    expect((await write(bench, 'srcs/y.ts')).allow).toBe(false)
  })

  test('outside the workspace is asked for in every mode', async () => {
    using bench = openBench({ mode: 'auto' })
    expect((await bench.check({ effect: 'write', paths: [join(bench.home, 'x')] })).allow).toBe(
      false,
    )
    expect(bench.asked[0]?.offer.why).toContain('outside the workspace')
  })

  test('a read-only sandbox holds for tools too', async () => {
    using bench = openBench({ mode: 'auto', sandboxMode: 'read-only' })
    expect(await write(bench, 'a.txt')).toMatchObject({ allow: false, by: 'mode' })
  })

  for (const name of ['.git/config', '.GIT/hooks/x', 'sub/.git', '.g\u200cit/x', 'git~1/x']) {
    test(`${JSON.stringify(name)} is never written`, async () => {
      using bench = openBench({ mode: 'auto', rules: [{ path: '**', decision: 'allow' }] })
      expect(await write(bench, name)).toMatchObject({ allow: false, by: 'rule' })
      expect(bench.asked).toHaveLength(0)
    })
  }

  for (const name of [
    '.codi/config.json',
    '.Codi/rules.json',
    '.claude/settings.json',
    '.bashrc',
    '.husky/pre-commit',
  ])
    test(`${name} is asked for although a rule allows all`, async () => {
      using bench = openBench({ mode: 'auto', rules: [{ path: '**', decision: 'allow' }] })
      expect(await write(bench, name)).toMatchObject({ allow: false, by: 'person' })
      expect(bench.asked[0]?.offer.danger).toBeDefined()
    })

  test('credentials and what the settings close are never read, whatever a rule says', async () => {
    using bench = openBench({ rules: [{ path: '/**', decision: 'allow' }] })
    for (const path of [
      join(bench.home, '.ssh', 'id_rsa'),
      join(bench.home, '.SSH', 'x'),
      'private/a',
      bench.rulesFile,
    ])
      expect(await read(bench, path)).toMatchObject({ allow: false, by: 'rule' })
    expect(bench.asked).toHaveLength(0)
  })

  for (const mode of modes) {
    test(`what may hold secrets is asked for in mode ${mode}`, async () => {
      using bench = openBench({ mode })
      expect((await read(bench, '.env')).allow).toBe(false)
      expect(bench.asked[0]?.offer.why).toContain('environment files hold secrets')
      expect(await read(bench, '.env.example')).toMatchObject({ allow: true, by: 'mode' })
    })
  }

  test('a rule opens a secret only when it names it', async () => {
    using bench = openBench({
      rules: [
        { path: '**', effect: 'read', decision: 'allow' },
        { path: './test/.env', effect: 'read', decision: 'allow' },
      ],
    })
    expect((await read(bench, '.env')).allow).toBe(false)
    expect(await read(bench, 'test/.env')).toMatchObject({ allow: true, by: 'rule' })
  })

  test('what was allowed for a secret is about this file', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'session' }, { answer: 'project' })
    for (const name of ['.env', '.env', 'server.pem', 'server.pem'])
      expect((await read(bench, name)).allow).toBe(true)
    expect((await read(bench, 'other.pem')).allow).toBe(false)
    expect(bench.asked).toHaveLength(3)
    expect(JSON.parse(bench.asked[1]?.offer.rule?.lines.project?.[0] ?? '{}')).toMatchObject({
      path: './server.pem',
      effect: 'read',
    })
  })
})

describe('hosts', () => {
  const reach = (bench: Bench, host: string) =>
    bench.check({ effect: 'network', tool: 'web_fetch', hosts: [host] })

  test('are free by a rule or the setting, and asked for otherwise', async () => {
    using bench = openBench({
      allowHosts: ['*.example.org'],
      rules: [
        { host: 'docs.example.com', decision: 'allow' },
        { host: 'bad.example.org', decision: 'deny' },
      ],
    })
    expect((await reach(bench, 'docs.example.com:443')).allow).toBe(true)
    expect((await reach(bench, 'a.example.org:443')).allow).toBe(true)
    expect(await reach(bench, 'bad.example.org:443')).toMatchObject({ allow: false, by: 'rule' })
    expect(await reach(bench, 'example.net:443')).toMatchObject({ allow: false, by: 'person' })
  })

  for (const host of [
    'localhost:3000',
    '127.0.0.1:80',
    '10.1.2.3',
    '[::1]:8080',
    '169.254.169.254',
    '0x7f.1',
    'db.internal',
  ])
    test(`${host} is refused without a rule that names it with its port`, async () => {
      using bench = openBench({
        mode: 'auto',
        allowHosts: ['*', 'localhost', '127.0.0.1'],
        rules: [{ host: '*', decision: 'allow' }],
      })
      expect(await reach(bench, host)).toMatchObject({ allow: false, by: 'rule' })
    })

  test('a metadata service is not offered to be opened, a private host is', async () => {
    using bench = openBench({ mode: 'auto' })
    const said = async (host: string) => JSON.stringify(await reach(bench, host))
    expect(await said('10.1.2.3')).toContain('codi policy add --allow --host 10.1.2.3')
    expect(await said('169.254.169.254')).toContain('hands out credentials')
    expect(await said('169.254.169.254')).not.toContain('policy add')
  })

  test('a private host is opened by exactly its name and port', async () => {
    using bench = openBench({ rules: [{ host: 'localhost:4873', decision: 'allow' }] })
    expect((await reach(bench, 'localhost:4873')).allow).toBe(true)
    expect((await reach(bench, 'localhost:4874')).allow).toBe(false)
  })

  test('that a sandboxed command wants are asked for in auto too, those of web tools are not', async () => {
    using bench = openBench({ mode: 'auto' })
    expect((await reach(bench, 'pypi.org:443')).allow).toBe(true)
    const ofCommand = {
      effect: 'network',
      tool: 'bash',
      hosts: ['pypi.org:443'],
      ofCommand: true,
    } as const
    bench.answers.push({ answer: 'session' })
    expect(await bench.check({ ...ofCommand, hosts: ['pypi.org:443'] })).toMatchObject({
      allow: true,
      by: 'person',
    })
    expect(await bench.check({ ...ofCommand, hosts: ['pypi.org:443'] })).toMatchObject({
      allow: true,
      by: 'session',
    })
    expect((await bench.check({ ...ofCommand, hosts: ['evil.example:443'] })).allow).toBe(false)
  })

  test('are learnt by name', async () => {
    using bench = openBench()
    bench.answers.push({ answer: 'user' })
    await reach(bench, 'pypi.org:443')
    expect(JSON.parse(bench.asked[0]?.offer.rule?.lines.user?.[0] ?? '{}')).toEqual({
      host: 'pypi.org',
      decision: 'allow',
    })
    expect(await reach(bench, 'pypi.org:443')).toMatchObject({ allow: true, by: 'rule' })
  })
})

describe('widening', () => {
  const widen = (bench: Bench, widening: object, command = 'ls') =>
    bench.run(command, {
      widening: { reason: 'it is needed', ...widening } as NonNullable<
        PermissionRequest['widening']
      >,
    })

  test('is asked for in auto although the command itself is free, and gives what was asked', async () => {
    using bench = openBench({ mode: 'auto' })
    bench.answers.push(once, once, once)
    expect(await widen(bench, { what: 'path', path: '/opt/cache' })).toMatchObject({
      allow: true,
      access: { writePath: '/opt/cache' },
    })
    expect(await widen(bench, { what: 'host', host: 'pypi.org' })).toMatchObject({
      allow: true,
      access: { host: 'pypi.org' },
    })
    expect(await widen(bench, { what: 'unsandboxed' })).toMatchObject({
      allow: true,
      access: { unsandboxed: true },
    })
    expect(bench.asked).toHaveLength(3)
  })

  test('never opens credentials, nor what holds them', async () => {
    using bench = openBench({ mode: 'auto', rules: [{ path: '/**', decision: 'allow' }] })
    for (const path of [join(bench.home, '.ssh'), join(bench.home, '.ssh', 'x'), bench.home, '/'])
      expect(await widen(bench, { what: 'path', path })).toMatchObject({ allow: false, by: 'rule' })
    expect(bench.asked).toHaveLength(0)
  })

  test('is free by a rule for exactly that path or host, not by one for more', async () => {
    using bench = openBench({
      rules: [
        { path: '/opt/cache', effect: 'write', decision: 'allow' },
        { path: '/srv/**', effect: 'write', decision: 'allow' },
        { host: 'pypi.org', decision: 'allow' },
      ],
    })
    expect((await widen(bench, { what: 'path', path: '/opt/cache' })).allow).toBe(true)
    expect((await widen(bench, { what: 'host', host: 'pypi.org' })).allow).toBe(true)
    expect((await widen(bench, { what: 'path', path: '/srv/a' })).allow).toBe(false)
    expect(bench.asked).toHaveLength(1)
  })

  test('out of the sandbox no rule is offered, and with danger nothing is remembered', async () => {
    using bench = openBench({ mode: 'auto' })
    await widen(bench, { what: 'unsandboxed' })
    await widen(bench, { what: 'unsandboxed' }, 'git push --force')
    expect(bench.asked[0]?.offer.rule).toBeUndefined()
    expect(bench.asked[0]?.offer.grant).toBe('exactly this command')
    expect(bench.asked[1]?.offer).toMatchObject({ grant: '', danger: expect.any(String) })
  })

  test('is refused in plan mode, and by a deny rule', async () => {
    using bench = openBench({ mode: 'plan', rules: [{ host: 'bad.example', decision: 'deny' }] })
    expect((await widen(bench, { what: 'unsandboxed' })).allow).toBe(false)
    bench.mode = 'auto'
    expect(await widen(bench, { what: 'host', host: 'bad.example' })).toMatchObject({
      allow: false,
      by: 'rule',
    })
    expect(bench.asked).toHaveLength(0)
  })
})
