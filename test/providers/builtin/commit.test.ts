/** Messages for commits, from nothing but the diff. */
import { expect, test } from 'bun:test'
import { commitMessage } from '../../../src/providers/builtin/commit.ts'

function fileDiff(path: string, lines: string[], status: 'new' | 'modified' = 'modified'): string {
  const old = lines.filter((line) => !line.startsWith('+')).length
  const now = lines.filter((line) => !line.startsWith('-')).length
  const head = status === 'new' ? `new file mode 100644\n--- /dev/null` : `--- a/${path}`
  return `diff --git a/${path} b/${path}\n${head}\n+++ b/${path}\n@@ -${old === 0 ? '0,0' : `1,${old}`} +1,${now} @@\n${lines.join('\n')}\n`
}

const subject = (diff: string): string => commitMessage(diff).split('\n')[0] ?? ''

test.each([
  [
    'a new exported function',
    fileDiff('src/auth/token.ts', [
      ' a',
      '+export function refreshToken(old: string) {',
      '+  return old',
      '+}',
    ]),
    'feat(auth): add refreshToken',
  ],
  [
    'a removed function',
    fileDiff('src/auth/token.ts', ['-export function oldToken() {', '-}', ' a']),
    'refactor(auth): remove oldToken',
  ],
  [
    'a renamed function',
    fileDiff('src/auth/token.ts', ['-export function a1() {', '+export function b1() {', ' }']),
    'refactor(auth): rename a1 to b1',
  ],
  [
    'a small change inside',
    fileDiff('pkg/cache/lru.go', [
      ' func (c *Cache) Get(key string) int {',
      '-\treturn c.items[key]',
      '+\tif c == nil {',
      '+\t\treturn 0',
      '+\t}',
      '+\treturn c.items[key]',
      ' }',
    ]),
    'fix(cache): change Get',
  ],
  [
    'a new test',
    fileDiff('test/auth/token.test.ts', [
      " describe('t', () => {",
      "+  test('Refuses an old token', () => {})",
      ' })',
    ]),
    'test(auth): hold that refuses an old token',
  ],
  [
    'documentation',
    fileDiff('README.md', [' # X', '+## Install', '+Run it.']),
    'docs: add "Install" to README.md',
  ],
  [
    'a dependency',
    fileDiff('package.json', [' {', '-    "diff": "8.0.0",', '+    "diff": "9.0.0",', ' }']),
    'build: bump diff from 8.0.0 to 9.0.0',
  ],
  [
    'a crate',
    fileDiff('Cargo.toml', [' [dependencies]', '+serde = "1.0.200"']),
    'build: add serde 1.0.200',
  ],
  [
    'a workflow',
    fileDiff('.github/workflows/ci.yml', [' on: push', '+# more']),
    'ci: update ci.yml',
  ],
  ['white space', fileDiff('src/a/x.ts', ['-const  a=1', '+const a = 1']), 'style(a): update x.ts'],
  ['comments', fileDiff('src/a/x.ts', ['-// One.', '+// Two.', ' code()']), 'docs(a): update x.ts'],
  ['a new file', fileDiff('src/a/x.ts', ['+let a = 1'], 'new'), 'feat(a): add x.ts'],
  [
    'a move',
    'diff --git a/src/a.ts b/src/b.ts\nsimilarity index 100%\nrename from src/a.ts\nrename to src/b.ts\n',
    'refactor: rename src/a.ts to b.ts',
  ],
])('%s', (_name, diff, expected) => {
  expect(subject(diff)).toBe(expected)
})

test('a comment of an added test that speaks of a bug makes it a fix', () => {
  const diff =
    fileDiff('src/a/x.ts', [' function go() {', '+  more()', '+  more()', ' }']) +
    fileDiff('test/a/x.test.ts', ["+test('a crash with an empty list is fixed', () => {})"])
  expect(subject(diff)).toStartWith('fix(a): ')
})

test('several files get a body with one line a file', () => {
  const diff =
    fileDiff('src/net/client.ts', [' a', '+export function connect() {', '+}']) +
    fileDiff('src/net/server.ts', [' a', '+export function listen() {', '+}']) +
    fileDiff('test/net/client.test.ts', [' a', "+test('connects', () => {})"])
  expect(commitMessage(diff)).toBe(
    [
      'feat(net): add connect and listen',
      '',
      '- src/net/client.ts: add connect',
      '- src/net/server.ts: add listen',
      '- test/net/client.test.ts: +1 -0',
    ].join('\n'),
  )
})

test('the subject never has more than 72 characters', () => {
  const names = Array.from(
    { length: 9 },
    (_, index) => `aVeryLongFunctionNameThatGoesOnAndOn${index}`,
  )
  const diff = fileDiff('src/some/deep/place/x.ts', [
    ' a',
    ...names.map((name) => `+export function ${name}() {}`),
  ])
  expect(subject(diff).length).toBeLessThanOrEqual(72)
  expect(subject(diff)).toContain('8 more')
})
