import { expect, test } from 'bun:test'
import iconv from 'iconv-lite'
import { editFile } from '../../../src/tools/files/edit-file.ts'
import { insertLine } from '../../../src/tools/files/insert-line.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { writeFile } from '../../../src/tools/files/write-file.ts'
import { applyPatch } from '../../../src/tools/patch/apply-patch.ts'
import { openToolBench } from '../../support/tool-context.ts'
import { type Random, randomFrom, randomLines } from './random-texts.ts'

const encodings: { name: string; bom: string; extra: string[] }[] = [
  { name: 'utf8', bom: '', extra: ['größe', '日本語', '🎉 emoji'] },
  { name: 'utf8', bom: '\ufeff', extra: ['é'] },
  { name: 'utf16le', bom: '\ufeff', extra: ['日本', '🎉'] },
  { name: 'utf16be', bom: '\ufeff', extra: ['größe'] },
  { name: 'windows-1252', bom: '', extra: ['größe – “x”', 'déjà'] },
  { name: 'shift_jis', bom: '', extra: ['設定ファイルを読む', 'エラー'] },
]

const ends = ['\n', '\r\n', 'mixed'] as const

interface Sample {
  /** Each with its own line end; the last may have none. */
  lines: string[]
  bytes(lines: readonly string[]): Uint8Array
  /** The end that a line added before `index` is expected to have; undefined where both would do. */
  end: string | undefined
}

/** A file with one line that stands nowhere else, `THE MARK`, somewhere in it. */
function sample(random: Random): Sample & { mark: number } {
  const encoding = encodings[random(encodings.length)] ?? { name: 'utf8', bom: '', extra: [] }
  const style = ends[random(ends.length)] ?? '\n'
  const texts = randomLines(random, { max: 30, extra: encoding.extra })
  texts.push(...encoding.extra, 'plain')
  const mark = random(texts.length)
  texts.splice(mark, 0, 'THE MARK')
  const lines = texts.map((text) => text + (style === 'mixed' ? (ends[random(2)] ?? '\n') : style))
  if (random(2) === 0) {
    const last = lines.pop() ?? ''
    const bare = last.replace(/\r?\n$/, '')
    if (bare !== '' || mark === lines.length) lines.push(bare)
  }
  return {
    lines,
    mark,
    end: style === 'mixed' ? undefined : style,
    bytes: (list) => iconv.encode(encoding.bom + list.join(''), encoding.name, { addBOM: false }),
  }
}

function sameBytes(found: Uint8Array, wanted: Uint8Array): void {
  expect(Buffer.from(found).toString('hex')).toBe(Buffer.from(wanted).toString('hex'))
}

test('an edit of one line keeps every other byte, whatever encoding, line ends and final newline', async () => {
  const random = randomFrom(4711)
  await using work = await openToolBench()
  for (let round = 0; round < 150; round++) {
    const { lines, mark, bytes } = sample(random)
    await work.write('a.txt', bytes(lines))
    await work.run(readFile, { path: 'a.txt' })
    const tool = round % 2 === 0 ? editFile : applyPatch
    await work.run(
      tool,
      tool === editFile
        ? { path: 'a.txt', old_string: 'THE MARK', new_string: 'the new text' }
        : {
            patch:
              '*** Begin Patch\n*** Update File: a.txt\n-THE MARK\n+the new text\n*** End Patch',
          },
    )
    const wanted = lines.with(mark, (lines[mark] ?? '').replace('THE MARK', 'the new text'))
    sameBytes(await work.bytes('a.txt'), bytes(wanted))
  }
})

test('inserted lines take the line ends of the file, and all else stays', async () => {
  const random = randomFrom(99)
  await using work = await openToolBench()
  for (let round = 0; round < 100; round++) {
    const { lines, mark, bytes, end } = sample(random)
    if (end === undefined) continue
    await work.write('a.txt', bytes(lines))
    await work.run(readFile, { path: 'a.txt' })
    await work.run(insertLine, { path: 'a.txt', line: mark + 1, content: 'in 1\nin 2' })
    sameBytes(
      await work.bytes('a.txt'),
      bytes(lines.toSpliced(mark, 0, `in 1${end}`, `in 2${end}`)),
    )
  }
})

test('writing back what was read changes nothing', async () => {
  const random = randomFrom(5)
  await using work = await openToolBench()
  for (let round = 0; round < 100; round++) {
    const { lines, bytes } = sample(random)
    await work.write('a.txt', bytes(lines))
    await work.run(readFile, { path: 'a.txt' })
    const content = lines.join('').replaceAll('\r\n', '\n')
    await work.run(writeFile, { path: 'a.txt', content })
    sameBytes(await work.bytes('a.txt'), bytes(lines))
  }
})

test('bytes that are no UTF-8 survive an edit elsewhere in the file', async () => {
  const random = randomFrom(31)
  await using work = await openToolBench()
  for (let round = 0; round < 100; round++) {
    const noise = Uint8Array.from({ length: 1 + random(6) }, () => 128 + random(128))
    const parts = [Buffer.from('gr\u00fcn \u65e5\u672c\u8a9e \u00e9\u00e8\u00ea\u00eb '), noise]
    const before = Buffer.concat([...parts, Buffer.from('\nTHE MARK\n')])
    const after = Buffer.concat([...parts, Buffer.from('\nnew\n')])
    await work.write('a.txt', before)
    await work.run(readFile, { path: 'a.txt' })
    await work.run(editFile, { path: 'a.txt', old_string: 'THE MARK', new_string: 'new' })
    sameBytes(await work.bytes('a.txt'), after)
  }
})

test('a character that the encoding of the file lacks is refused by name', async () => {
  await using work = await openToolBench({ files: { 'a.txt': Buffer.from('gr\xfcn\n', 'latin1') } })
  await work.run(readFile, { path: 'a.txt' })
  const error = await work
    .run(editFile, { path: 'a.txt', old_string: 'grün', new_string: '→' })
    .catch((thrown) => thrown)
  expect(error.message).toContain('windows-1252, which has no “→” (U+2192)')
  sameBytes(await work.bytes('a.txt'), Buffer.from('gr\xfcn\n', 'latin1'))
})
