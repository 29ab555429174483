/** Three-way merge beside git's own: where both merge, they merge to the same. */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { mergeThree } from '../../src/base/merge-three.ts'
import { removeTree } from '../../src/base/remove-tree.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const merged = async (base: string, mine: string, theirs: string) => {
  const result = await mergeThree({ base: bytes(base), mine: bytes(mine), theirs: bytes(theirs) })
  return result && new TextDecoder().decode(result)
}

describe('A three-way merge', () => {
  test('takes what each side changed apart from the other', async () => {
    expect(await merged('a\nb\nc\nd\n', 'A\nb\nc\nd\n', 'a\nb\nc\nD\n')).toBe('A\nb\nc\nD\n')
    expect(await merged('a\nb\nc\n', 'a\nb\nc\n', 'a\nc\n')).toBe('a\nc\n')
    expect(await merged('a\nb\nc\n', 'x\nb\nc\n', 'x\nb\nc\n')).toBe('x\nb\nc\n')
  })

  test('is none where both changed the same or neighbouring lines, or where it is no text', async () => {
    expect(await merged('a\nb\n', 'a\nx\n', 'a\ny\n')).toBeUndefined()
    expect(await merged('a\nb\n', 'x\nb\n', 'a\ny\n')).toBeUndefined()
    expect(await merged('a\0', 'b\0', 'a\0')).toBeUndefined()
  })

  test('keeps every byte of other encodings', async () => {
    const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
    const result = await mergeThree({
      base: latin1('é\n1\n2\n3\n'),
      mine: latin1('é\n1\n2\nü\n'),
      theirs: latin1('è\n1\n2\n3\n'),
    })
    expect(Buffer.from(result ?? []).toString('latin1')).toBe('è\n1\n2\nü\n')
  })

  test('agrees with git wherever both are clean', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'codi-merge-'))
    try {
      const text = fc
        .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 3, maxLength: 9 })
        .map((lines) => `${lines.join('\n')}\n`)
      await fc.assert(
        fc.asyncProperty(text, text, text, async (base, mine, theirs) => {
          const ours = await merged(base, mine, theirs)
          for (const [name, content] of Object.entries({ base, mine, theirs }))
            writeFileSync(join(directory, name), content)
          const git = Bun.spawnSync(['git', 'merge-file', '-p', 'mine', 'base', 'theirs'], {
            cwd: directory,
          })
          if (ours !== undefined && git.exitCode === 0) expect(ours).toBe(git.stdout.toString())
        }),
        { numRuns: 150 },
      )
    } finally {
      removeTree(directory)
    }
  })
})
