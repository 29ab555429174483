/** Findings on a diff: each kind once where it belongs, and not where it does not. */
import { describe, expect, test } from 'bun:test'
import type { JsonValue } from '../../../src/base/json.ts'
import type { Finding } from '../../../src/contract/review.ts'
import { reviewDiff } from '../../../src/providers/builtin/review/review.ts'
import type { Call, Outcome } from '../../../src/providers/builtin/script.ts'
import { createToolkit } from '../../../src/providers/builtin/toolkit.ts'

function added(path: string, lines: string[], before: string[] = []): string {
  const context = before.map((line) => ` ${line}\n`).join('')
  const body = lines.map((line) => `+${line}\n`).join('')
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,${before.length} +1,${before.length + lines.length} @@\n${context}${body}`
}

/** Plays the tools: `answer` gives the data of a call. */
function review(diff: string, answer: (call: Call) => JsonValue = () => []): Finding[] {
  const tools = ['grep', 'glob', 'find_references', 'show_impact']
  const script = reviewDiff(
    diff,
    createToolkit(tools.map((name) => ({ name, description: '', parameters: {} }))),
  )
  let step = script.next()
  while (!step.done) {
    step = script.next(
      step.value.map((call): Outcome => ({ ...call, ok: true, text: '', data: answer(call) })),
    )
  }
  return step.value.findings
}

const titles = (diff: string): string[] =>
  review(diff).map((row) => `${row.severity} ${row.line} ${row.title}`)

/** Written in two parts so that this file holds no credential itself. */
const awsKey = `AKIA${'Q3ZJ5XK7WLMN2PRT'}`
const githubToken = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`

describe('Secrets', () => {
  test.each([
    [`const key = '${awsKey}'`, 'error 1 AWS access key in the change'],
    [`token: ${githubToken}`, 'error 1 GitHub token in the change'],
    [`-----BEGIN RSA ${'PRIVATE KEY'}-----`, 'error 1 Private key in the change'],
    [
      `db = "postgres://admin:${'hunter22x'}@db.internal/app"`,
      'error 1 Password in a URL in the change',
    ],
    [
      `const apiKey = '${'x8Kq2mZp9LwT4vRb'}'`,
      'warning 1 Value that looks like a credential in the change',
    ],
  ])('%j is found and not repeated', (line, title) => {
    const findings = review(added('src/a.ts', [line]))
    expect(findings.map((row) => `${row.severity} ${row.line} ${row.title}`)).toContain(title)
    const said = JSON.stringify(findings)
    for (const secret of [awsKey, githubToken, 'hunter22x', 'x8Kq2mZp9LwT4vRb'])
      expect(said).not.toContain(secret)
  })

  test.each([
    "const apiKey = process.env.API_KEY ?? ''",
    "password: 'your-password-here'",
    "const secretName = 'database-password-key'",
    "const tokenUrl = 'https://example.org/oauth/token'",
    'postgres://user:$' + '{PASSWORD}@host/db',
    "const accessTokenHeader = 'X-Access-Token'",
    "password = 'xxxxxxxxxxxxxxxx'",
  ])('%j is none', (line) => {
    expect(titles(added('src/a.ts', [line]))).toEqual([])
  })

  test('an added .env is worth a look', () => {
    const diff = added('.env', ['A=1']).replace('--- a/.env', 'new file mode 100644\n--- /dev/null')
    expect(titles(diff)).toEqual(['warning 0 File that usually holds credentials'])
  })
})

describe('Lines', () => {
  test.each([
    [
      'src/a.ts',
      ['<<<<<<< HEAD', 'a', '=======', 'b', '>>>>>>> x'],
      ['error 1 Merge conflict marker'],
    ],
    ['src/a.ts', ['  console.log(x)'], ['warning 1 `console` output left in']],
    ['src/a.ts', ['  debugger'], ['warning 1 `debugger` statement']],
    ['src/a.ts', ["  log('console.log(x)') // console.log(x)"], []],
    ['src/cli/run.ts', ['console.log(x)'], []],
    [
      'test/a.test.ts',
      ['console.log(x)', "test.only('x', () => {})"],
      ['error 2 Only this test runs'],
    ],
    [
      'a.py',
      ['import pdb', 'breakpoint()'],
      ['warning 1 Debugger left in', 'warning 2 Debugger left in'],
    ],
    ['a.rs', ['    dbg!(x);'], ['warning 1 `dbg!` left in']],
    ['a.go', ['\tfmt.Println(x)'], ['info 1 Debug print left in']],
    ['cmd/x/main.go', ['\tfmt.Println(x)'], []],
    ['src/a.ts', ['// TODO: later'], ['info 1 Note of unfinished work added']],
    ['notes.md', ['- TODO: later', 'console.log(1)'], []],
    ['src/a.ts', ['try { a() } catch {}'], ['warning 1 Error swallowed']],
    ['src/a.ts', ['} catch (e) {', '}'], ['warning 1 Error swallowed']],
    ['src/a.ts', ['} catch {', '  // The file may be gone already.', '}'], []],
    ['src/a.ts', ['await x().catch(() => {})'], ['info 1 Rejection swallowed']],
    ['src/a.ts', ['const found = await stat(path).catch(() => undefined)'], []],
    ['a.py', ['    except ValueError:', '        pass'], ['warning 1 Exception swallowed']],
    ['a.py', ['    except:', '        raise'], ['warning 1 Bare `except`']],
    ['a.go', ['\t_ = err'], ['warning 1 Error discarded']],
    ['a.py', ['requests.get(u, verify=False)'], ['error 1 TLS certificates are not checked']],
  ] as [string, string[], string[]][])('of %s: %j', (path, lines, expected) => {
    expect(titles(added(path, lines))).toEqual(expected)
  })

  test('that were there before are nobody’s finding', () => {
    expect(titles(added('src/a.ts', ['const a = 1'], ['console.log(x)', 'debugger']))).toEqual([])
  })

  test('of one kind are counted, not repeated', () => {
    const findings = review(
      added(
        'src/a.ts',
        Array.from({ length: 8 }, () => '  console.log(x)'),
      ),
    )
    expect(findings).toHaveLength(3)
    expect(findings[0]?.detail).toContain('5 more lines')
  })
})

describe('Files', () => {
  test('lost tests, broken JSON and added binaries are told', () => {
    const lost =
      "diff --git a/test/a.test.ts b/test/a.test.ts\n--- a/test/a.test.ts\n+++ b/test/a.test.ts\n@@ -1,3 +1,1 @@\n-test('a', () => {})\n-test('b', () => {})\n x\n"
    expect(titles(lost)).toEqual(['warning 1 2 tests were removed'])
    const json = added('data.json', ['{', '  "a": 1,', '}']).replace(
      '--- a/data.json',
      'new file mode 100644\n--- /dev/null',
    )
    expect(titles(json)).toEqual(['error 1 Not valid JSON'])
    expect(
      titles(
        'diff --git a/x.bin b/x.bin\nnew file mode 100644\nBinary files /dev/null and b/x.bin differ\n',
      ),
    ).toEqual(['info 0 Binary file added'])
  })

  test('code that no test reaches is named where the index knows it, and only there', () => {
    const diff = added(
      'src/net/client.ts',
      Array.from({ length: 12 }, (_, index) => `const a${index} = 1`),
    )
    const reached = (tests: string[]) => (call: Call) =>
      call.name === 'glob'
        ? ['test/x.test.ts']
        : { changed: [], affected: [], files: [], tests, truncated: false }
    expect(review(diff, reached([]))).toMatchObject([
      { severity: 'info', file: 'src/net/client.ts', title: 'Code changed that no test reaches' },
    ])
    expect(review(diff, reached(['test/x.test.ts']))).toEqual([])
    expect(review(diff, (call) => (call.name === 'glob' ? ['test/x.test.ts'] : []))).toEqual([])
  })
})

describe('The rest of the code', () => {
  const diff = `diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,4 +1,3 @@\n-export function load(path: string) {\n+export function load(path: string, size: number) {\n   return path\n }\n-export const unused = 1\n`
  const uses = (call: Call): JsonValue => {
    if (call.name !== 'find_references') return []
    if (call.input.name === 'load')
      return [
        { file: 'src/b.ts', line: 7, kind: 'call', enclosing: 'go', text: "load('x')" },
        {
          file: 'src/b.ts',
          line: 1,
          kind: 'import',
          enclosing: '',
          text: "import { load } from './a.ts'",
        },
        { file: 'src/a.ts', line: 1, kind: 'call', enclosing: '', text: 'load(a, 1)' },
      ]
    return [
      {
        file: 'src/c.ts',
        line: 2,
        kind: 'import',
        enclosing: '',
        text: "import { unused } from './a.ts'",
      },
    ]
  }

  test('is searched for callers of what changed and users of what is gone', () => {
    const findings = review(diff, uses)
    expect(findings.map((row) => [row.severity, row.line, row.title])).toEqual([
      ['error', 4, '`unused` was removed and is still used'],
      ['warning', 1, '`load` takes other parameters and 1 call did not follow'],
    ])
    expect(findings[1]?.detail).toContain('`src/b.ts:7`')
    expect(findings[1]?.detail).toContain('2 parameters, before 1')
  })

  test('keeps quiet about callers that the diff touched', () => {
    const fixed = `${diff}diff --git a/src/b.ts b/src/b.ts\n--- a/src/b.ts\n+++ b/src/b.ts\n@@ -7 +7 @@\n-load('x')\n+load('x', 1)\n`
    expect(review(fixed, uses).map((row) => row.title)).toEqual([
      '`unused` was removed and is still used',
    ])
  })

  test('text that is no diff has no findings and says what to do', () => {
    const script = reviewDiff('hello', createToolkit([]))
    expect(script.next()).toMatchObject({ done: true, value: { findings: [] } })
  })
})

describe('Files that moved', () => {
  const renamed =
    'diff --git a/src/old.ts b/src/new.ts\nsimilarity index 100%\nrename from src/old.ts\nrename to src/new.ts\n'
  const importing = (text: string) => (call: Call) =>
    call.name === 'grep' ? [{ file: 'src/user.ts', line: 3, text }] : []

  test('are missed by whoever still imports the old path', () => {
    const [finding] = review(renamed, importing("import { a } from './old.ts'"))
    expect(finding).toMatchObject({
      severity: 'error',
      file: 'src/new.ts',
      title: '`src/old.ts` is gone and still imported',
    })
    expect(finding?.detail).toContain('`src/user.ts:3`')
  })

  test('are not missed by a library of the same name, nor by another directory', () => {
    expect(review(renamed, importing("import { a } from 'old'"))).toEqual([])
    expect(review(renamed, importing("import { a } from '../lib/old.ts'"))).toEqual([])
  })
})

test('a private function of Go is called from its package, one of TypeScript only from its file', () => {
  const diff = (path: string, keyword: string): string =>
    added(path, [`${keyword} load(a, b, c) {`], []).replace(
      `+${keyword}`,
      `-${keyword} load(a, b) {\n+${keyword}`,
    )
  const calledIn = (file: string) => (call: Call) =>
    call.name === 'find_references'
      ? [{ file, line: 9, kind: 'call', enclosing: 'x', text: 'load(1, 2)' }]
      : []
  const found = (rows: Finding[]) => rows.map((row) => row.title)
  const said = ['`load` takes other parameters and 1 call did not follow']
  expect(found(review(diff('p/a.go', 'func'), calledIn('p/b.go')))).toEqual(said)
  expect(found(review(diff('p/a.go', 'func'), calledIn('q/b.go')))).toEqual([])
  expect(found(review(diff('p/a.ts', 'function'), calledIn('p/b.ts')))).toEqual([])
})
