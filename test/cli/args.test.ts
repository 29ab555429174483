import { describe, expect, test } from 'bun:test'
import { recipes } from '../../src/app/recipes.ts'
import { flagValue, has, numberOf, parseArguments } from '../../src/cli/args.ts'
import { commandRows } from '../../src/cli/commands.ts'
import { completionScript } from '../../src/cli/completion.ts'
import { flagRows } from '../../src/cli/flags.ts'
import { commandHelp, helpText } from '../../src/cli/help.ts'

test('flags are read in every usual form', () => {
  const args = parseArguments([
    '-qp',
    'mock',
    '--model=a/b',
    '-k5',
    '--add-dir',
    'x',
    '--add-dir',
    'y',
    'search',
    'words',
    'here',
  ])
  expect(has(args, 'quiet')).toBe(true)
  expect(flagValue(args, 'provider')).toBe('mock')
  expect(flagValue(args, 'model')).toBe('a/b')
  expect(args.flags.get('add-dir')).toEqual(['x', 'y'])
  expect(numberOf(args, 'limit', 1)).toBe(5)
  expect(args).toMatchObject({ command: 'search', words: ['words', 'here'] })
})

test('-- ends the flags, and a prompt after it is never taken for a command or a flag', () => {
  expect(parseArguments(['--', '-yP', 'x'])).toMatchObject({
    words: ['-yP', 'x'],
    flags: new Map(),
  })
  expect(parseArguments(['-q', '--', 'review']).command).toBeUndefined()
  expect(parseArguments(['ask', '--', '--what', 'is'])).toMatchObject({
    command: 'ask',
    words: ['--what', 'is'],
  })
})

test('flags of a program whose command policy is asked about are not taken for flags of codi', () => {
  for (const flag of ['-q', '--quiet', '--force'])
    expect(() => parseArguments(['policy', 'add', 'npm', 'install', flag])).toThrow(
      `${flag} stands behind npm: put -- before npm, as in codi policy add -- npm install ${flag}`,
    )
  const own = parseArguments(['policy', 'add', 'npm', 'test', '--project', '--reason=why'])
  expect(own.words).toEqual(['add', 'npm', 'test'])
  expect([...own.flags.keys()]).toEqual(['project', 'reason'])
  expect(parseArguments(['policy', 'import', 'claude', '--apply']).words).toEqual([
    'import',
    'claude',
  ])
  expect(parseArguments(['policy', 'add', '--', 'npm', '-q']).words).toEqual(['add', 'npm', '-q'])
})

test('a prompt in quotes is never taken for a command', () => {
  expect(parseArguments(['search for bugs']).command).toBeUndefined()
  expect(parseArguments(['where', 'is', 'the', 'loop']).words).toEqual([
    'where',
    'is',
    'the',
    'loop',
  ])
})

test('--resume takes an id only when one follows', () => {
  expect(flagValue(parseArguments(['--resume', '20261122-0831-abc']), 'resume')).toBe(
    '20261122-0831-abc',
  )
  expect(parseArguments(['--resume', 'go on']).words).toEqual(['go on'])
})

describe('what is wrong is one line with the closest name', () => {
  const cases: [string[], string][] = [
    [['--promt', 'x'], 'Did you mean --prompt?'],
    [['serch'], 'Did you mean search?'],
    [['revew', 'x'], 'Did you mean review?'],
    [['-Z'], 'Unknown flag -Z'],
    [['--mode', 'aut'], 'Did you mean auto?'],
    [['--model'], '--model wants NAME'],
    [['--quiet=1'], '--quiet takes no value'],
    [['--staged', 'hello there you'], '--staged belongs to review'],
    [['ask', '--batch'], '--batch belongs to search, not to ask'],
  ]
  for (const [argv, message] of cases) {
    test(argv.join(' '), () => {
      expect(() => parseArguments(argv)).toThrow(message)
    })
  }

  test('a number flag without a number', () => {
    expect(() => numberOf(parseArguments(['--max-turns', 'x']), 'max-turns', 1)).toThrow(
      'wants a number',
    )
  })
})

test('help and completion name every command and every flag', () => {
  const help = helpText() + commandRows.map((row) => commandHelp(row.name)).join('')
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = completionScript(shell)
    for (const row of commandRows) expect(script).toContain(row.name)
    for (const row of flagRows.filter((candidate) => !candidate.hidden))
      expect(script).toContain(row.name)
  }
  for (const row of flagRows.filter((candidate) => !candidate.hidden))
    expect(help).toContain(`--${row.name}`)
  for (const row of commandRows) expect(help).toContain(row.summary)
})

test('help fits a terminal of 110 columns', () => {
  const texts = [helpText(), ...commandRows.map((row) => commandHelp(row.name))]
  expect(texts.flatMap((text) => text.split('\n').filter((line) => line.length > 110))).toEqual([])
})

test('completion of bash knows what the first word of a command can be', () => {
  const complete = (...words: string[]) => {
    const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _codi; echo "\${COMPREPLY[@]}"`
    const script = `${completionScript('bash')}\n${ask}`
    return Bun.spawnSync(['bash', '-c', script, 'bash', ...words])
      .stdout.toString()
      .trim()
  }
  expect(complete('codi', 'graph', '')).toBe('calls imports inherits')
  expect(complete('codi', 'lsp', 'de')).toBe('definition')
  expect(complete('codi', 'help', 'im')).toBe('impact import')
  expect(complete('codi', 'policy', 'e')).toBe('explain')
  expect(complete('codi', 'sandbox', '')).toBe('run explain')
  expect(complete('codi', '--sandbox', 'r')).toBe('read-only')
  expect(complete('codi', 'graph', 'calls', 'x', '--direction', 'call')).toBe('callers callees')
  // Of flags those of the command, and the general ones.
  expect(complete('codi', 'undo', '--con')).toBe('--conflicts --continue --context-window')
  expect(complete('codi', 'status', '--con')).toBe('--continue --context-window')
})

test('the flags of every recipe are flags of the command line', () => {
  for (const recipe of recipes) {
    expect(commandRows.some((row) => row.name === recipe.name)).toBe(true)
    for (const flag of recipe.flags)
      expect(flagRows.find((row) => row.name === flag.name)?.commands).toContain(recipe.name)
  }
})
