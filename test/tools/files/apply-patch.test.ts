import { describe, expect, test } from 'bun:test'
import { chmod, mkdir, readdir, stat, symlink } from 'node:fs/promises'
import { CodiError } from '../../../src/base/errors.ts'
import { editFile } from '../../../src/tools/files/edit-file.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { applyPatch } from '../../../src/tools/patch/apply-patch.ts'
import { openToolBench, type ToolBench } from '../../support/tool-context.ts'

function begin(...lines: string[]): string {
  return ['*** Begin Patch', ...lines, '*** End Patch'].join('\n')
}

function patch(work: ToolBench, text: string): Promise<string> {
  return work.say(applyPatch, { patch: text })
}

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (thrown instanceof CodiError) return thrown
  throw thrown
}

describe('the Begin Patch format', () => {
  test('adds, updates, deletes and moves files in one patch', async () => {
    await using work = await openToolBench({
      files: { 'a.txt': 'one\ntwo\nthree\n', 'old.txt': 'gone\n', 'm.txt': 'x = 1\n' },
    })
    const said = await patch(
      work,
      begin(
        '*** Add File: new/deep/n.txt',
        '+first',
        '+',
        '+third',
        '*** Update File: a.txt',
        '@@',
        ' one',
        '-two',
        '+TWO',
        ' three',
        '*** Delete File: old.txt',
        '*** Update File: m.txt',
        '*** Move to: lib/m.txt',
        '@@',
        '-x = 1',
        '+x = 2',
      ),
    )
    expect(said).toContain(
      'added new/deep/n.txt; updated a.txt (1 hunk); deleted old.txt; moved m.txt to lib/m.txt',
    )
    expect(await work.text('new/deep/n.txt')).toBe('first\n\nthird\n')
    expect(await work.text('a.txt')).toBe('one\nTWO\nthree\n')
    expect(await work.exists('old.txt')).toBe(false)
    expect(await work.exists('m.txt')).toBe(false)
    expect(await work.text('lib/m.txt')).toBe('x = 2\n')
  })

  test('is all or nothing: one hunk that does not fit leaves every file alone', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\n', 'b.txt': 'bee\n' } })
    const error = await failure(
      patch(
        work,
        begin(
          '*** Update File: a.txt',
          '@@',
          '-one',
          '+1',
          '*** Add File: c/c.txt',
          '+c',
          '*** Update File: b.txt',
          '@@',
          '-wasp',
          '+bee',
        ),
      ),
    )
    expect(error.message).toContain('no file was changed')
    expect(error.message).toContain('hunk 1 of b.txt (line 9 of the patch)')
    expect(await work.text('a.txt')).toBe('one\n')
    expect((await readdir(work.root)).sort()).toEqual(['a.txt', 'b.txt'])
  })

  test('names every file that does not fit, not only the first', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\n' } })
    const error = await failure(
      patch(work, begin('*** Update File: a.txt', '-uno', '+1', '*** Delete File: missing.txt')),
    )
    expect(error.message).toContain('a.txt')
    expect(error.message).toContain('missing.txt')
  })

  test('refuses lines that stand in several places, and shows the places', async () => {
    const body = 'function a() {\n  return 1\n}\nfunction b() {\n  return 1\n}\n'
    await using work = await openToolBench({ files: { 'a.js': body } })
    const error = await failure(
      patch(work, begin('*** Update File: a.js', '@@', '-  return 1', '+  return 2')),
    )
    expect(error.kind).toBe('ambiguous')
    expect(error.message).toContain('2 places, at lines 2, 5')
    expect(await work.text('a.js')).toBe(body)
  })

  test('an anchor tells places apart by the block that it opens', async () => {
    const body = 'function a() {\n  return 1\n}\nfunction b() {\n  return 1\n}\n'
    await using work = await openToolBench({ files: { 'a.js': body } })
    await patch(
      work,
      begin('*** Update File: a.js', '@@ function a() {', '-  return 1', '+  return 2'),
    )
    expect(await work.text('a.js')).toBe(body.replace('return 1', 'return 2'))
  })

  test('an anchor does not choose between two places inside its block', async () => {
    const body = 'def f():\n    x()\n    y()\n    x()\n\ndef g():\n    pass\n'
    await using work = await openToolBench({ files: { 'a.py': body } })
    const error = await failure(
      patch(work, begin('*** Update File: a.py', '@@ def f():', '-    x()', '+    z()')),
    )
    expect(error.kind).toBe('ambiguous')
  })

  test('nested anchors narrow down', async () => {
    const body =
      'class A:\n    def run(self):\n        go()\n\nclass B:\n    def run(self):\n        go()\n'
    await using work = await openToolBench({ files: { 'a.py': body } })
    await patch(
      work,
      begin(
        '*** Update File: a.py',
        '@@ class B:',
        '@@     def run(self):',
        '-        go()',
        '+        stop()',
      ),
    )
    expect(await work.text('a.py')).toBe(body.replace(/go\(\)\n$/, 'stop()\n'))
  })

  test('the order of hunks tells places apart', async () => {
    const body = 'a\nx\nb\nx\nc\nx\n'
    await using work = await openToolBench({ files: { 'a.txt': body } })
    await patch(
      work,
      begin('*** Update File: a.txt', '@@', '-b', '+B', '@@', '-x', '+X', '@@', '-c', '+C'),
    )
    expect(await work.text('a.txt')).toBe('a\nx\nB\nX\nC\nx\n')
  })

  test('hunks out of order are taken where each stands in one place', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'a\nb\nc\nd\n' } })
    await patch(work, begin('*** Update File: a.txt', '@@', '-d', '+D', '@@', '-a', '+A'))
    expect(await work.text('a.txt')).toBe('A\nb\nc\nD\n')
  })

  test('end of file marks the last of several places', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'x\nend\nx\nend\n' } })
    await patch(
      work,
      begin('*** Update File: a.txt', '@@', ' x', '-end', '+END', '*** End of File'),
    )
    expect(await work.text('a.txt')).toBe('x\nend\nx\nEND\n')
  })

  test('added lines alone go to the end of the file', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\ntwo\n', 'b.txt': 'k:\n' } })
    await patch(
      work,
      begin(
        '*** Update File: a.txt',
        '@@',
        '-one',
        '+1',
        '@@',
        '+three',
        '*** Update File: b.txt',
        '@@',
        '+  v',
      ),
    )
    expect(await work.text('a.txt')).toBe('1\ntwo\nthree\n')
    expect(await work.text('b.txt')).toBe('k:\n  v\n')
  })

  test('added lines that may be meant for another place are refused', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\ntwo\n' } })
    for (const rows of [
      ['@@ one', '+new'],
      ['@@', '+new', '@@', '-two', '+2'],
      ['@@ -1,2 +1,3 @@', '+new'],
    ]) {
      const error = await failure(patch(work, begin('*** Update File: a.txt', ...rows)))
      expect(error.message).toContain('only adds lines and nothing in the file says where')
    }
    expect(await work.text('a.txt')).toBe('one\ntwo\n')
  })

  test('keeps CRLF, byte order mark, missing final newline and mode', async () => {
    await using work = await openToolBench({ files: { 'a.txt': '\ufeffone\r\ntwo\r\nthree' } })
    await chmod(work.path('a.txt'), 0o755)
    await patch(
      work,
      begin('*** Update File: a.txt', '@@', ' one', '-two', '+2', '+2.5', '-three', '+3'),
    )
    expect(Buffer.from(await work.bytes('a.txt')).toString()).toBe('\ufeffone\r\n2\r\n2.5\r\n3')
    expect((await stat(work.path('a.txt'))).mode & 0o777).toBe(0o755)
  })

  test('deleting the last lines of a file without final newline leaves none either', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\ntwo\nthree' } })
    await patch(work, begin('*** Update File: a.txt', '@@', ' one', '-two', '-three'))
    expect(await work.text('a.txt')).toBe('one')
  })

  test('climbs the ladder of edits, keeps the file’s own context and says so', async () => {
    await using work = await openToolBench({
      files: { 'a.py': 'class A:\n    def f(self):  \n        return “x”\n' },
    })
    const said = await patch(
      work,
      begin(
        '*** Update File: a.py',
        '@@',
        ' def f(self):',
        '-    return "x"',
        '+    if self.y:',
        '+        return None',
      ),
    )
    expect(said).toContain('Hunk 1 of a.py differed from the file in')
    expect(await work.text('a.py')).toBe(
      'class A:\n    def f(self):  \n        if self.y:\n            return None\n',
    )
  })

  test('the same file twice is changed by both parts', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\ntwo\n' } })
    await patch(
      work,
      begin('*** Update File: a.txt', '-one', '+1', '*** Update File: a.txt', ' 1', '-two', '+2'),
    )
    expect(await work.text('a.txt')).toBe('1\n2\n')
  })

  test('is understood in a here-document, a code fence and with CRLF', async () => {
    const text = begin('*** Update File: a.txt', '@@', '-one', '+1')
    for (const wrapped of [
      `apply_patch <<'EOF'\n${text}\nEOF\n`,
      `\`\`\`diff\n${text}\n\`\`\`\n`,
      text.replaceAll('\n', '\r\n'),
      text.replace('*** Begin Patch', '  *** Begin Patch  '),
    ]) {
      await using work = await openToolBench({ files: { 'a.txt': 'one\n' } })
      await patch(work, wrapped)
      expect(await work.text('a.txt')).toBe('1\n')
    }
  })

  const refused: [string, string, string][] = [
    ['an empty patch', '', 'empty'],
    ['prose', 'please change a.txt', 'changes no file'],
    ['a patch without an end', '*** Begin Patch\n*** Delete File: a.txt', 'End Patch'],
    ['a patch without files', begin(), 'changes no file'],
    ['an update without changes', begin('*** Update File: a.txt'), 'has no changes'],
    [
      'a hunk of context alone',
      begin('*** Update File: a.txt', '@@', ' one'),
      'adds and removes nothing',
    ],
    ['an unknown header', begin('*** Rename File: a.txt'), 'expected `*** Add File'],
    [
      'a line without sign',
      begin('*** Update File: a.txt', '@@', '-one', 'uno'),
      'Line 5 of the patch',
    ],
    ['a new file over an old one', begin('*** Add File: a.txt', '+x'), 'exists already'],
    [
      'a move onto a file',
      begin('*** Update File: a.txt', '*** Move to: b.txt', '-one', '+1'),
      'exists already',
    ],
    ['deleting a directory', begin('*** Delete File: dir'), 'is a directory'],
    ['a path outside', begin('*** Add File: ../x.txt', '+x'), 'outside'],
    ['an absolute path outside', begin('*** Add File: /etc/codi-x', '+x'), 'outside'],
    ['a patch that changes nothing', begin('*** Update File: a.txt', '-one', '+one'), 'as it is'],
    [
      'a file deleted before',
      begin('*** Delete File: a.txt', '*** Update File: a.txt', '-one', '+1'),
      'earlier part',
    ],
    [
      'two hunks on the same lines',
      begin('*** Update File: a.txt', '@@', '-one', '+1', '@@', '-one', '+2'),
      'another one changes',
    ],
  ]
  test.each(refused)('refuses %s', async (_, text, words) => {
    await using work = await openToolBench({
      files: { 'a.txt': 'one\n', 'b.txt': 'b\n', 'dir/x': 'x' },
    })
    expect((await failure(patch(work, text))).message).toContain(words)
    expect(await work.text('a.txt')).toBe('one\n')
    expect((await readdir(work.root)).sort()).toEqual(['a.txt', 'b.txt', 'dir'])
  })

  test('marks of a patch may stand in the context and the content of a file', async () => {
    const doc = '# Patches\n*** Begin Patch\n*** End Patch\nend\n'
    await using work = await openToolBench({ files: { 'a.md': doc } })
    await patch(
      work,
      begin(
        '*** Update File: a.md',
        '@@',
        ' *** Begin Patch',
        ' *** End Patch',
        '-end',
        '+END',
        '*** Add File: b.md',
        '+*** End Patch',
      ),
    )
    expect(await work.text('a.md')).toBe(doc.replace('end', 'END'))
    expect(await work.text('b.md')).toBe('*** End Patch\n')
  })

  test('takes back what was written when a later file cannot be', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\n', 'gone.txt': 'here\n' } })
    await chmod(work.path('a.txt'), 0o600)
    const error = await failure(
      patch(
        work,
        begin(
          '*** Update File: a.txt',
          '-one',
          '+1',
          '*** Delete File: gone.txt',
          // x is to be a file, and the directory of the next one.
          '*** Add File: x',
          '+file',
          '*** Add File: x/y',
          '+below',
        ),
      ),
    )
    expect(error.kind).toBe('io')
    expect(await work.text('a.txt')).toBe('one\n')
    expect((await stat(work.path('a.txt'))).mode & 0o777).toBe(0o600)
    expect(await work.text('gone.txt')).toBe('here\n')
    expect((await readdir(work.root)).sort()).toEqual(['a.txt', 'gone.txt'])
  })

  test('writes through a link inside, but does not delete or move it', async () => {
    await using work = await openToolBench({ files: { 'real.txt': 'one\n' } })
    await symlink('real.txt', work.path('link.txt'))
    for (const text of [
      begin('*** Delete File: link.txt'),
      begin('*** Update File: link.txt', '*** Move to: b.txt', '-one', '+1'),
    ]) {
      expect((await failure(patch(work, text))).message).toContain('symbolic link to real.txt')
    }
    await patch(work, begin('*** Update File: link.txt', '-one', '+1'))
    expect(await work.text('real.txt')).toBe('1\n')
    expect((await readdir(work.root)).sort()).toEqual(['link.txt', 'real.txt'])
  })

  test('refuses to write through a link that leads outside', async () => {
    await using work = await openToolBench()
    await mkdir(`${work.directory}/elsewhere`)
    await symlink(`${work.directory}/elsewhere`, work.path('link'))
    const error = await failure(patch(work, begin('*** Add File: link/x.txt', '+x')))
    expect(error.kind).toBe('outside')
    expect(await readdir(`${work.directory}/elsewhere`)).toEqual([])
  })
})

describe('what the session knows', () => {
  test('a file that changed since it was read is refused with what changed', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\ntwo\n' } })
    await work.run(readFile, { path: 'a.txt' })
    await work.write('a.txt', 'one\ntwo!\n')
    const error = await failure(patch(work, begin('*** Update File: a.txt', '-one', '+1')))
    expect(error.kind).toBe('stale')
    expect(error.message).toContain('+two!')
  })

  test('a patched file may be edited without reading it again', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'one\n' } })
    await patch(work, begin('*** Update File: a.txt', '-one', '+1'))
    await work.run(editFile, { path: 'a.txt', old_string: '1', new_string: '2' })
    expect(await work.text('a.txt')).toBe('2\n')
  })
})

test('the gate is told every path, and sees one diff of all files', async () => {
  await using work = await openToolBench({ files: { 'a.txt': 'one\n', 'b.txt': 'b\n' } })
  const text = begin(
    '*** Update File: a.txt',
    '-one',
    '+1',
    '*** Update File: b.txt',
    '*** Move to: c.txt',
    '*** Add File: d.txt',
    '+d',
  )
  const request = await applyPatch.request?.({ patch: text }, work.context)
  expect(request?.paths.sort()).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt'].map(work.path))
  expect(request?.preview).toContain('-one\n+1')
  expect(request?.preview).toContain('rename from b.txt\nrename to c.txt')
  expect(request?.preview).toContain('--- /dev/null\n+++ b/d.txt')
  expect((await readdir(work.root)).sort()).toEqual(['a.txt', 'b.txt'])
})
