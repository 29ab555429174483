import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import { editFile } from '../../../src/tools/files/edit-file.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { openToolBench } from '../../support/tool-context.ts'
import { type Random, randomFrom } from './random-texts.ts'

const sources = join(import.meta.dir, '../../../src/tools/files')

/** What a model gets wrong: a word, a missing or an extra line, two lines swapped. */
const mistakes: ((lines: string[], random: Random) => string[])[] = [
  (lines, random) => {
    const at = random(lines.length)
    return lines.with(at, `${lines[at] ?? ''}`.replace(/\w+/, 'another'))
  },
  (lines, random) => lines.toSpliced(1 + random(lines.length - 2), 1),
  (lines, random) => lines.toSpliced(1 + random(lines.length - 1), 0, '  inserted(line)'),
  (lines, random) => {
    const at = random(lines.length - 1)
    return lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '')
  },
]

/** Differences that are forgiven: none of them changes what the lines say. */
const slips: ((lines: string[]) => string[])[] = [
  (lines) => lines.map((line) => `${line}  `),
  (lines) => lines.map((line) => (line === '' ? line : `    ${line}`)),
  (lines) => lines.map((line) => line.replaceAll("'", '’').replaceAll('-', '–')),
]

test('a block of real code that is not in the file is refused, a slip of the pen is not', async () => {
  const random = randomFrom(2024)
  await using work = await openToolBench()
  const names = (await readdir(sources)).filter((name) => name.endsWith('.ts')).sort()
  const count = { refused: 0, forgiven: 0 }
  for (let round = 0; round < 120; round++) {
    const text = await Bun.file(join(sources, names[random(names.length)] ?? '')).text()
    const lines = text.split('\n')
    const first = random(Math.max(1, lines.length - 8))
    const block = lines.slice(first, first + 4 + random(3))
    if (block.join('').replace(/\W/g, '').length < 20) continue
    await work.write('a.ts', text)
    await work.run(readFile, { path: 'a.ts' })

    const mistake = mistakes[random(mistakes.length)]
    const wrong = mistake ? mistake(block, random).join('\n') : ''
    if (!text.includes(wrong)) {
      const input = { path: 'a.ts', old_string: wrong, new_string: 'replaced' }
      const thrown = await work.run(editFile, input).catch((reason) => reason)
      expect(thrown).toBeInstanceOf(CodiError)
      expect(await work.text('a.ts')).toBe(text)
      count.refused++
    }

    const slip = slips[random(slips.length)]
    const old = slip ? slip(block).join('\n') : ''
    const next = slip ? slip([...block, 'newLine()']).join('\n') : ''
    const isUnique = text.split(block.join('\n')).length === 2
    if (!isUnique || text.includes(old) || (block[0] ?? '') === '' || block.at(-1) === '') continue
    await work.run(editFile, { path: 'a.ts', old_string: old, new_string: next })
    const edited = (await work.text('a.ts')).split('\n')
    expect(edited.length).toBe(lines.length + 1)
    // Nothing but the new line differs: the rest is the file's own text.
    const added = edited.findIndex((line, index) => line !== lines[index])
    expect(edited.toSpliced(added, 1)).toEqual(lines)
    expect(edited[added]?.trim()).toBe('newLine()')
    count.forgiven++
  }
  expect(count.refused).toBeGreaterThan(60)
  expect(count.forgiven).toBeGreaterThan(40)
})
