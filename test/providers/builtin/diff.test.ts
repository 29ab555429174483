/** Reading diffs as git and others write them, and what they did to definitions. */
import { describe, expect, test } from 'bun:test'
import { definitionChanges } from '../../../src/providers/builtin/changes.ts'
import { definitionsIn } from '../../../src/providers/builtin/definitions.ts'
import { looksLikeDiff, parseDiff } from '../../../src/providers/builtin/diff.ts'
import {
  argumentsOf,
  arityOf,
  parametersOf,
  stillFits,
} from '../../../src/providers/builtin/parameters.ts'

describe('A diff', () => {
  test('gives files, hunks and line numbers of both sides', () => {
    const [file] = parseDiff(
      'diff --git a/src/a.ts b/src/a.ts\nindex 1..2 100644\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -10,3 +10,4 @@ function f() {\n one\n-two\n+TWO\n+more\n three\n',
    )
    expect(file).toMatchObject({ path: 'src/a.ts', status: 'modified', binary: false })
    const [hunk] = file?.hunks ?? []
    expect(hunk?.heading).toBe('function f() {')
    expect(hunk?.lines.map((line) => [line.type, line.text, line.oldLine, line.newLine])).toEqual([
      [' ', 'one', 10, 10],
      ['-', 'two', 11, 11],
      ['+', 'TWO', 12, 11],
      ['+', 'more', 12, 12],
      [' ', 'three', 12, 13],
    ])
  })

  test('keeps removed lines that look like a header in their hunk', () => {
    const files = parseDiff(
      '--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n--- old comment\n+++ new\n keep\n',
    )
    expect(files).toHaveLength(1)
    expect(files[0]?.hunks[0]?.lines.map((line) => line.text)).toEqual([
      '-- old comment',
      '++ new',
      'keep',
    ])
  })

  test('tells added, deleted, renamed and binary files', () => {
    const files = parseDiff(
      [
        'diff --git a/new.ts b/new.ts\nnew file mode 100644\n--- /dev/null\n+++ b/new.ts\n@@ -0,0 +1 @@\n+x',
        'diff --git a/old.ts b/old.ts\ndeleted file mode 100644\n--- a/old.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x',
        'diff --git a/from.ts b/to.ts\nsimilarity index 100%\nrename from from.ts\nrename to to.ts',
        'diff --git a/x.png b/x.png\nnew file mode 100644\nBinary files /dev/null and b/x.png differ',
        '',
      ].join('\n'),
    )
    expect(files.map((file) => [file.path, file.oldPath, file.status, file.binary])).toEqual([
      ['new.ts', 'new.ts', 'added', false],
      ['old.ts', 'old.ts', 'deleted', false],
      ['to.ts', 'from.ts', 'renamed', false],
      ['x.png', 'x.png', 'added', true],
    ])
  })

  test.each([
    [
      'quoted names',
      'diff --git "a/f\\303\\251 x.txt" "b/f\\303\\251 x.txt"\n--- "a/f\\303\\251 x.txt"\n+++ "b/f\\303\\251 x.txt"\n@@ -1 +1 @@\n-a\n+b\n',
      'fé x.txt',
    ],
    [
      'names with spaces',
      'diff --git a/my file.txt b/my file.txt\n--- a/my file.txt\t\n+++ b/my file.txt\t\n@@ -1 +1 @@\n-a\n+b\n',
      'my file.txt',
    ],
    ['no prefixes', 'diff --git x.txt x.txt\n--- x.txt\n+++ x.txt\n@@ -1 +1 @@\n-a\n+b\n', 'x.txt'],
    [
      'diff -u with times',
      '--- old/x.txt\t2026-01-01\n+++ x.txt\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n',
      'x.txt',
    ],
    [
      'colours',
      '\x1b[1mdiff --git a/x.txt b/x.txt\x1b[m\n\x1b[1m--- a/x.txt\x1b[m\n\x1b[1m+++ b/x.txt\x1b[m\n\x1b[36m@@ -1 +1 @@\x1b[m\n\x1b[31m-a\x1b[m\n\x1b[32m+b\x1b[m\n',
      'x.txt',
    ],
    ['Windows line ends', '--- a/x.txt\r\n+++ b/x.txt\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n', 'x.txt'],
    [
      'a commit message in front',
      'commit abc\nAuthor: A\n\n    say --- a/b\n\ndiff --git a/x.txt b/x.txt\n--- a/x.txt\n+++ b/x.txt\n@@ -1 +1 @@\n-a\n+b\n',
      'x.txt',
    ],
  ])('with %s is read', (_name, diff, path) => {
    const files = parseDiff(diff)
    expect(files.map((file) => file.path)).toEqual([path])
    expect(files[0]?.hunks[0]?.lines.map((line) => line.type + line.text)).toEqual(['-a', '+b'])
    expect(looksLikeDiff(diff)).toBe(true)
  })

  test('of a merge has its added lines', () => {
    const diff =
      'diff --cc x.ts\nindex 1,2..3\n--- a/x.ts\n+++ b/x.ts\n@@@ -1,2 -1,2 +1,3 @@@\n  same\n- ours\n -theirs\n++both\n++more\n'
    const lines = parseDiff(diff)[0]?.hunks[0]?.lines ?? []
    expect(lines.filter((line) => line.type === '+').map((line) => line.text)).toEqual([
      'both',
      'more',
    ])
  })

  test('that was cut off, or is none, never throws', () => {
    const whole = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n'
    for (let length = 0; length <= whole.length; length++) parseDiff(whole.slice(0, length))
    expect(parseDiff('hello\nworld')).toEqual([])
    expect(looksLikeDiff('a list:\n- one\n+ two')).toBe(false)
  })
})

describe('Definitions', () => {
  test.each([
    [
      'a.ts',
      'export async function load<T>(',
      ['  path: string,', '  size = 1,', '): Promise<T> {'],
      'load',
      'export async function load<T>(path: string, size = 1): Promise<T>',
    ],
    ['a.ts', 'const go = (a: () => void) => {', [], 'go', 'const go = (a: () => void)'],
    ['a.py', 'def run(self, *args):', ['    pass'], 'run', 'def run(self, *args)'],
    [
      'a.go',
      'func (s *Server) Serve(l net.Listener) error {',
      [],
      'Serve',
      'func (s *Server) Serve(l net.Listener) error',
    ],
    [
      'a.rs',
      'pub(crate) async fn fetch(url: &str) -> Result<()> {',
      [],
      'fetch',
      'pub(crate) async fn fetch(url: &str) -> Result<()>',
    ],
    [
      'A.java',
      '    public static int add(int a, int b) {',
      [],
      'add',
      'public static int add(int a, int b)',
    ],
    ['a.c', 'static int add(int a, int b)', ['{'], 'add', 'static int add(int a, int b)'],
    ['a.rb', '  def full_name', [], 'full_name', 'def full_name'],
  ] as [string, string, string[], string, string][])(
    'in %s: %s',
    (path, line, rest, name, signature) => {
      const [found] = definitionsIn(path, [line, ...rest])
      expect([found?.name, found?.signature]).toEqual([name, signature])
    },
  )

  test('are not calls, conditions or comments', () => {
    const lines = [
      '  if (a) {',
      '  for (const b of c) {',
      '  call(async () => {',
      '// function no() {',
      '  } catch (e) {',
      '  return (a) => {',
    ]
    expect(definitionsIn('a.ts', lines)).toEqual([])
  })

  test('have parameters split where they end', () => {
    expect(parametersOf('f(a: Map<string, number>, { b, c }: D, e = [1, 2])')).toEqual([
      'a: Map<string, number>',
      '{ b, c }: D',
      'e = [1, 2]',
    ])
    expect(parametersOf('func (s *S) F(a, b int) error')).toEqual(['a', 'b int'])
    expect(parametersOf('f()')).toEqual([])
  })
})

describe('A call', () => {
  test.each([
    ['f(a, b)', 2],
    ['return await f<string>(g(1, 2), [3, 4], { a: 1, b: 2 })', 3],
    ["f('a, b', `c, d`)", 2],
    ['f()', 0],
    ['f(new Map<string, number>(), (a, b) => a)', 2],
    ['f(a < b, c > d)', 2],
    ['f(a,', 'open'],
    ['f(...all)', 'open'],
    ['f(*all)', 'open'],
    ['xf(a)', undefined],
    ['f', undefined],
  ])('%s gives %j', (text, count) => {
    const given = argumentsOf(text, 'f')
    expect(Array.isArray(given) ? given.length : given).toBe(count as never)
  })

  test.each([
    ['a.ts', 'f(a: string, b?: number, c = 1)', 1, 3],
    [
      'a.ts',
      'f(a: (x: number, y: number) => void, ...rest: string[])',
      1,
      Number.POSITIVE_INFINITY,
    ],
    ['a.ts', 'f(options: { a: number, b: () => void }, c: Map<string, number>)', 2, 2],
    ['a.ts', 'f({ a = 1, b }: Options, c: number)', 2, 2],
    ['a.py', 'def f(self, a, b=1, *, c=2)', 1, 3],
    ['a.py', 'def f(a, *args, **more)', 1, Number.POSITIVE_INFINITY],
    ['a.go', 'func (s *S) F(a, b int, more ...string) error', 2, Number.POSITIVE_INFINITY],
    ['a.rs', "fn f<'a>(&self, text: &'a str, n: u32) -> u32", 2, 2],
  ])('in %s of %s takes %d to %d', (path, head, least, most) => {
    expect(arityOf(head, path)).toEqual({ least, most })
  })

  test('of an overloading language, or of a head that is cut off, cannot be counted', () => {
    expect(arityOf('void f(int a)', 'A.java')).toBeUndefined()
    expect(arityOf('function f(a: string,', 'a.ts')).toBeUndefined()
  })
})

describe('A changed head', () => {
  test.each([
    ['f(a: string)', 'f(text: string)', true],
    ['f(a: string)', 'f(a: string, b?: number)', true],
    ['def f(a)', 'def f(a, b=1, *args)', true],
    ['f({ a }: Options)', 'f({ a, b }: Options)', true],
    ['f(a: string)', 'f(a: number)', false],
    ['f(a: string)', 'f(a: string, b: number)', false],
    ['f(a: string)', 'f(a: string, b: () => void)', false],
    ['f(a: string, b: number)', 'f(a: string)', false],
  ])('%s to %s: callers still fit: %j', (before, after, fits) => {
    expect(stillFits(before, after)).toBe(fits)
  })

  test('is told from an added, a removed, a moved and a touched definition', () => {
    const diff = [
      'diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1,12 +1,12 @@',
      '-export function head(a: string) {',
      '+export function head(a: string, b: string) {',
      '   return a',
      ' }',
      '-export function gone() {}',
      '-export function moved() {}',
      '+export function fresh() {}',
      ' export function touched() {',
      '-  return 1',
      '+  return 2',
      ' }',
      'diff --git a/b.ts b/b.ts\n--- a/b.ts\n+++ b/b.ts\n@@ -1,1 +1,2 @@',
      ' // b',
      '+export function moved() {}',
      '',
    ].join('\n')
    const changes = definitionChanges(parseDiff(diff)).map((row) => `${row.change} ${row.name}`)
    expect(changes.sort()).toEqual([
      'added fresh',
      'body touched',
      'head head',
      'moved moved',
      'removed gone',
    ])
  })
})
