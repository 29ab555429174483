/** Rules of other agents: what is translated, what is said to be left, and that nothing gets looser. */
import { describe, expect, test } from 'bun:test'
import { importClaude } from '../../src/permissions/import/claude.ts'
import { importCodex } from '../../src/permissions/import/codex.ts'
import { commandRule } from '../../src/permissions/import/imported.ts'
import { importOpencode } from '../../src/permissions/import/opencode.ts'

describe('Codex', () => {
  test('prefix rules with alternatives, reasons and examples', () => {
    const { rules, left } = importCodex(`
# how we work
TESTS = ["cargo", ["test", "nextest"]]
prefix_rule(pattern = TESTS, decision = "allow")
prefix_rule(
    pattern = ["git", "push"],
    decision = "prompt",
    justification = "look " + "first",  # said so
    match = [["git", "push", "origin main"], "git push"],
    not_match = ["git pull"],
)
prefix_rule(pattern=["rm", "-rf"], decision="forbidden")
prefix_rule(pattern=["ls"])
`)
    expect(left).toEqual([])
    expect(rules).toEqual([
      { prefix: ['cargo', ['test', 'nextest']], decision: 'allow' },
      {
        prefix: ['git', 'push'],
        decision: 'ask',
        reason: 'look first',
        match: ["git push 'origin main'", 'git push'],
        notMatch: ['git pull'],
      },
      { prefix: ['rm', '-rf'], decision: 'deny' },
      { prefix: ['ls'], decision: 'allow' },
    ])
  })

  test('network rules by host; a protocol that codi cannot tell apart is not allowed', () => {
    const { rules, left } = importCodex(
      'network_rule(host="api.github.com", protocol="https", decision="allow")\n' +
        'network_rule(host="x.example", protocol="socks5_tcp", decision="allow")\n' +
        'network_rule(host="evil.example", protocol="https", decision="deny")\n',
    )
    expect(rules).toEqual([
      { host: 'api.github.com:443', decision: 'allow' },
      { host: 'evil.example', decision: 'deny' },
    ])
    expect(left.map(({ forbids }) => forbids)).toEqual([false])
  })

  test('what is not understood is named with its line and never guessed', () => {
    const { rules, left } = importCodex(
      'for x in ["a"]:\n    prefix_rule(pattern=[x], decision="allow")\nhost_executable(name="git", paths=["/usr/bin/git"])\n' +
        'prefix_rule(pattern=[UNKNOWN], decision="forbidden")\nprefix_rule(pattern=["ok"], decision="sometimes")\nprefix_rule(pattern=["a"])\n',
    )
    expect(rules).toEqual([{ prefix: ['a'], decision: 'allow' }])
    expect(left.map(({ what }) => /line \d+/.exec(what)?.[0])).toEqual([
      'line 1',
      'line 4',
      'line 3',
      'line 5',
    ])
  })

  test('random bytes and broken texts never throw', () => {
    const pieces = [
      'prefix_rule(',
      'pattern=',
      '[',
      ']',
      ')',
      '"a"',
      ',',
      '\n',
      '#',
      '"',
      '"""',
      '=',
      '+',
      'x',
      '\\',
      '\u0000',
    ]
    let state = 7
    for (let round = 0; round < 3000; round++) {
      let text = ''
      for (let index = 0; index < 12; index++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        text += pieces[state % pieces.length]
      }
      for (const rule of importCodex(text).rules) expect(rule.prefix?.length).toBeGreaterThan(0)
    }
    importCodex('['.repeat(10_000))
  })
})

describe('Claude Code', () => {
  test('lists of tools and patterns', () => {
    const { rules, left } = importClaude({
      permissions: {
        allow: [
          'Bash(npm run test:*)',
          'Read(~/.zshrc)',
          'WebFetch(domain:example.com)',
          'mcp__db__query',
          'Edit(/docs/**)',
        ],
        ask: ['Bash(git push:*)', 'Bash(npm publish)'],
        deny: ['Read(./.env)', 'Read(//etc/shadow)', 'WebFetch', 'Bash(curl *)', 'mcp__db'],
        additionalDirectories: ['../x'],
      },
    })
    expect(rules).toEqual([
      { prefix: ['npm', 'run', 'test'], decision: 'allow' },
      { path: '~/.zshrc', effect: 'read', decision: 'allow' },
      { host: 'example.com', decision: 'allow' },
      { tool: 'mcp_db_query', decision: 'allow' },
      { path: './docs/**', effect: 'write', decision: 'allow' },
      { prefix: ['git', 'push'], decision: 'ask' },
      { prefix: ['npm', 'publish'], decision: 'ask' },
      { path: './.env', effect: 'read', decision: 'deny' },
      { path: '/etc/shadow', effect: 'read', decision: 'deny' },
      { tool: 'web_fetch', decision: 'deny' },
      { prefix: ['curl'], decision: 'deny' },
      { tool: 'mcp_db_*', decision: 'deny' },
    ])
    expect(left.map(({ what }) => what)).toEqual(['additionalDirectories'])
  })

  test('what would get looser is left, and says whether it forbade', () => {
    const { rules, left } = importClaude({
      permissions: {
        allow: ['Bash(npm run build)', 'Bash(git * main)', 'Task', 'Bash(a; b:*)'],
        deny: ['Bash(rm*)', 'Skill(x)'],
      },
    })
    expect(rules).toEqual([])
    expect(left.map(({ forbids }) => forbids)).toEqual([false, false, false, false, true, true])
  })

  test('settings without permissions hold nothing', () => {
    expect(importClaude({ env: {} })).toEqual({ rules: [], left: [] })
    expect(importClaude({ permissions: { allow: 'all' } })).toEqual({ rules: [], left: [] })
  })
})

describe('OpenCode', () => {
  test('objects by tool and lists of rules', () => {
    const { rules, left } = importOpencode({
      permission: {
        edit: 'ask',
        bash: { 'git push*': 'ask', 'npm test*': 'allow', '*': 'ask' },
        webfetch: 'deny',
        read: { '*.env': 'ask' },
      },
      permissions: [
        { action: 'bash', resource: 'git commit *', effect: 'deny' },
        { action: 'edit', resource: 'src/**', effect: 'allow' },
      ],
    })
    expect(rules).toEqual([
      { path: '**', effect: 'write', decision: 'ask' },
      { prefix: ['npm', 'test'], decision: 'allow' },
      { tool: 'bash', decision: 'ask' },
      { tool: 'web_fetch', decision: 'deny' },
      { path: '*.env', effect: 'read', decision: 'ask' },
      { prefix: ['git', 'commit'], decision: 'deny' },
      { path: 'src/**', effect: 'write', decision: 'allow' },
    ])
    // It also means `git pushx`: a rule about whole words would forbid less.
    expect(left).toMatchObject([{ what: 'bash git push*: "ask"', forbids: true }])
  })

  test('everything allowed is not taken over', () => {
    expect(importOpencode({ permission: 'allow' })).toMatchObject({
      rules: [],
      left: [{ forbids: false }],
    })
    expect(importOpencode({ permission: 'deny' }).rules).toEqual([{ tool: '*', decision: 'deny' }])
  })
})

describe('a pattern over a command', () => {
  for (const [pattern, decision, prefix] of [
    ['npm run test:*', 'allow', ['npm', 'run', 'test']],
    ['git push *', 'deny', ['git', 'push']],
    ['ls*', 'allow', ['ls']],
    ['npm test', 'deny', ['npm', 'test']],
    ['npm test', 'allow', undefined],
    ['rm*', 'deny', undefined],
    ['echo "a b":*', 'allow', undefined],
    ['a && b:*', 'deny', undefined],
  ] as const) {
    test(`${decision} ${pattern} ${prefix ? 'is translated' : 'is left'}`, () => {
      const read = commandRule(pattern, decision)
      expect('rule' in read ? read.rule.prefix : undefined).toEqual(prefix as string[] | undefined)
    })
  }
})
