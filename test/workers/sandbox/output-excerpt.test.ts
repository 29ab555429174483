/** Head and tail of an output, whatever its pieces are. */
import { expect, test } from 'bun:test'
import { createExcerpt } from '../../../workers/sandbox/output-excerpt.ts'
import { incompleteTail } from '../../../workers/sandbox/utf8.ts'

const text = 'a é 😀 ß\n漢字 🎉🎉\nend é😀'
const bytes = new TextEncoder().encode(text)

test('every size and every way of cutting keeps a true head and tail without broken characters', () => {
  for (let maxBytes = 1; maxBytes <= bytes.length + 2; maxBytes++) {
    for (let step = 1; step <= 9; step++) {
      const excerpt = createExcerpt(maxBytes)
      for (let at = 0; at < bytes.length; at += step) excerpt.add(bytes.subarray(at, at + step))
      expect(excerpt.totalBytes).toBe(bytes.length)
      expect(excerpt.cut).toBe(bytes.length > maxBytes)
      const shown = excerpt.text()
      if (!excerpt.cut) {
        expect(shown).toBe(text)
        continue
      }
      const [head = '', tail = ''] = shown.split(/\n?\[… .* left out …\]\n/)
      expect(text).toStartWith(head)
      expect(text).toEndWith(tail)
      expect(Buffer.byteLength(head) + Buffer.byteLength(tail)).toBeLessThanOrEqual(maxBytes)
      expect(shown).not.toContain('\ufffd')
    }
  }
})

test('the note stands in the mark', () => {
  const excerpt = createExcerpt(2)
  excerpt.add(bytes)
  expect(excerpt.text('the disk is full')).toContain('left out; the disk is full …]')
})

test.each<[string, number[], number]>([
  ['nothing', [], 0],
  ['plain text', [0x61], 0],
  ['a whole character', [0xf0, 0x9f, 0x98, 0x80], 0],
  ['the first byte of two', [0x61, 0xc3], 1],
  ['three bytes of four', [0xf0, 0x9f, 0x98], 3],
  ['bytes that begin no character', [0xff, 0xfe], 0],
  ['only continuations', [0x80, 0x80, 0x80, 0x80], 0],
])('%s ends with %p unfinished', (_what, given, count) => {
  expect(incompleteTail(new Uint8Array(given))).toBe(count)
})
