/** Somebody who swaps directories and files for symbolic links, thousands of times, while tools read and write. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../src/base/errors.ts'
import { openPinnedFile, pinDirectory } from '../../src/base/pinned-directory.ts'
import { allTools } from '../../src/tools/registry.ts'
import { ripgrepPath } from '../../src/tools/search/ripgrep.ts'
import { contentText, openToolBench } from '../support/tool-context.ts'

const rounds = 150
const tool = (name: string) => {
  const found = allTools.find((candidate) => candidate.name === name)
  if (!found) throw new Error(`no tool ${name}`)
  return found
}

async function raced(
  work: (bench: Awaited<ReturnType<typeof openToolBench>>) => Promise<void>,
): Promise<{ swaps: number; outside: Record<string, string> }> {
  await using bench = await openToolBench({
    files: { 'a/b/f.txt': 'inside\n', 'a/b/g.txt': 'inside\n' },
    services: { ripgrep: () => ripgrepPath({ cacheDirectory: '', env: process.env }) },
  })
  const outside = join(bench.directory, 'outside')
  mkdirSync(outside)
  for (const name of ['f.txt', 'g.txt']) writeFileSync(join(outside, name), 'SECRET outside\n')
  const racer = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, 'swap-links.ts'),
      bench.path('a/b'),
      bench.path('a/b/g.txt'),
      outside,
    ],
    { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' },
  )
  const reader = racer.stdout.getReader()
  await reader.read()
  try {
    await work(bench)
  } finally {
    await racer.stdin.end()
  }
  let said = ''
  for (let part = await reader.read(); !part.done; part = await reader.read())
    said += new TextDecoder().decode(part.value)
  const left = readdirSync(outside).map((name) => [name, readFileSync(join(outside, name), 'utf8')])
  return { swaps: Number(said.trim().split('\n').at(-1)), outside: Object.fromEntries(left) }
}

const untouched = { 'f.txt': 'SECRET outside\n', 'g.txt': 'SECRET outside\n' }

describe('while links are swapped', () => {
  test('what is written is written inside, or nowhere', async () => {
    let written = 0
    const { swaps, outside } = await raced(async (bench) => {
      for (let round = 0; round < rounds; round++) {
        for (const [name, input] of [
          ['write_file', { path: `a/b/new${round}.txt`, content: 'new' }],
          [
            'apply_patch',
            { patch: `*** Begin Patch\n*** Add File: a/b/c${round}/p.txt\n+new\n*** End Patch` },
          ],
          ['write_file', { path: 'a/b/g.txt', content: `${round}` }],
        ] as const) {
          const paths = [
            await bench.path(String('path' in input ? input.path : `a/b/c${round}/p.txt`)),
          ]
          const approved = { paths, hosts: [] }
          await bench.run(tool(name), input, { approved }).then(
            () => written++,
            () => undefined,
          )
        }
      }
    })
    expect(outside).toEqual(untouched)
    expect(swaps).toBeGreaterThan(100)
    expect(written).toBeGreaterThan(0)
  })

  test('what is read, listed and searched is what lies inside', async () => {
    let read = 0
    const { swaps } = await raced(async (bench) => {
      for (let round = 0; round < rounds; round++) {
        for (const [name, input] of [
          ['read_file', { path: 'a/b/f.txt' }],
          ['read_file', { path: 'a/b/g.txt' }],
          ['grep', { pattern: 'SECRET', path: ['a/b/g.txt', 'a', 'a/b'][round % 3] ?? 'a' }],
        ] as const) {
          // Only every tenth round searches: each search starts a process twice.
          if (name === 'grep' && round % 10 > 2) continue
          const approved = { paths: [bench.path(input.path)], hosts: [] }
          const said = await bench.run(tool(name), input, { approved }).then(
            (result) => contentText(result),
            (thrown) => errorMessage(thrown),
          )
          expect(said.replaceAll("'SECRET'", '')).not.toContain('SECRET outside')
          if (said.includes('inside')) read++
        }
      }
    })
    expect(swaps).toBeGreaterThan(100)
    expect(read).toBeGreaterThan(0)
  })
})

describe('a pinned directory', () => {
  test('is not reached through a link on any part of its path', async () => {
    await using bench = await openToolBench({ files: { 'real/deep/f.txt': 'x' } })
    symlinkSync('real', bench.path('link'))
    symlinkSync('f.txt', bench.path('real/deep/also.txt'))
    expect(() => pinDirectory(bench.path('link/deep'))).toThrow('has become a symbolic link')
    expect(() => openPinnedFile(bench.path('link/deep/f.txt'))).toThrow(
      'has become a symbolic link',
    )
    expect(() => openPinnedFile(bench.path('real/deep/also.txt'))).toThrow(
      'has become a symbolic link',
    )
    expect(() => pinDirectory(bench.path('real/none'))).toThrow('ENOENT')
    expect(() => pinDirectory(bench.path('real/deep/f.txt'))).toThrow('ENOTDIR')
  })

  test('tells what it made on the way, and makes nothing behind a link', async () => {
    await using bench = await openToolBench({ files: { 'real/f.txt': 'x' } })
    symlinkSync('real', bench.path('link'))
    const made: string[] = []
    pinDirectory(bench.path('real/x/y'), { made }).close()
    expect(made).toEqual([bench.path('real/x'), bench.path('real/x/y')])
    expect(() => pinDirectory(bench.path('link/z'), { made: [] })).toThrow('symbolic link')
    expect(readdirSync(bench.path('real')).sort()).toEqual(['f.txt', 'x'])
  })
})
