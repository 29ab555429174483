import { expect, test } from 'bun:test'
import { mkdir, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { glob } from '../../../src/tools/search/glob.ts'
import { openSearchBench } from './search-bench.ts'

const tree = {
  'src/a.ts': '1',
  'src/deep/er/b.ts': '2',
  'src/c.js': '3',
  'readme.md': '4',
  '.github/ci.yml': '5',
  '.env': '6',
  '.gitignore': 'node_modules/\ngen.ts\n',
  'node_modules/p/x.ts': '7',
  'gen.ts': '8',
}

test('a pattern without a slash matches at any depth, and ignored files stay out without git', async () => {
  await using bench = await openSearchBench({ files: tree })
  const result = await bench.run(glob, { pattern: '*.ts' })
  expect([...(result.data as string[])].sort()).toEqual(['src/a.ts', 'src/deep/er/b.ts'])
})

test('star does not bring back ignored, hidden or git files', async () => {
  await using bench = await openSearchBench({ files: { ...tree, '.git/HEAD': 'x' } })
  const result = await bench.run(glob, { pattern: '**/*' })
  expect([...(result.data as string[])].sort()).toEqual([
    'readme.md',
    'src/a.ts',
    'src/c.js',
    'src/deep/er/b.ts',
  ])
})

test('a slash anchors the pattern, braces are alternatives, path narrows', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(glob, { pattern: 'src/*.{ts,js}' })).not.toContain('deep')
  expect(await bench.say(glob, { pattern: '*.{ts,js}', path: 'src/deep' })).toBe('src/deep/er/b.ts')
  expect(await bench.say(glob, { pattern: '{src,lib}/**/b.ts' })).toBe('src/deep/er/b.ts')
  expect(await bench.say(glob, { pattern: '!*.ts', path: 'src' })).toBe('src/c.js')
})

test('hidden and ignored files are found when the pattern names them', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(glob, { pattern: '.env*' })).toBe('.env')
  expect(await bench.say(glob, { pattern: '.github/*' })).toBe('.github/ci.yml')
  expect(await bench.say(glob, { pattern: '**/.github/**' })).toBe('.github/ci.yml')
  expect(await bench.say(glob, { pattern: 'node_modules/**/*.ts' })).toBe('node_modules/p/x.ts')
})

test('the newest file comes first', async () => {
  await using bench = await openSearchBench({ files: { 'a.c': '', 'b.c': '', 'c.c': '' } })
  await utimes(bench.path('a.c'), 1000, 1000)
  await utimes(bench.path('b.c'), 3000, 3000)
  await utimes(bench.path('c.c'), 2000, 2000)
  expect(await bench.say(glob, { pattern: '*.c' })).toBe('b.c\nc.c\na.c')
})

test('a hundred files are shown and the rest is counted', async () => {
  const files = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`f${at}.txt`, '']))
  await using bench = await openSearchBench({ files })
  const said = await bench.say(glob, { pattern: '*.txt' })
  expect(said.split('\n')).toHaveLength(101)
  expect(said).toContain('100 of 130 files')
})

test('an absolute pattern inside the workspace works and one outside is refused', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(glob, { pattern: `${bench.root}/src/*.ts` })).toBe('src/a.ts')
  await expect(bench.run(glob, { pattern: '/etc/*.conf' })).rejects.toMatchObject({
    kind: 'outside',
  })
  await expect(bench.run(glob, { pattern: '../*.ts' })).rejects.toMatchObject({ kind: 'outside' })
})

test('brackets may be part of a name', async () => {
  await using bench = await openSearchBench({ files: { 'app/[id]/page.tsx': '' } })
  expect(await bench.say(glob, { pattern: 'app/[id]/page.tsx' })).toBe('app/[id]/page.tsx')
})

test('a pattern that only directories match says so', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(glob, { pattern: 'er' })).toContain('directories do: src/deep/er/')
  expect(await bench.say(glob, { pattern: 'e?', path: 'src' })).toContain('src/deep/er/')
  expect(await bench.say(glob, { pattern: '*.zig' })).toContain('among 4 files below .')
})

test('odd names are listed on one line each', async () => {
  await using bench = await openSearchBench({
    files: { 'a b.ts': '', 'new\nline.ts': '', 'é.ts': '' },
  })
  const bytes = Buffer.concat([
    Buffer.from(`${bench.root}/bad`),
    Buffer.from([0xff]),
    Buffer.from('.ts'),
  ])
  await Bun.write(Bun.file(bench.path('keep.ts')), '')
  const { writeFile } = await import('node:fs/promises')
  await writeFile(bytes, '')
  const lines = (await bench.say(glob, { pattern: '*.ts' })).split('\n')
  expect(lines).toHaveLength(5)
  expect(lines).toContain('"new\\nline.ts"')
  expect(lines).toContain('bad\ufffd.ts')
})

test('a missing directory says what was probably meant', async () => {
  await using bench = await openSearchBench({ files: tree })
  await expect(bench.run(glob, { pattern: '*.ts', path: 'scr' })).rejects.toThrow(
    'did you mean src',
  )
  await expect(bench.run(glob, { pattern: '*', path: 'er' })).rejects.toThrow('src/deep/er')
  await expect(bench.run(glob, { pattern: '*', path: 'readme.md' })).rejects.toThrow('is a file')
})

test('an empty directory and an empty pattern are said', async () => {
  await using bench = await openSearchBench()
  expect(await bench.say(glob, { pattern: '*.ts' })).toContain('No files below .')
  await expect(bench.run(glob, { pattern: ' ' })).rejects.toMatchObject({ kind: 'invalid' })
})

test('a loop of links ends', async () => {
  await using bench = await openSearchBench({ files: { 'src/a.ts': '' } })
  await symlink(bench.root, bench.path('src/loop'))
  await mkdir(bench.path('x'))
  await symlink(join(bench.root, 'x/self'), bench.path('x/self'))
  expect(await bench.say(glob, { pattern: '**/*.ts' })).toBe('src/a.ts')
  await expect(bench.run(glob, { pattern: '*', path: 'x/self' })).rejects.toMatchObject({
    kind: 'invalid',
  })
})
