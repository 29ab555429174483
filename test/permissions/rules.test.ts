/** Rule files: what is read, what is refused with its line, how they change, what several processes do at once. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { PolicyRule } from '../../src/contract/policy.ts'
import { openJudge } from '../../src/permissions/exec/judge.ts'
import { openPathJudge } from '../../src/permissions/path-judge.ts'
import { openRuleBook, type RuleBookOptions } from '../../src/permissions/rule-book.ts'
import { matchesPath } from '../../src/permissions/rule-match.ts'
import { removeRule, storeRule } from '../../src/permissions/rule-store.ts'
import { rulesForSandbox } from '../../src/permissions/rules-for-sandbox.ts'
import { openSecrecy } from '../../src/permissions/secrecy.ts'

interface Place extends Disposable {
  directory: string
  userFile: string
  projectFile: string
  write(file: 'user' | 'project', text: string): void
  book(over?: Partial<RuleBookOptions>): ReturnType<typeof openRuleBook>
  text(): string
}

const judge = openJudge()

function openPlace(): Place {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-rules-')))
  const project = join(directory, 'project')
  mkdirSync(join(project, '.codi'), { recursive: true })
  mkdirSync(join(directory, 'config'))
  const userFile = join(directory, 'config', 'rules.json')
  const projectFile = join(project, '.codi', 'rules.json')
  return {
    directory,
    userFile,
    projectFile,
    write: (file, text) => writeFileSync(file === 'user' ? userFile : projectFile, text),
    book: (over) =>
      openRuleBook({ userFile, projectFile, project, home: directory, judge, ...over }),
    text: () => readFileSync(userFile, 'utf8'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

describe('a file of rules', () => {
  test('may hold comments and trailing commas', async () => {
    using place = openPlace()
    place.write(
      'user',
      '// mine\n{ "rules": [ /* tests */ { "prefix": ["npm", ["test", "t"]], "decision": "allow", }, ], }',
    )
    const { rules, problems, strict } = await place.book().current()
    expect(rules.map(({ rule }) => rule)).toEqual([
      { prefix: ['npm', ['test', 't']], decision: 'allow' },
    ])
    expect({ problems, strict }).toEqual({ problems: [], strict: false })
  })

  test('that is missing holds nothing', async () => {
    using place = openPlace()
    expect(await place.book().current()).toMatchObject({ rules: [], problems: [], strict: false })
  })

  for (const [what, text] of [
    ['no JSON', '{ "rules": ['],
    ['no list', '{ "rules": {} }'],
    ['a list alone', '[]'],
  ] as const) {
    test(`with ${what} is told and makes everything asked for`, async () => {
      using place = openPlace()
      place.write('user', text)
      const told: string[] = []
      const book = place.book({ problem: (problem) => told.push(problem) })
      expect(await book.current()).toMatchObject({ rules: [], strict: true })
      await book.current()
      expect(told).toHaveLength(1)
      expect(told[0]).toContain(place.userFile)
    })
  }

  for (const [what, rule, said] of [
    [
      'an unknown key',
      '"prefix": ["a"], "decision": "allow", "reasn": "x"',
      'did you mean "reason"?',
    ],
    ['no decision', '"prefix": ["a"]', '"decision" must be allow, ask or deny'],
    ['two subjects', '"prefix": ["a"], "tool": "b", "decision": "allow"', 'prefix and tool'],
    ['no subject', '"decision": "allow"', 'this one none'],
    ['an empty word', '"prefix": [""], "decision": "allow"', '"prefix" must be'],
    [
      'an unknown category',
      '"category": "run-test", "decision": "allow"',
      'did you mean "run-tests"?',
    ],
    ['no host', '"host": "a b", "decision": "allow"', '"host" must be'],
    [
      'an effect without path',
      '"tool": "x", "effect": "read", "decision": "allow"',
      '"effect" belongs',
    ],
  ] as const) {
    test(`refuses a rule with ${what}, naming its line`, async () => {
      using place = openPlace()
      place.write('user', `{\n  "rules": [\n    { ${rule} }\n  ]\n}`)
      const { rules, problems } = await place.book().current()
      expect(rules).toEqual([])
      expect(problems[0]).toContain(`${place.userFile}:3: `)
      expect(problems.join('\n')).toContain(said)
    })
  }

  test('a deny rule with a key that is not known still holds', async () => {
    using place = openPlace()
    place.write('user', '{ "rules": [ { "prefix": ["a"], "decision": "deny", "note": 1 } ] }')
    const { rules, problems } = await place.book().current()
    expect(rules).toHaveLength(1)
    expect(problems[0]).toContain('unknown key "note"')
  })

  test('a rule that may have been meant to forbid makes everything asked for', async () => {
    using place = openPlace()
    place.write('user', '{ "rules": [ { "prefix": ["a"], "decision": "denny" } ] }')
    expect((await place.book().current()).strict).toBe(true)
  })

  test('is read again when it changes', async () => {
    using place = openPlace()
    const book = place.book()
    expect((await book.current()).rules).toHaveLength(0)
    place.write('user', '{ "rules": [ { "tool": "bash", "decision": "deny" } ] }')
    expect((await book.current()).rules).toHaveLength(1)
    rmSync(place.userFile)
    expect((await book.current()).rules).toHaveLength(0)
  })
})

describe('examples', () => {
  const example = (rule: string) => `{\n"rules": [\n${rule}\n]}`

  test('that hold are silent', async () => {
    using place = openPlace()
    place.write(
      'user',
      example(
        '{ "prefix": ["npm", "test"], "decision": "allow", "match": ["npm test -- -u", "cd a && npm test"], "notMatch": ["npm run test"] },' +
          '{ "path": "secrets/**", "decision": "deny", "match": ["secrets/a/b", "SECRETS/a"], "notMatch": ["src/secrets/a"] },' +
          '{ "host": "*.example.org", "decision": "ask", "match": ["a.example.org"], "notMatch": ["example.org"] },' +
          '{ "tool": "mcp_db_*", "decision": "ask", "match": ["mcp_db_drop"], "notMatch": ["bash"] }',
      ),
    )
    const { rules, problems } = await place.book().current()
    expect({ count: rules.length, problems }).toEqual({ count: 4, problems: [] })
  })

  test('of an allow rule that fail take it out of force, with its line', async () => {
    using place = openPlace()
    place.write(
      'user',
      example('{ "prefix": ["npm"], "decision": "allow", "notMatch": ["npm publish"] }'),
    )
    const { rules, problems, strict } = await place.book().current()
    expect({ rules, strict }).toEqual({ rules: [], strict: false })
    expect(problems[0]).toContain(`${place.userFile}:3: `)
    expect(problems[0]).toContain('"npm publish"')
  })

  test('of a deny rule that fail loosen nothing: it holds, and everything is asked for', async () => {
    using place = openPlace()
    place.write('user', example('{ "prefix": ["rm"], "decision": "deny", "match": ["unlink x"] }'))
    const { rules, problems, strict } = await place.book().current()
    expect({ count: rules.length, strict }).toEqual({ count: 1, strict: true })
    expect(problems[0]).toContain('may forbid less than was meant')
  })
})

describe('a project', () => {
  const both =
    '{ "rules": [ { "prefix": ["make"], "decision": "allow" }, { "prefix": ["npm"], "decision": "deny" } ] }'

  test('may only tighten while it is not trusted', async () => {
    using place = openPlace()
    place.write('project', both)
    const { rules, ignored } = await place.book().current()
    expect(rules.map(({ rule }) => rule.decision)).toEqual(['deny'])
    expect(ignored.map(({ rule }) => rule.decision)).toEqual(['allow'])
  })

  test('that is trusted counts by the text that was trusted, not by what lies there now', async () => {
    using place = openPlace()
    place.write('project', '{ "rules": [ { "prefix": ["evil"], "decision": "allow" } ] }')
    const book = place.book({ trust: () => ({ trusted: true, text: both }) })
    const { rules } = await book.current()
    expect(rules.map(({ rule }) => rule.prefix)).toEqual([['make'], ['npm']])
  })

  test('is trusted from the moment the person says so', async () => {
    using place = openPlace()
    place.write('project', both)
    let trusted = false
    const book = place.book({ trust: () => ({ trusted, text: both }) })
    expect((await book.current()).ignored).toHaveLength(1)
    trusted = true
    expect((await book.current()).ignored).toHaveLength(0)
  })

  test('may not name another project', async () => {
    using place = openPlace()
    place.write('project', '{ "rules": [ { "tool": "x", "decision": "ask", "project": "/" } ] }')
    expect((await place.book().current()).problems[0]).toContain('"project" is only read')
  })

  test('only hears rules of its own directory', async () => {
    using place = openPlace()
    const rule = (project: string) => ({ tool: 'bash', decision: 'deny', project })
    place.write(
      'user',
      JSON.stringify({
        rules: [
          rule('/elsewhere'),
          rule(join(place.directory, 'pro')),
          rule(join(place.directory, 'project')),
        ],
      }),
    )
    expect((await place.book().current()).rules).toHaveLength(1)
  })
})

describe('storing', () => {
  const allow = (...prefix: string[]) => ({ prefix, decision: 'allow' as const })

  test('makes the file, and the rule is in force at once', async () => {
    using place = openPlace()
    const book = place.book()
    await book.current()
    await book.learn(allow('npm', 'test'), 'project')
    expect((await book.current()).rules.map(({ rule }) => rule)).toEqual([
      { ...allow('npm', 'test'), project: join(place.directory, 'project') },
    ])
    expect(place.text()).toBe(
      `{\n  "rules": [\n    { "prefix": ["npm", "test"], "decision": "allow", "project": "${join(place.directory, 'project')}" }\n  ]\n}\n`,
    )
  })

  test('keeps comments, order and what it does not know', async () => {
    using place = openPlace()
    const before = `// my rules
{
  "version": 1, // kept
  "rules": [
    // tests are fine
    { "prefix": ["make", "test"], "decision": "allow", "x": 1 }, // yes
    { "tool": "bash", "decision": "ask" } // careful
  ]
}
`
    place.write('user', before)
    expect(await storeRule(place.userFile, allow('ls'))).toBe(true)
    expect(place.text()).toBe(
      before.replace(
        '{ "tool": "bash", "decision": "ask" } // careful\n',
        '{ "tool": "bash", "decision": "ask" }, // careful\n    { "prefix": ["ls"], "decision": "allow" }\n',
      ),
    )
    const listed = (await place.book().current()).rules
    const added = listed.at(-1)
    if (added) await removeRule(added)
    expect(place.text()).toBe(before)
  })

  test('keeps the line endings of Windows and a mark of the byte order', async () => {
    using place = openPlace()
    const before =
      '\ufeff{\r\n  "rules": [\r\n    { "prefix": ["a"], "decision": "ask" }\r\n  ]\r\n}\r\n'
    place.write('user', before)
    expect(await storeRule(place.userFile, allow('ls'))).toBe(true)
    expect(place.text()).toBe(
      before.replace('"ask" }', '"ask" },\r\n    { "prefix": ["ls"], "decision": "allow" }'),
    )
  })

  test('a rule that stands there is not stored twice', async () => {
    using place = openPlace()
    expect(await storeRule(place.userFile, allow('ls'))).toBe(true)
    expect(await storeRule(place.userFile, { ...allow('ls'), reason: 'again' })).toBe(false)
  })

  test('a file that cannot be understood is left as it is', async () => {
    using place = openPlace()
    place.write('user', '{ "rules": [ }')
    await expect(storeRule(place.userFile, allow('ls'))).rejects.toThrow('line 1')
    expect(place.text()).toBe('{ "rules": [ }')
  })

  test('by several processes at once loses none', async () => {
    using place = openPlace()
    const script = join(import.meta.dir, 'store-rules.ts')
    const children = ['a', 'b', 'c'].map((name) =>
      Bun.spawn([process.execPath, script, place.userFile, name, '8'], { stderr: 'inherit' }),
    )
    expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0])
    expect((await place.book().current()).rules).toHaveLength(24)
  })

  test('removing goes by what the rule says, where the file was changed meanwhile', async () => {
    using place = openPlace()
    await storeRule(place.userFile, allow('a'))
    const [stored] = (await place.book().current()).rules
    place.write(
      'user',
      '{ "rules": [ { "tool": "x", "decision": "ask" }, { "prefix": ["a"], "decision": "allow" }, ] }',
    )
    if (stored) await removeRule(stored)
    expect((await place.book().current()).rules.map(({ rule }) => rule.tool)).toEqual(['x'])
    if (stored) await expect(removeRule(stored)).rejects.toThrow('no longer holds')
  })
})

describe('globs on paths', () => {
  const place = { home: '/home/a', project: '/p' }
  const matches = (path: string, subject: string, decision: 'allow' | 'deny' = 'allow') =>
    matchesPath({ path, decision }, subject, place)

  for (const [glob, subject, expected] of [
    ['src/**', '/p/src/a/b.ts', true],
    ['src/**', '/q/src/a.ts', false],
    ['./src', '/p/src/a.ts', true],
    ['*.pem', '/p/deep/down/key.pem', true],
    ['~/notes', '/home/a/notes/x', true],
    ['/etc/*.conf', '/etc/a.conf', true],
    ['/etc/*.conf', '/etc/x/a.conf', false],
    ['src', '/p/srcs', false],
  ] as const) {
    test(`${glob} ${expected ? 'means' : 'does not mean'} ${subject}`, () => {
      expect(matches(glob, subject)).toBe(expected)
    })
  }

  test('that forbid hold in any case of letters, those that allow as they are written', () => {
    expect(matches('Secrets/**', '/p/SECRETS/a', 'deny')).toBe(true)
    expect(matches('Secrets/**', '/p/SECRETS/a', 'allow')).toBe(false)
  })
})

describe('what commands get of the rules', () => {
  const place = { home: '/home/a', project: '/p' }
  const stored = (...rules: PolicyRule[]) =>
    rules.map((rule, index) => ({ rule, file: '', line: 1, scope: 'user' as const, index }))

  test('a host that a rule denies or asks about is not opened by a wildcard', () => {
    const { allowedHosts } = rulesForSandbox(
      stored(
        { host: 'evil.example.org', decision: 'deny' },
        { host: '*.test', decision: 'ask' },
        { host: 'a.test', decision: 'allow' },
        { host: 'pypi.org', decision: 'allow' },
      ),
      { ...place, allowHosts: ['*.example.org', '*', 'example.org', 'b.test:80'] },
    )
    expect(allowedHosts).toEqual(['example.org', 'pypi.org'])
  })

  test('paths that may not be read or written are closed for commands', () => {
    const rules = rulesForSandbox(
      stored(
        { path: 'secrets/**', decision: 'deny' },
        { path: '*.db', effect: 'read', decision: 'deny' },
        { path: '~/notes', effect: 'write', decision: 'deny' },
        { path: 'src/**', effect: 'write', decision: 'ask' },
      ),
      { ...place, allowHosts: [] },
    )
    expect(rules.unreadableGlobs).toEqual(['/p/secrets/**', '/p/**/*.db', '/p/**/*.db/**'])
    expect(rules.protected).toEqual(['/p/secrets', '/home/a/notes'])

    const odd = { ...place, project: '/p[1]', allowHosts: [] }
    const inOdd = rulesForSandbox(stored({ path: './secrets', decision: 'deny' }), odd)
    expect(inOdd.unreadableGlobs).toEqual(['/p\\[1\\]/secrets', '/p\\[1\\]/secrets/**'])
    expect(inOdd.protected).toEqual(['/p[1]/secrets'])
  })
})

test('tools that walk directories obey rules about reading', () => {
  const place = { home: '/home/a', project: '/p' }
  const paths = openPathJudge({
    home: '/home/a',
    roots: ['/p'],
    own: [],
    unreadable: [],
    readable: [],
  })
  const rule = (index: number, one: PolicyRule) => ({
    rule: one,
    file: '',
    line: 1,
    scope: 'user' as const,
    index,
  })
  const secrecy = openSecrecy({
    ...place,
    paths,
    rules: {
      rules: [
        rule(0, { path: 'closed/**', decision: 'deny' }),
        rule(1, { path: 'asked/**', effect: 'read', decision: 'ask' }),
        rule(2, { path: './test/.env', effect: 'read', decision: 'allow' }),
        rule(3, { path: '**', decision: 'allow' }),
        rule(4, { path: 'src/**', effect: 'write', decision: 'deny' }),
      ],
      ignored: [],
      problems: [],
      strict: false,
    },
  })
  const said = ['closed/a', 'asked/a', 'test/.env', '.env', 'src/a', '../home/a/.ssh/x'].map(
    (name) => secrecy(resolve('/p', name)),
  )
  expect(said).toEqual(['closed', 'asks', 'open', 'asks', 'open', 'closed'])
})
