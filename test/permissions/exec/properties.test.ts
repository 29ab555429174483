/** What holds of every text, not only of those that somebody thought of. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { CommandVerdict, PolicyRule } from '../../../src/contract/policy.ts'
import { loadGrammar } from '../../../src/permissions/exec/grammar.ts'
import { openJudge } from '../../../src/permissions/exec/judge.ts'
import { readPlain } from '../../../src/permissions/exec/plain.ts'
import { readTree } from '../../../src/permissions/exec/read-text.ts'
import { home, outcomeOf, place, readCorpus, strictness } from './corpus.ts'

const judge = openJudge()
const corpus = readCorpus()
const allowed = corpus.filter(({ expected }) => expected === 'allow').map(({ text }) => text)
const judged = (text: string, rules: readonly PolicyRule[] = []) =>
  judge.command(text, { ...place, rules })
const rank = (verdict: CommandVerdict) => strictness.indexOf(outcomeOf(verdict))
const example = fc.constantFrom(...corpus.map(({ text }) => text))
const harmless = fc.constantFrom(...allowed)

/** Pieces that mean something to a shell. */
const piece = fc.constantFrom(
  ...[
    'ls',
    'cat',
    'rm -rf x',
    'foo',
    'git',
    'status',
    'echo',
    '$x',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    '${x}',
    '"',
    "'",
    '`',
    '$(',
    ')',
    '(',
  ],
  ...[
    '{',
    '}',
    '{a,b}',
    ';',
    '&',
    '&&',
    '||',
    '|',
    '|&',
    '\n',
    '\\',
    '\\\n',
    '>',
    '>>',
    '<',
    '<<EOF',
    '\nEOF\n',
  ],
  ...[
    '<<<',
    '<(',
    '>(',
    '2>&1',
    '>/dev/null',
    '#',
    ' # ',
    '~',
    '*',
    '?',
    '[',
    ']',
    '[[',
    ']]',
    '((',
    '))',
    '$((',
  ],
  ...[
    'if',
    'then',
    'fi',
    'for',
    'in',
    'do',
    'done',
    'while',
    'case',
    'esac',
    'function',
    'f()',
    '!',
    'time',
  ],
  ...[
    'x=1',
    'PATH=.',
    'export',
    'eval',
    '\t',
    '\r',
    '\0',
    '\u00a0',
    '\u202e',
    "$'\\x72m'",
    '=',
    '-',
    '--',
    'a',
  ],
)
const shellText = fc
  .array(fc.tuple(piece, fc.constantFrom(' ', '', ' ')), { maxLength: 14 })
  .map((pieces) => pieces.flat().join(''))

const mutated = fc
  .tuple(example, fc.array(fc.tuple(fc.nat(60), piece, fc.nat(3)), { minLength: 1, maxLength: 3 }))
  .map(([text, edits]) =>
    edits.reduce((so, [at, added, dropped]) => {
      const place = at % (so.length + 1)
      return so.slice(0, place) + added + so.slice(place + dropped)
    }, text),
  )

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  shellText,
  mutated,
)

describe('Whatever the text is', () => {
  test('it is judged without an error', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const verdict = await judged(text)
        expect(['allow', 'ask', 'deny']).toContain(verdict.decision)
        expect(verdict.reason).not.toBe('')
      }),
      { numRuns: 3_000 },
    )
  })

  test('it is not allowed where the grammar found an error', async () => {
    const parse = await loadGrammar()
    await fc.assert(
      fc.asyncProperty(fc.oneof(shellText, mutated), async (text) => {
        // A brace where a command begins is read a second time, behind an empty string.
        fc.pre(!/\{[^\s]*,/.test(text))
        const tree = parse(text)
        if (tree && !tree.hasError) return
        expect((await judged(text)).decision).not.toBe('allow')
      }),
      { numRuns: 3_000 },
    )
  })

  test('it is not allowed with a character in it that hides something', async () => {
    const hidden = fc.constantFrom(
      '\0',
      '\r',
      '\x1b',
      '\u202e',
      '\u200b',
      '\u00a0',
      '\u2028',
      '\u0085',
      '\ue000',
    )
    await fc.assert(
      fc.asyncProperty(harmless, hidden, fc.nat(100), async (text, char, at) => {
        const place = at % (text.length + 1)
        const changed = text.slice(0, place) + char + text.slice(place)
        expect((await judged(changed)).decision).not.toBe('allow')
      }),
      { numRuns: 600 },
    )
  })
})

describe('A dangerous command', () => {
  const dangerous = fc.constantFrom(
    'rm -rf x',
    'git push -f',
    'sudo ls',
    'eval "$X"',
    'cat ~/.ssh/id_rsa',
  )
  const joints: readonly ((text: string, bad: string) => string)[] = [
    (text, bad) => `${text}\n${bad}`,
    (text, bad) => `${bad}\n${text}`,
    (text, bad) => `${bad}; ${text}`,
    (text, bad) => `${bad} && ${text}`,
    (text, bad) => `${bad} | ${text}`,
    (text, bad) => `${bad} & ${text}`,
    (text, bad) => `(${bad}); ${text}`,
    (text, bad) => `x=$(${bad}); ${text}`,
    (text, bad) => `if ${bad}; then\n${text}\nfi`,
    (text, bad) => `f() {\n${text}\n}\n${bad}`,
    (text, bad) => `echo "$(\n${text}\n${bad}\n)"`,
  ]
  const sameLine: readonly ((text: string, bad: string) => string)[] = [
    (text, bad) => `${text}; ${bad}`,
    (text, bad) => `${text} && ${bad}`,
    (text, bad) => `${text} || ${bad}`,
    (text, bad) => `${text} | ${bad}`,
    (text, bad) => `${text} & ${bad}`,
    (text, bad) => `${text} $(${bad})`,
    (text, bad) => `${text} \`${bad}\``,
    (text, bad) => `${text} <(${bad})`,
    (text, bad) => `${text} "$(${bad})"`,
  ]

  test('is never allowed, wherever it is put beside what is allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        harmless,
        dangerous,
        fc.constantFrom(...joints, ...sameLine),
        async (text, bad, join) => {
          // Behind a comment or in a here-document it is only text.
          fc.pre(!(sameLine.includes(join) && /#|<<-?['E]/.test(text)))
          expect((await judged(join(text, bad))).decision).not.toBe('allow')
        },
      ),
      { numRuns: 1_500 },
    )
  })
})

describe('What stands round a command', () => {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const around: readonly ((text: string) => string)[] = [
    (text) => `bash -c ${quoted(text)}`,
    (text) => `sh -c ${quoted(text)}`,
    (text) => `env -S ${quoted(`bash -c ${quoted(text)}`)}`,
    (text) => `eval ${quoted(text)}`,
    (text) => `trap ${quoted(text)} EXIT`,
    (text) => `(\n${text}\n)`,
    (text) => `{\n${text}\n}`,
    (text) => `if true; then\n${text}\nfi`,
    (text) => `f() {\n${text}\n}\nf`,
    (text) => `bash <<'END_OF_IT'\n${text}\nEND_OF_IT`,
  ]
  const before = [
    'timeout 5',
    'nohup',
    'nice -n 3',
    'env',
    'env A=b',
    'command',
    'sudo',
    'time',
    'stdbuf -oL',
    'setsid',
    'exec',
    'chronic',
    '!',
    'xargs',
  ]

  test('never makes it freer', async () => {
    await fc.assert(
      fc.asyncProperty(example, fc.constantFrom(...around), async (text, wrap) => {
        fc.pre(!/<<|#/.test(text) || wrap === around[0])
        expect(rank(await judged(wrap(text)))).toBeGreaterThanOrEqual(rank(await judged(text)))
      }),
      { numRuns: 1_200 },
    )
  })

  test('never makes a plain command freer', async () => {
    const plain = corpus
      .map(({ text }) => text)
      .filter(
        (text) =>
          /^[a-z][\w ./:@%+=,'"$~*-]*$/i.test(text) &&
          !/^\w+=|^(?:export|declare|local|readonly|cd|read|unset|printf|time|coproc|f|set)\b/.test(
            text,
          ),
      )
    expect(plain.length).toBeGreaterThan(300)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...plain),
        fc.constantFrom(...before),
        async (text, wrapper) => {
          expect(rank(await judged(`${wrapper} ${text}`))).toBeGreaterThanOrEqual(
            rank(await judged(text)),
          )
        },
      ),
      { numRuns: 1_200 },
    )
  })
})

describe('The fast path', () => {
  test('reads a plain text as the grammar does', async () => {
    const parse = await loadGrammar()
    const word = fc.string({
      unit: fc.constantFrom(...'abcxyzLS0129_./:@%+=,-'.split('')),
      minLength: 1,
      maxLength: 8,
    })
    const text = fc
      .array(
        fc.oneof(
          word,
          fc.constantFrom('if', 'time', 'ls', 'in', 'do', 'function', 'export', '--', '-'),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .chain((words) =>
        fc.constantFrom(words.join(' '), words.join('\t '), ` ${words.join('  ')} `),
      )
    fc.assert(
      fc.property(text, (one) => {
        const fast = readPlain(one, place.cwd)
        if (!fast) return
        const tree = parse(one)
        const slow = tree && readTree(tree, one, { home, cwd: place.cwd })
        // The grammar stumbles over a few words of the shell where they are only arguments; it is then the stricter.
        if (slow?.fault !== undefined) {
          expect(one).toMatch(/\b(?:if|time|in|do|function|export)\b|[@%=+:]|^\s*\w+[^\w\s]/)
          return
        }
        expect(slow?.commands.map(({ words }) => words)).toEqual(
          fast.commands.map(({ words }) => words as never),
        )
        expect(slow?.commands[0]?.assignments).toEqual([])
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('A rule', () => {
  const rule = (decision: PolicyRule['decision']) =>
    fc.tuple(example, fc.integer({ min: 1, max: 2 })).map(
      ([text, length]): PolicyRule => ({
        prefix: text.split(/\s+/).slice(0, length),
        decision,
      }),
    )

  test('that asks or denies never makes anything freer', async () => {
    await fc.assert(
      fc.asyncProperty(
        example,
        fc.array(rule('allow'), { maxLength: 3 }),
        fc.oneof(rule('ask'), rule('deny')),
        async (text, rules, stricter) => {
          const before = await judged(text, rules)
          const after = await judged(text, [stricter, ...rules])
          expect(rank(after)).toBeGreaterThanOrEqual(rank(before))
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test('that allows never allows what is dangerous, writes by a redirection, or was not understood', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(example, mutated),
        fc.array(rule('allow'), { maxLength: 4 }),
        async (text, rules) => {
          const names = text.split(/\s+/).slice(0, 2)
          const generous: PolicyRule[] = [
            { prefix: names.slice(0, 1), decision: 'allow' },
            ...rules,
          ]
          const before = await judged(text)
          const after = await judged(text, generous)
          const isHeld = before.dangerous || before.redirects || before.rule === 'unparsed'
          if (isHeld) expect(after.decision).not.toBe('allow')
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test('means the same wherever it stands among the others', async () => {
    const rules = fc.array(fc.oneof(rule('allow'), rule('ask'), rule('deny')), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(example, rules, async (text, some) => {
        const before = await judged(text, some)
        const after = await judged(text, [...some].reverse())
        expect(after.decision).toBe(before.decision)
      }),
      { numRuns: 600 },
    )
  })
})
