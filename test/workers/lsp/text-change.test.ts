/** A change told as one range gives the new text, whatever stands in it. */
import { expect, test } from 'bun:test'
import { textChange } from '../../../workers/lsp/text-change.ts'

const parts = ['a', 'b', '\n', '\r\n', '\r', '😀', '😁', 'ab', ' ']

test('applied to the old text, the change is the new text, and cuts no character or line end', () => {
  // A fixed sequence: a failure can be repeated.
  let seed = 7
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const words = (count: number) => Array.from({ length: count }, () => parts[next(parts.length)])
  for (let round = 0; round < 2000; round++) {
    const [head, tail] = [words(next(5)), words(next(5))]
    const before = [...head, ...words(next(4)), ...tail].join('')
    const after = [...head, ...words(next(4)), ...tail].join('')
    const change = textChange(before, after)
    if (!('range' in change)) throw new Error('no range')
    const [start, end] = [change.range.start, change.range.end].map((at) => offset(before, at))
    expect(before.slice(0, start) + change.text + before.slice(end)).toBe(after)
    expect(change.text.isWellFormed()).toBe(true)
  }
})

function offset(text: string, { line, character }: { line: number; character: number }): number {
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)]
  return (starts[line] ?? Number.NaN) + character
}
