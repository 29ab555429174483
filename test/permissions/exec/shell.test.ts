/**
 * The judge beside a real bash: whatever it allows is run with no program on its path, and every program that bash then
 * looks for must be one of those that the verdict names. So a text that is read otherwise than bash reads it is found.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { openJudge } from '../../../src/permissions/exec/judge.ts'
import { place, readCorpus } from './corpus.ts'

const bash = Bun.which('bash')
const judge = openJudge()
const allowed = readCorpus()
  .filter(({ expected }) => expected === 'allow')
  .map(({ text }) => text)
  // These wait, or end the shell before what follows them.
  .filter((text) => !/sleep|wait|exit|while|until|tail -f|^exec/.test(text))

/** What changes how a shell reads: put anywhere into a text. */
const disturbance = fc.constantFrom(
  ...[
    ' ',
    '\n',
    '\\',
    '\\\n',
    ';',
    '&',
    '|',
    '"',
    "'",
    '`',
    '$(',
    ')',
    '(',
    '{',
    '}',
    ' } ',
    '#',
    ' #',
    '# ',
  ],
  ...[
    '<<E\n',
    '\nE\n',
    '<<<',
    ' zz ',
    ';zz;',
    '\nzz\n',
    '$(zz)',
    '`zz`',
    '"$(zz)"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    '${x:-$(zz)}',
    '$((1))',
    '((',
    '))',
  ],
  ...[
    '[[ ',
    ' ]]',
    '[ ',
    ' ]',
    '!',
    '$',
    '${',
    "$'",
    '$"',
    '=',
    '~',
    '*',
    '{a,b}',
    '<(zz)',
    '>/dev/null',
    'if ',
    'then ',
    ' fi',
    ' do ',
    ' done',
    'in ',
    'x=1 ',
    'case ',
  ],
)
const disturbed = fc
  .tuple(
    fc.constantFrom(...allowed),
    fc.array(fc.tuple(fc.nat(80), disturbance, fc.nat(2)), { minLength: 1, maxLength: 3 }),
  )
  .map(([text, edits]) =>
    edits.reduce((so, [at, added, dropped]) => {
      const place = at % (so.length + 1)
      return so.slice(0, place) + added + so.slice(place + dropped)
    }, text),
  )

/** Pieces of the shell in any order; the few of them that bash accepts are read in the same way. */
const atom = fc.constantFrom(
  'ls',
  'cat a',
  'echo x',
  'pwd',
  'wc -l',
  "'ls'",
  'l\\s',
  '"ls" a',
  'git status',
  'true',
  'x=1',
  'x=$(ls)',
  'f() { ls; }',
  'f',
  '[ a ]',
  '[[ -f a ]]',
  'test a',
  'for i in a b; do',
  'done',
  'if ls; then',
  'fi',
  'else',
  'case x in',
  'x)',
  ';;',
  'esac',
  '{',
  '}',
  '(',
  ')',
  '$(ls)',
  '`ls`',
  '"$(cat a)"',
  '<(ls)',
  '<<E',
  '\nE\n',
  '<<<a',
  '>/dev/null',
  '2>&1',
  '| cat',
  '&& ls',
  '|| ls',
  ';',
  '&',
  '\n',
  '#',
  '# a',
  '!',
  'time',
  '\\\n',
  '\\',
  '$x',
  '"$x"',
  'a{b,c}',
  '*',
  '~',
  '=',
  '+=',
  '$((1))',
  '((',
  '))',
  "$'ls'",
  '$"ls"',
  'coproc',
  'function',
  'select',
  'in',
  'do',
  'then',
)
const assembled = fc
  .array(fc.tuple(atom, fc.constantFrom(' ', '', ' ', '\n', ';')), { minLength: 1, maxLength: 9 })
  .map((p) => p.flat().join(''))

describe.skipIf(bash === null)(
  'Beside a real bash (skipped where there is none), what is allowed',
  () => {
    let directory = ''
    let runs = 0
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'codi-exec-'))
      writeFileSync(join(directory, 'a'), 'x\n')
    })
    afterAll(() => rmSync(directory, { recursive: true, force: true }))

    /**
     * The programs that bash looks for when it runs the text; undefined where it takes too long. Each has a log of its
     * own: what one leaves in the background must not write into the next one's.
     */
    function lookedFor(text: string): string[] | undefined {
      const log = join(directory, `log-${++runs}`)
      const prelude = `command_not_found_handle() { printf '%s\\0' "$1" >> '${log}'; }\nPATH=/nowhere\n`
      const run = Bun.spawnSync([bash ?? '', '--norc', '-c', prelude + text], {
        cwd: directory,
        env: { HOME: directory, PATH: '/nowhere' },
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'ignore',
        timeout: 2_000,
      })
      if (run.exitedDueToTimeout) return undefined
      return existsSync(log) ? readFileSync(log, 'utf8').split('\0').slice(0, -1) : []
    }

    async function check(text: string): Promise<boolean> {
      const verdict = await judge.command(text, { ...place, rules: [] })
      if (verdict.decision !== 'allow') return false
      const named = new Set(verdict.commands.map(([name]) => name))
      const unnamed = (lookedFor(text) ?? []).filter((name) => !named.has(name))
      expect({ text, unnamed }).toEqual({ text, unnamed: [] })
      return true
    }

    test('of the corpus looks for no program that the verdict does not name', async () => {
      for (const text of allowed) await check(text)
    }, 30_000)

    test('of texts put together at random looks for no program that the verdict does not name', async () => {
      let checked = 0
      await fc.assert(
        fc.asyncProperty(assembled, async (text) => {
          if (await check(text)) checked++
        }),
        { numRuns: 3_000 },
      )
      expect(checked).toBeGreaterThan(50)
    }, 60_000)

    test('of disturbed texts looks for no program that the verdict does not name', async () => {
      let checked = 0
      await fc.assert(
        fc.asyncProperty(disturbed, async (text) => {
          if (await check(text)) checked++
        }),
        { numRuns: 1_500 },
      )
      console.log(`${checked} of 1500 disturbed texts were allowed and run`)
      expect(checked).toBeGreaterThan(100)
    }, 60_000)
  },
)
