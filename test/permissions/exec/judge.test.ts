/** What the judge says of each command of the corpus, and what its verdicts hold. */
import { describe, expect, test } from 'bun:test'
import type { PolicyRule } from '../../../src/contract/policy.ts'
import { openJudge } from '../../../src/permissions/exec/judge.ts'
import { openPrograms } from '../../../src/permissions/exec/programs.ts'
import { outcomeOf, place, readCorpus, strictness } from './corpus.ts'

const judge = openJudge()
const verdictOf = (text: string, rules: readonly PolicyRule[] = []) =>
  judge.command(text, { ...place, rules })

describe('The corpus', () => {
  const corpus = readCorpus()

  test('has at least 900 commands, and the table at least 250 programs', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(900)
    expect(openPrograms().size).toBeGreaterThanOrEqual(250)
  })

  test('is judged as it says, without one false allow', async () => {
    const wrong: string[] = []
    let falseAllows = 0
    let falseAsks = 0
    for (const { text, expected } of corpus) {
      const verdict = await verdictOf(text)
      const outcome = outcomeOf(verdict)
      if (outcome === expected) continue
      wrong.push(`${expected}, but ${outcome}: ${text} (${verdict.rule}: ${verdict.reason})`)
      if (strictness.indexOf(outcome) < strictness.indexOf(expected)) falseAllows++
      else falseAsks++
    }
    console.log(`${corpus.length} commands: ${falseAllows} too free, ${falseAsks} too strict`)
    expect(wrong).toEqual([])
  })

  test('gives a reason, a rule and a risk to every verdict, and remembers nothing dangerous', async () => {
    for (const { text } of corpus) {
      const verdict = await verdictOf(text)
      expect(verdict.reason).not.toBe('')
      expect(verdict.rule).toMatch(/^(?:builtin:.|default$|unparsed$)/)
      if (verdict.dangerous) expect(verdict.risk).toBe('high')
      if (verdict.dangerous || verdict.decision !== 'ask') expect(verdict.remember).toEqual([])
      if (verdict.decision === 'allow') expect(verdict.readsOnly).toBe(true)
      if (verdict.redirects) expect(verdict.decision).not.toBe('allow')
    }
  })

  test('would run without a question by what each verdict offers to remember', async () => {
    for (const { text } of corpus) {
      const { remember } = await verdictOf(text)
      if (remember.length === 0) continue
      const rules = remember.map((prefix): PolicyRule => ({ prefix, decision: 'allow' }))
      expect(`${text}: ${(await verdictOf(text, rules)).decision}`).toBe(`${text}: allow`)
    }
  })
})

describe('A verdict', () => {
  test('names every simple command, wrappers and what they run', async () => {
    const { commands } = await verdictOf(`cd src && timeout 5 npm test | grep "a b" > out; x=$(id)`)
    expect(commands).toEqual([
      ['cd', 'src'],
      ['timeout', '5', 'npm', 'test'],
      ['npm', 'test'],
      ['grep', 'a b'],
      ['id'],
    ])
  })

  test('tells of redirections that write, and not of those that do not', async () => {
    expect((await verdictOf('ls > a')).redirects).toBe(true)
    expect((await verdictOf('ls > /dev/null 2>&1 < b')).redirects).toBe(false)
  })

  test.each([
    ['npm test', [['npm', 'test']]],
    ['npm run build -- --watch', [['npm', 'run', 'build']]],
    [
      'git add -A && git commit -m x',
      [
        ['git', 'add'],
        ['git', 'commit'],
      ],
    ],
    ['cargo build --release', [['cargo', 'build']]],
    ['pytest -q tests', [['pytest']]],
    ['npx eslint .', [['npx', 'eslint']]],
    ['python -m pytest', [['python', '-m', 'pytest']]],
    ['node scripts/x.js', [['node', 'scripts/x.js']]],
    ['make test', [['make', 'test']]],
    ['sudo npm test', []],
    ['bash x.sh', []],
    ['node -e 1', []],
    ['curl https://example.org', []],
    ['rm -rf x', []],
    ['ls > a', []],
    ['npm test | foo $X', [['npm', 'test'], ['foo']]],
    ['xargs npm test', [['npm', 'test']]],
  ])('offers the narrowest prefixes to remember of %s', async (text, remember) => {
    expect((await verdictOf(text)).remember).toEqual(remember)
  })

  test.each([
    ['npm test', ['run-tests']],
    ['python -m pytest', ['run-tests']],
    ['npx jest --watch', ['run-tests']],
    ['npm ci', ['install-deps']],
    ['npm install -g x', []],
    ['npm run build', ['build-project']],
    ['npm run lint', ['lint-format']],
    ['git status', ['git-safe']],
    ['git commit -m x', ['git-commit']],
    ['git commit --amend', []],
    ['git commit --no-verify -m x', []],
    ['docker ps', ['docker-read']],
    ['ls | cat a', ['list-files', 'read-files']],
    ['sort -o a b', []],
  ])('puts %s into its categories', async (text, categories) => {
    expect((await verdictOf(text)).categories).toEqual(categories)
  })

  test('says in words what decides', async () => {
    const { reason, rule } = await verdictOf('git push --force')
    expect(reason).toBe('git push --force overwrites what others pushed')
    expect(rule).toBe('builtin:git push --force')
  })
})

describe('A rule', () => {
  const allow = (...prefix: (string | string[])[]): PolicyRule => ({ prefix, decision: 'allow' })
  const deny = (...prefix: (string | string[])[]): PolicyRule => ({ prefix, decision: 'deny' })
  const ask = (...prefix: (string | string[])[]): PolicyRule => ({ prefix, decision: 'ask' })

  test.each([
    ['npm test -- a', [allow('npm', ['test', 't'])], 'allow', 'npm test|t'],
    ['npm t', [allow('npm', ['test', 't'])], 'allow', 'npm test|t'],
    ['npm tests', [allow('npm', ['test', 't'])], 'ask', 'default'],
    ['npm', [deny('npm', 'test')], 'allow', 'builtin:npm'],
    ['npm test; foo', [allow('npm', 'test')], 'ask', 'default'],
    ['npm test > out', [allow('npm', 'test')], 'ask', 'builtin:redirection'],
    ['PATH=. npm test', [allow('npm', 'test')], 'ask', 'builtin:assignment'],
    ['FOO=1 npm test', [allow('npm', 'test')], 'ask', 'builtin:assignment'],
    ['npm test $(foo)', [allow('npm', 'test')], 'ask', 'default'],
    ['rm -rf x', [allow('rm')], 'ask', 'builtin:rm -r'],
    ['rm -rf /', [allow('rm'), allow('rm', '-rf')], 'deny', 'builtin:rm'],
    ['git push --force', [allow('git'), allow('git', 'push')], 'ask', 'builtin:git push --force'],
    ['xargs foo', [allow('xargs')], 'ask', 'default'],
    ['env foo', [allow('env')], 'ask', 'default'],
    ['bash -c foo', [allow('bash')], 'ask', 'default'],
    ['bash -c foo', [allow('foo')], 'allow', 'builtin:bash'],
    ['foo', [allow('foo'), ask('foo')], 'ask', 'foo'],
    ['foo', [allow('foo'), ask('foo'), deny('foo')], 'deny', 'foo'],
    ['ls', [deny('ls')], 'deny', 'ls'],
    ['/bin/ls', [deny('ls')], 'deny', 'ls'],
    ['/opt/x/foo a', [deny('foo')], 'deny', 'foo'],
    ['FOO a', [deny('foo')], 'deny', 'foo'],
    ['FOO a', [allow('foo')], 'ask', 'default'],
    ['LS', [allow('ls')], 'ask', 'builtin:look-alike'],
    ['LS', [deny('ls')], 'deny', 'ls'],
    ['timeout 5 ls', [deny('ls')], 'deny', 'ls'],
    ['echo $(ls)', [deny('ls')], 'deny', 'ls'],
    ['"l"s', [deny('ls')], 'deny', 'ls'],
    ['git -C sub status', [deny('git', 'status')], 'deny', 'git status'],
    ['./npm test', [allow('npm', 'test')], 'ask', 'builtin:npm test'],
    ['pytest', [{ category: 'run-tests', decision: 'allow' }], 'allow', 'category run-tests'],
    ['git add a', [{ category: 'git-commit', decision: 'allow' }], 'allow', 'category git-commit'],
    [
      'git commit --amend',
      [{ category: 'git-commit', decision: 'allow' }],
      'ask',
      'builtin:git commit --amend',
    ],
    ['ls', [{ category: 'list-files', decision: 'ask' }], 'ask', 'category list-files'],
  ] as [string, PolicyRule[], string, string][])(
    'about %s: %j',
    async (text, rules, decision, rule) => {
      const verdict = await verdictOf(text, rules)
      expect({ decision: verdict.decision, rule: verdict.rule }).toEqual({
        decision,
        rule,
      } as never)
    },
  )

  test('is matched by any simple command of an example', async () => {
    expect(await judge.matches(allow('npm', 'test'), 'cd a && npm test')).toBe(true)
    expect(await judge.matches(allow('npm', 'test'), 'npm run test')).toBe(false)
    expect(await judge.matches({ category: 'run-tests', decision: 'ask' }, 'npx jest')).toBe(true)
  })
})

describe('A text that is meant to be hard', () => {
  const hard: Readonly<Record<string, string>> = {
    parentheses: '('.repeat(20_000),
    substitutions: `${'$('.repeat(5_000)}${')'.repeat(5_000)}`,
    'open quotes': "'".repeat(119_999),
    words: `ls ${'a '.repeat(59_000)}`,
    statements: 'ls;'.repeat(39_000),
    'nested braces': `echo ${'{a,'.repeat(3_000)}${'}'.repeat(3_000)}`,
    'many braces': `echo ${'{a,b}'.repeat(2_000)}`,
    backticks: '`'.repeat(10_001),
    'here-documents': 'cat <<A\n'.repeat(5_000),
    pipes: 'ls |'.repeat(20_000),
    redirections: `ls ${'>a '.repeat(30_000)}`,
    wrappers: `${'env '.repeat(20_000)}ls`,
    evals: `${'eval '.repeat(3_000)}ls`,
    slashes: `rm ${'/'.repeat(110_000)}`,
    'a program of awk': `awk '${'/'.repeat(50_000)}x'`,
    'too long a text': `ls ${'a'.repeat(130_000)}`,
  }
  test.each(Object.entries(hard))('is asked for: %s', async (_, text) => {
    expect((await verdictOf(text)).decision).not.toBe('allow')
  })

  test('of one long word is still read', async () => {
    expect((await verdictOf(`echo ${'a'.repeat(100_000)}`)).decision).toBe('allow')
  })
})

test.each(['git ./x', "git 'a b'", "cargo ''", 'docker compose ./x', 'bun ./x.ts; git 1/x'])(
  'What is offered to remember of %s is never a program with all of its subcommands',
  async (text) => {
    const { decision, remember } = await verdictOf(text)
    expect({ decision, remember }).toEqual({ decision: 'ask', remember: [] })
  },
)
