import { expect, test } from 'bun:test'
import { readdir, rm } from 'node:fs/promises'
import { CodiError } from '../../../src/base/errors.ts'
import { runProgram } from '../../../src/base/process.ts'
import { createLedger } from '../../../src/tools/files/file-ledger.ts'
import { applyPatch } from '../../../src/tools/patch/apply-patch.ts'
import { openToolBench, type ToolBench } from '../../support/tool-context.ts'
import { mutate, randomFrom, randomLines } from './random-texts.ts'

/** Git's own diff of two texts, without its headers. */
async function gitHunks(work: ToolBench, before: string, after: string): Promise<string[]> {
  await work.write('old', before)
  await work.write('new', after)
  const argv = ['git', 'diff', '--no-index', '--no-color', '-U3', 'old', 'new']
  const { stdout } = await runProgram(argv, { cwd: work.root })
  return stdout.split('\n').slice(4, -1)
}

function unified(hunks: readonly string[]): string {
  return ['--- a/a.txt', '+++ b/a.txt', ...hunks, ''].join('\n')
}

/** The same hunks in the other format: no line numbers, no marks of a missing newline. */
function beginPatch(hunks: readonly string[]): string {
  const rows = hunks
    .filter((line) => !line.startsWith('\\'))
    .map((line) => (line.startsWith('@@') ? '@@' : line))
  return ['*** Begin Patch', '*** Update File: a.txt', ...rows, '*** End Patch'].join('\n')
}

async function tryPatch(
  work: ToolBench,
  before: string,
  patch: string,
): Promise<string | CodiError> {
  await work.write('a.txt', before)
  // Every round is another file to the session.
  try {
    await work.run(applyPatch, { patch }, { ledger: createLedger() })
  } catch (thrown) {
    if (thrown instanceof CodiError) return thrown
    throw thrown
  }
  return (await work.exists('a.txt')) ? work.text('a.txt') : ''
}

test('a diff made by git gives exactly the new file', async () => {
  const random = randomFrom(20)
  await using work = await openToolBench()
  for (let round = 0; round < 60; round++) {
    const lines = randomLines(random, { max: 60 })
    const end = random(2) === 0 ? '\n' : ''
    const newEnd = random(2) === 0 ? '\n' : ''
    const before = lines.length > 0 ? lines.join('\n') + end : ''
    const changed = mutate(lines, random)
    const after = changed.length > 0 ? changed.join('\n') + newEnd : ''
    if (before === '' || after === '' || before === after) continue
    const hunks = await gitHunks(work, before, after)
    expect(await tryPatch(work, before, unified(hunks))).toBe(after)
  }
})

test('without line numbers it gives the new file or is refused, and never a wrong file', async () => {
  const random = randomFrom(77)
  await using work = await openToolBench()
  const count = { right: 0, refused: 0 }
  for (let round = 0; round < 60; round++) {
    const lines = randomLines(random, { max: 50, extra: ['dup', 'dup2'] })
    const changed = mutate(lines, random)
    const before = lines.map((line) => `${line}\n`).join('')
    const after = changed.map((line) => `${line}\n`).join('')
    if (before === '' || after === '' || before === after) continue
    const patched = await tryPatch(work, before, beginPatch(await gitHunks(work, before, after)))
    if (typeof patched === 'string') {
      expect(patched).toBe(after)
      count.right++
    } else {
      expect(['ambiguous', 'not_found', 'invalid']).toContain(patched.kind)
      expect(await work.text('a.txt')).toBe(before)
      count.refused++
    }
  }
  expect(count.right).toBeGreaterThan(20)
})

test('a patch for another file is refused, and never a wrong file', async () => {
  const random = randomFrom(123)
  await using work = await openToolBench()
  for (let round = 0; round < 30; round++) {
    const lines = [...randomLines(random, { max: 40 }), 'unique start', 'unique end']
    const before = `${lines.join('\n')}\n`
    const after = before.replace('unique end', 'changed')
    const hunks = await gitHunks(work, before, after)
    const other = before.replace('unique end', 'unique end of something else')
    const patched = await tryPatch(work, other, unified(hunks))
    expect(patched).toBeInstanceOf(CodiError)
    expect(await work.text('a.txt')).toBe(other)
  }
})

const tokens = [
  '*** Begin Patch',
  '*** End Patch',
  '*** Update File: a.txt',
  '*** Add File: b/c.txt',
  '*** Delete File: a.txt',
  '*** Move to: d.txt',
  '*** End of File',
  '@@',
  '@@ one',
  '@@ -1,2 +1,2 @@',
  '@@ -0,0 +1 @@ x',
  'diff --git a/a.txt b/a.txt',
  '--- a/a.txt',
  '+++ b/a.txt',
  '--- /dev/null',
  '+++ "b/\\303\\244.txt"',
  'rename from a.txt',
  'rename to e.txt',
  'new file mode 100644',
  'deleted file mode 100644',
  'old mode 100644',
  'new mode 100755',
  '\\ No newline at end of file',
  ' one',
  '-one',
  '+one',
  '-two',
  '+2',
  ' three',
  '',
  '```',
  'prose',
]

test('any mixture of the words of patches is applied or refused in a sentence', async () => {
  const random = randomFrom(8)
  await using work = await openToolBench()
  const count = { applied: 0, refused: 0 }
  for (let round = 0; round < 1500; round++) {
    const rows = Array.from({ length: 1 + random(12) }, () => tokens[random(tokens.length)] ?? '')
    const isWrapped = round % 2 === 0
    const patch = isWrapped
      ? [tokens[0], tokens[2], ...rows, tokens[1]].join('\n')
      : rows.join('\n')
    const outcome = await tryPatch(work, 'one\ntwo\nthree\n', patch)
    if (outcome instanceof CodiError) {
      expect(outcome.kind).not.toBe('internal')
      expect(outcome.message.length).toBeGreaterThan(10)
      expect(await work.text('a.txt')).toBe('one\ntwo\nthree\n')
      count.refused++
    } else {
      count.applied++
      await Promise.all(
        (await readdir(work.root)).map((name) => rm(work.path(name), { recursive: true })),
      )
    }
  }
  expect(count.applied).toBeGreaterThan(5)
  expect(count.refused).toBeGreaterThan(500)
})
