import { describe, expect, test } from 'bun:test'
import { chmod, stat } from 'node:fs/promises'
import { CodiError } from '../../../src/base/errors.ts'
import { runProgram } from '../../../src/base/process.ts'
import { applyPatch } from '../../../src/tools/patch/apply-patch.ts'
import { openToolBench, type ToolBench } from '../../support/tool-context.ts'

function patch(work: ToolBench, ...lines: string[]): Promise<string> {
  return work.say(applyPatch, { patch: lines.join('\n') })
}

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (thrown instanceof CodiError) return thrown
  throw thrown
}

async function git(root: string, ...words: string[]): Promise<string> {
  const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
  const done = await runProgram(['git', ...identity, ...words], { cwd: root, env })
  if (done.exitCode !== 0) throw new Error(done.stderr)
  return done.stdout
}

describe('a unified diff', () => {
  test('of git with every kind of change gives exactly what git has', async () => {
    const before = {
      'change.txt': 'one\ntwo\nthree\n',
      'gone.txt': 'a\nb\n',
      'name with space.txt': 'x\ny\nz\n1\n2\n3\n4\n',
      'größe.txt': 'ä\n',
      'open.txt': 'first\nlast',
      'close.txt': 'first\nlast\n',
      'script.sh': 'echo\n',
      'crlf.txt': 'a\r\nb\r\nc\r\n',
      'bin.dat': new Uint8Array([0, 1, 2, 3, 0]),
    }
    await using source = await openToolBench({ files: before })
    await git(source.root, 'init', '-q')
    await git(source.root, 'config', 'core.autocrlf', 'false')
    await git(source.root, 'add', '.')
    await git(source.root, 'commit', '-qm', 'x')
    await source.write('change.txt', 'one\n2\n2.5\nthree\n')
    await git(source.root, 'rm', '-q', 'gone.txt')
    await git(source.root, 'mv', 'name with space.txt', 'new name.txt')
    await source.write('new name.txt', 'x\ny\nZ\n1\n2\n3\n4\n')
    await source.write('größe.txt', 'ä\nö\n')
    await source.write('open.txt', 'first\nlast\n')
    await source.write('close.txt', 'first\nlast')
    await chmod(source.path('script.sh'), 0o755)
    await source.write('crlf.txt', 'a\r\nB\r\nc\r\n')
    await source.write('sub/added.txt', 'new\n')
    await source.write('empty.txt', '')
    await git(source.root, 'mv', 'bin.dat', 'moved.dat')
    await git(source.root, 'add', '-A')
    const diff = await git(source.root, 'diff', '--cached', '-M')

    await using work = await openToolBench({ files: before })
    await patch(work, diff)
    const names = (await git(source.root, 'ls-files', '-z')).split('\0').filter(Boolean)
    expect(names.length).toBe(10)
    for (const name of names) {
      expect(Buffer.from(await work.bytes(name)).toString()).toBe(
        Buffer.from(await source.bytes(name)).toString(),
      )
    }
    for (const gone of ['gone.txt', 'name with space.txt', 'bin.dat']) {
      expect(await work.exists(gone)).toBe(false)
    }
    expect((await stat(work.path('script.sh'))).mode & 0o111).toBe(0o111)
  })

  test('is placed by its lines when the line numbers are wrong', async () => {
    await using work = await openToolBench({ files: { 'a.txt': '1\n2\n3\n4\n5\n' } })
    await patch(work, '--- a/a.txt', '+++ b/a.txt', '@@ -90,9 +90,2 @@', ' 3', '-4', '+four')
    expect(await work.text('a.txt')).toBe('1\n2\n3\nfour\n5\n')
  })

  test('uses its line numbers where the lines stand in several places', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\ny\nx\ny\nx\ny\n' } })
    await patch(work, '--- a/a.txt', '+++ b/a.txt', '@@ -3,2 +3,2 @@', '-x', '+X', ' y')
    expect(await work.text('a.txt')).toBe('x\ny\nX\ny\nx\ny\n')
  })

  test('is refused where neither lines nor numbers tell the place', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\ny\nx\ny\n' } })
    const error = await failure(
      patch(work, '--- a/a.txt', '+++ b/a.txt', '@@ -2,2 +2,2 @@', '-x', '+X', ' y'),
    )
    expect(error.kind).toBe('ambiguous')
  })

  test('of added lines without context is refused', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\ny\n' } })
    const error = await failure(
      patch(work, '--- a/a.txt', '+++ b/a.txt', '@@ -1,0 +2,1 @@', '+new'),
    )
    expect(error.message).toContain('only adds lines')
  })

  test('may be plain, without a/ and b/, with times and a code fence', async () => {
    await using work = await openToolBench({ files: { 'src/a.txt': 'x\n' } })
    await patch(
      work,
      '```diff',
      '--- src/a.txt.orig\t2020-01-01 10:00:00',
      '+++ src/a.txt\t2020-01-01 10:00:01',
      '@@ -1 +1 @@',
      '-x',
      '+y',
      '```',
    )
    expect(await work.text('src/a.txt')).toBe('y\n')
  })

  test('removes and adds lines that look like headers', async () => {
    await using work = await openToolBench({ files: { 'a.sql': '-- old\nselect 1\n' } })
    await patch(
      work,
      '--- a/a.sql',
      '+++ b/a.sql',
      '@@ -1,2 +1,2 @@',
      '--- old',
      '+++ new',
      ' select 1',
    )
    expect(await work.text('a.sql')).toBe('++ new\nselect 1\n')
  })

  test('reads all rows of a hunk whose counts stop at an empty line', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'a\n\nb\n' } })
    await patch(work, '--- a/a.txt', '+++ b/a.txt', '@@ -1 +1 @@', '-a', '+A', '', '-b', '+B')
    expect(await work.text('a.txt')).toBe('A\n\nB\n')
  })

  test('may hold the marks of the other format in its context', async () => {
    await using work = await openToolBench({ files: { 'a.md': '*** Begin Patch\nx\n' } })
    await patch(work, '--- a/a.md', '+++ b/a.md', '@@ -1,2 +1,2 @@', ' *** Begin Patch', '-x', '+y')
    expect(await work.text('a.md')).toBe('*** Begin Patch\ny\n')
  })

  test('of a mail keeps its signature out of the file', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\n' } })
    await patch(
      work,
      'From 123 Mon Sep 17 00:00:00 2001',
      'Subject: [PATCH] y',
      '---',
      ' a.txt | 2 +-',
      '',
      'diff --git a/a.txt b/a.txt',
      'index 587be6b..975fbec 100644',
      '--- a/a.txt',
      '+++ b/a.txt',
      '@@ -1 +1 @@',
      '-x',
      '+y',
      '-- ',
      '2.39.0',
      '',
    )
    expect(await work.text('a.txt')).toBe('y\n')
  })

  test('that deletes a file is refused where the file holds more', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\nmore\n' } })
    const error = await failure(patch(work, '--- a/a.txt', '+++ /dev/null', '@@ -1 +0,0 @@', '-x'))
    expect(error.message).toContain('was not deleted')
    expect(await work.exists('a.txt')).toBe(true)
  })

  const refused: [string, string[], string][] = [
    ['binary changes', ['diff --git a/a b/a', 'Binary files a/a and b/a differ'], 'binary'],
    [
      'links',
      [
        'diff --git a/l b/l',
        'new file mode 120000',
        '--- /dev/null',
        '+++ b/l',
        '@@ -0,0 +1 @@',
        '+x',
      ],
      'not supported',
    ],
    ['a file without hunks', ['--- a/a.txt', '+++ b/a.txt', 'no hunk'], 'no hunks'],
    [
      'a new file that exists',
      ['--- /dev/null', '+++ b/a.txt', '@@ -0,0 +1 @@', '+x'],
      'exists already',
    ],
    ['a path outside', ['--- a/../x', '+++ b/../x', '@@ -1 +1 @@', '-a', '+b'], 'outside'],
  ]
  test.each(refused)('refuses %s', async (_, lines, words) => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\n' } })
    expect((await failure(patch(work, ...lines))).message).toContain(words)
    expect(await work.text('a.txt')).toBe('x\n')
  })
})
