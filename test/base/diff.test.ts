import { describe, expect, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { capDiff, unifiedDiff } from '../../src/base/diff.ts'
import { runProgram } from '../../src/base/process.ts'

/** What git makes of `before` by the diff. */
async function applyWithGit(before: string, diff: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'codi-diff-'))
  try {
    await writeFile(join(directory, 'a.txt'), before)
    const argv = ['git', 'apply', '--unidiff-zero', '--whitespace=nowarn', '-']
    const done = await runProgram(argv, {
      cwd: directory,
      stdin: diff,
      env: { ...process.env, HOME: directory },
    })
    expect(done.stderr).toBe('')
    return await readFile(join(directory, 'a.txt'), 'utf8')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

describe('unifiedDiff', () => {
  const pairs: [string, string, string][] = [
    ['a change in the middle', 'a\nb\nc\nd\ne\nf\ng\nh\n', 'a\nb\nc\nd\nE\nf\ng\nh\n'],
    ['a last line that gets its newline', 'a\nb', 'a\nb\n'],
    ['a last line that loses its newline', 'a\nb\n', 'a\nb'],
    ['lines added at the end', 'a\n', 'a\nb\nc\n'],
    ['lines removed at the beginning', 'x\ny\na\n', 'a\n'],
    ['two changes far apart', `1\n${'m\n'.repeat(30)}2\n`, `one\n${'m\n'.repeat(30)}two\n`],
  ]
  test.each(pairs)('git applies it: %s', async (_, before, after) => {
    for (const context of [0, 3]) {
      const { diff } = await unifiedDiff(before, after, { path: 'a.txt', context })
      expect(await applyWithGit(before, diff)).toBe(after)
    }
  })

  test('git applies the coarse one of two texts that have little in common', async () => {
    const before = Array.from({ length: 9000 }, (_, index) => `old ${index}\n`).join('')
    const after = Array.from({ length: 9000 }, (_, index) => `new ${index}\n`).join('')
    const { diff, added, removed } = await unifiedDiff(
      `same\n${before}end\n`,
      `same\n${after}end\n`,
      {
        path: 'a.txt',
      },
    )
    expect([added, removed]).toEqual([9000, 9000])
    expect(await applyWithGit(`same\n${before}end\n`, diff)).toBe(`same\n${after}end\n`)
  })

  test('counts, names and says /dev/null for what is not there', async () => {
    const created = await unifiedDiff(null, 'a\nb\n', { path: 'x/y.ts' })
    expect(created).toEqual({
      diff: '--- /dev/null\n+++ b/x/y.ts\n@@ -0,0 +1,2 @@\n+a\n+b\n',
      added: 2,
      removed: 0,
    })
    const deleted = await unifiedDiff('a\n', null, { path: 'x' })
    expect(deleted.diff).toBe('--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n')
    expect((await unifiedDiff('a', 'a', { path: 'x' })).diff).toBe('')
  })
})

test('capDiff keeps whole lines and says how many are missing', () => {
  const diff = 'a\nb\nc\nd\n'
  expect(capDiff(diff, { maxLines: 4, maxChars: 100 })).toBe(diff)
  expect(capDiff(diff, { maxLines: 2, maxChars: 100 })).toBe('a\nb\n… 2 more lines of the diff\n')
  expect(capDiff(diff, { maxLines: 10, maxChars: 5 })).toBe('a\nb\nc\n… 1 more lines of the diff\n')
})
