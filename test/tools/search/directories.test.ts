import { expect, test } from 'bun:test'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { listDirectory } from '../../../src/tools/search/list-directory.ts'
import { printTree } from '../../../src/tools/search/print-tree.ts'
import { openSearchBench } from './search-bench.ts'

const tree = {
  'src/a.ts': 'x'.repeat(2048),
  'src/deep/er/still/b.ts': '',
  'readme.md': 'hello',
  '.env': '',
  '.gitignore': 'out/\n',
  'out/o.js': '',
}

test('list_directory shows directories first, sizes, links, and counts what is hidden', async () => {
  await using bench = await openSearchBench({ files: tree })
  await symlink('readme.md', bench.path('link'))
  await symlink('nowhere', bench.path('broken'))
  const result = await bench.run(listDirectory, {})
  expect(result.content).toBe(
    '. (7 entries)\nout/\nsrc/\nbroken -> nowhere\nlink -> readme.md\nreadme.md  5 B\n[2 hidden; show_hidden shows them]',
  )
  expect(result.data).toContainEqual({ name: 'readme.md', type: 'file', size: 5 })
  expect(await bench.say(listDirectory, { show_hidden: true })).toContain('.env  0 B')
})

test('list_directory caps a full directory and says how many are left', async () => {
  const files = Object.fromEntries(Array.from({ length: 620 }, (_, at) => [`d/f${at}`, '']))
  await using bench = await openSearchBench({ files })
  const said = await bench.say(listDirectory, { path: 'd' })
  expect(said.split('\n')).toHaveLength(502)
  expect(said).toContain('[120 more entries')
})

test('an empty directory is said by both', async () => {
  await using bench = await openSearchBench()
  expect(await bench.say(listDirectory, {})).toBe('. is empty.')
  expect(await bench.say(printTree, {})).toBe('./ (0 files)\n. is empty.')
  await mkdir(bench.path('lonely'))
  expect(await bench.say(printTree, {})).toContain('lonely/  (empty)')
})

test('print_tree honours .gitignore, depth, and counts what lies deeper', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(printTree, {})).toBe(
    './ (3 files)\nsrc/\n  deep/\n    er/  (1 file)\n  a.ts  2.0 KB\nreadme.md  5 B',
  )
  expect(await bench.say(printTree, { depth: 1, show_files: false })).toBe(
    './ (3 files)\nsrc/  (2 files)',
  )
  expect(await bench.say(printTree, { path: 'src/deep', depth: 9 })).toBe(
    'src/deep/ (1 file)\ner/\n  still/\n    b.ts  0 B',
  )
  expect(await bench.say(printTree, { show_hidden: true })).toContain('.env')
})

test('a directory of only ignored files says so', async () => {
  await using bench = await openSearchBench({
    files: { '.gitignore': '*.log\n', 'logs/a.log': '' },
  })
  expect(await bench.say(printTree, { path: 'logs' })).toContain('only ignored or hidden files')
})

test('a full directory leaves room for its neighbours', async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`a/f${at}`, '']))
  await using bench = await openSearchBench({ files: { ...files, 'b/last.ts': '' } })
  const said = await bench.say(printTree, {})
  expect(said).toContain('… 260 more files')
  expect(said).toContain('last.ts')
})

test('a tree that would be too long is shown less deep, and whole', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 450 }, (_, at) => [`d${at % 90}/s/f${at}`, '']),
  )
  await using bench = await openSearchBench({ files })
  const said = await bench.say(printTree, {})
  expect(said.split('\n').filter((line) => line.includes('s/  (5 files)'))).toHaveLength(90)
  expect(said).toContain('[only 2 levels')
})

test('a link that leads in a circle is not followed', async () => {
  await using bench = await openSearchBench({ files: tree })
  await symlink('..', bench.path('src/up'))
  expect(await bench.say(printTree, { depth: 20 })).toContain('./ (3 files)')
})

test('a file, a missing directory and a path outside are refused', async () => {
  await using bench = await openSearchBench({ files: tree })
  for (const tool of [listDirectory, printTree]) {
    await expect(bench.run(tool, { path: 'readme.md' })).rejects.toThrow('is a file')
    await expect(bench.run(tool, { path: 'srcc' })).rejects.toThrow('did you mean src')
    await expect(bench.run(tool, { path: '/' })).rejects.toMatchObject({ kind: 'outside' })
  }
})

// Root reads every directory, whatever its mode says.
test.skipIf(process.getuid?.() === 0)('an unreadable directory is said', async () => {
  await using bench = await openSearchBench({ files: { 'a.ts': '', 'locked/b.ts': '' } })
  await chmod(bench.path('locked'), 0)
  try {
    await expect(bench.run(listDirectory, { path: 'locked' })).rejects.toThrow('Permission denied')
    expect(await bench.say(printTree, {})).toContain('could not be read: locked')
  } finally {
    await chmod(bench.path('locked'), 0o700)
  }
})
