import { describe, expect, test } from 'bun:test'
import { chmod, link, mkdir, readdir, stat, symlink } from 'node:fs/promises'
import { CodiError } from '../../../src/base/errors.ts'
import { editFile } from '../../../src/tools/files/edit-file.ts'
import { insertLine } from '../../../src/tools/files/insert-line.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { writeFile } from '../../../src/tools/files/write-file.ts'
import { openToolBench } from '../../support/tool-context.ts'

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (thrown instanceof CodiError) return thrown
  throw thrown
}

describe('write_file', () => {
  test('creates a file with the directories above it', async () => {
    await using work = await openToolBench()
    const said = await work.say(writeFile, { path: 'a/b/c.txt', content: 'one\ntwo\n' })
    expect(said).toBe('Created a/b/c.txt: 2 lines (+2 -0)')
    expect(await work.text('a/b/c.txt')).toBe('one\ntwo\n')
  })

  test('refuses to replace a file that was never read', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'mine\n' } })
    const error = await failure(work.run(writeFile, { path: 'a.txt', content: 'x' }))
    expect(error.kind).toBe('stale')
    expect(error.message).toContain('read_file')
    expect(await work.text('a.txt')).toBe('mine\n')
  })

  test('refuses to replace a file that changed since, and shows what', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'mine\n' } })
    await work.run(readFile, { path: 'a.txt' })
    await work.write('a.txt', 'mine\nand more\n')
    const error = await failure(work.run(writeFile, { path: 'a.txt', content: 'x' }))
    expect(error.message).toContain('+and more')
    expect(await work.text('a.txt')).toBe('mine\nand more\n')
  })

  test('a file touched without change is not stale', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'mine\n' } })
    await work.run(readFile, { path: 'a.txt' })
    await work.write('a.txt', 'mine\n')
    await work.run(writeFile, { path: 'a.txt', content: 'yours\n' })
    expect(await work.text('a.txt')).toBe('yours\n')
  })

  test('twice in one session, then an edit, without reading', async () => {
    await using work = await openToolBench()
    await work.run(writeFile, { path: 'a.txt', content: 'one\n' })
    await work.run(writeFile, { path: 'a.txt', content: 'two\n' })
    await work.run(editFile, { path: 'a.txt', old_string: 'two', new_string: 'three' })
    expect(await work.text('a.txt')).toBe('three\n')
  })

  test('says when nothing would change, and does not touch the file', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'same\r\n' } })
    const before = await stat(work.path('a.txt'), { bigint: true })
    const said = await work.say(writeFile, { path: 'a.txt', content: 'same\n' })
    expect(said).toContain('nothing was written')
    expect((await stat(work.path('a.txt'), { bigint: true })).mtimeNs).toBe(before.mtimeNs)
  })

  test('keeps CRLF, byte order mark and mode of what it replaces', async () => {
    await using work = await openToolBench({ files: { 'a.bat': '\ufeffone\r\ntwo\r\n' } })
    await chmod(work.path('a.bat'), 0o755)
    await work.run(readFile, { path: 'a.bat' })
    await work.run(writeFile, { path: 'a.bat', content: '1\n2\n3\n' })
    expect(Buffer.from(await work.bytes('a.bat')).toString()).toBe('\ufeff1\r\n2\r\n3\r\n')
    expect((await stat(work.path('a.bat'))).mode & 0o777).toBe(0o755)
  })

  test('writes through a link to the file that it names', async () => {
    await using work = await openToolBench({ files: { 'real.txt': 'a\n' } })
    await symlink('real.txt', work.path('link.txt'))
    await work.run(readFile, { path: 'link.txt' })
    await work.run(writeFile, { path: 'link.txt', content: 'b\n' })
    expect(await work.text('real.txt')).toBe('b\n')
    expect((await readdir(work.root)).sort()).toEqual(['link.txt', 'real.txt'])
    expect(await work.text('link.txt')).toBe('b\n')
  })

  test('creates what a dangling link inside names', async () => {
    await using work = await openToolBench()
    await symlink('target.txt', work.path('link.txt'))
    await work.run(writeFile, { path: 'link.txt', content: 'b\n' })
    expect(await work.text('target.txt')).toBe('b\n')
  })

  test('keeps hard links together', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'longer than before\n' } })
    await link(work.path('a.txt'), work.path('b.txt'))
    await work.run(readFile, { path: 'a.txt' })
    await work.run(writeFile, { path: 'a.txt', content: 'new\n' })
    expect(await work.text('b.txt')).toBe('new\n')
    expect((await readdir(work.root)).sort()).toEqual(['a.txt', 'b.txt'])
  })

  test('refuses a read-only file and says how to go on', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'a\n' } })
    await chmod(work.path('a.txt'), 0o444)
    await work.run(readFile, { path: 'a.txt' })
    const error = await failure(work.run(writeFile, { path: 'a.txt', content: 'b\n' }))
    expect(error.message).toContain('chmod u+w')
    expect(await work.text('a.txt')).toBe('a\n')
    expect(await readdir(work.root)).toEqual(['a.txt'])
  })

  test('refuses directories, a file as directory, and paths outside', async () => {
    await using work = await openToolBench({ files: { 'f.txt': 'f\n' } })
    await mkdir(work.path('dir'))
    const attempt = (path: string) => failure(work.run(writeFile, { path, content: 'x' }))
    expect((await attempt('dir')).message).toContain('is a directory')
    expect((await attempt('new/')).message).toContain('names a directory')
    expect((await attempt('.')).message).toContain('directory')
    expect((await attempt('f.txt/x')).message).toContain('not a directory')
    expect((await attempt('../x')).kind).toBe('outside')
    expect((await readdir(work.root)).sort()).toEqual(['dir', 'f.txt'])
  })

  test('does nothing once the call was interrupted', async () => {
    await using work = await openToolBench()
    const input = { path: 'dir/a.txt', content: 'x' }
    const error = await failure(work.run(writeFile, input, { signal: AbortSignal.abort() }))
    expect(error.kind).toBe('cancelled')
    expect(await readdir(work.root)).toEqual([])
  })
})

describe('insert_line', () => {
  const cases: [string, string, number, string, string][] = [
    ['before the first line', 'a\nb\n', 1, 'x', 'x\na\nb\n'],
    ['between lines', 'a\nb\n', 2, 'x\ny', 'a\nx\ny\nb\n'],
    ['after the last line', 'a\nb\n', 3, 'x', 'a\nb\nx\n'],
    ['after a last line without newline', 'a\nb', 3, 'x\n', 'a\nb\nx'],
    ['into an empty file', '', 1, 'x', 'x\n'],
    ['an empty line', 'a\nb\n', 2, '', 'a\n\nb\n'],
    ['with the line ends of the file', 'a\r\nb\r\n', 2, 'x\ny\n', 'a\r\nx\r\ny\r\nb\r\n'],
    ['after a CRLF file without newline', 'a\r\nb', 3, 'x', 'a\r\nb\r\nx'],
  ]
  test.each(cases)('%s', async (_, before, line, content, after) => {
    await using work = await openToolBench({ files: { 'a.txt': before } })
    await work.run(readFile, { path: 'a.txt' })
    await work.run(insertLine, { path: 'a.txt', line, content })
    expect(await work.text('a.txt')).toBe(after)
  })

  test('refuses a line that the file does not have', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'a\nb\n' } })
    await work.run(readFile, { path: 'a.txt' })
    for (const line of [0, 4, -1]) {
      const error = await failure(work.run(insertLine, { path: 'a.txt', line, content: 'x' }))
      expect(error.message).toContain('give 1 to 3')
    }
    expect(await work.text('a.txt')).toBe('a\nb\n')
  })

  test('refuses a notebook, whose shown lines are not those of the file', async () => {
    await using work = await openToolBench({ files: { 'a.ipynb': '{"cells":[]}\n' } })
    await work.run(readFile, { path: 'a.ipynb' })
    const error = await failure(work.run(insertLine, { path: 'a.ipynb', line: 1, content: 'x' }))
    expect(error.message).toContain('notebook')
  })

  test('refuses a file that was not read', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'a\n' } })
    const error = await failure(work.run(insertLine, { path: 'a.txt', line: 1, content: 'x' }))
    expect(error.kind).toBe('stale')
  })
})
