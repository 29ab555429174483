/** JSON with comments: read as its values, changed with everything else left as it was. */
import { describe, expect, test } from 'bun:test'
import { type JsoncArray, jsonOf, parseJsonc, withItem, withoutItem } from '../../src/base/jsonc.ts'

test('reads what JSON reads, and comments and trailing commas besides', () => {
  for (const text of ['{}', '[]', ' [1, -2.5e3, "a\\n\\u00e9", true, null, {"a": [{}]}] ', '"x"'])
    expect(jsonOf(parseJsonc(text))).toEqual(JSON.parse(text))
  expect(jsonOf(parseJsonc('\ufeff// a\n{ /* b */ "c": [1, /* d */ 2,], // e\n}'))).toEqual({
    c: [1, 2],
  })
})

for (const [text, line] of [
  ['{', 1],
  ['{\n"a" 1}', 2],
  ['[1\n2]', 2],
  ['{"a": tru}', 1],
  ['{"a": 1} x', 1],
  ["{'a': 1}", 1],
  ['"a\nb"', 1],
  ['/* open', 1],
  ['', 1],
  [`${'['.repeat(200)}`, 1],
] as const) {
  test(`refuses ${JSON.stringify(text.slice(0, 20))}, naming line ${line}`, () => {
    expect(() => parseJsonc(text)).toThrow(`line ${line}: `)
  })
}

describe('changing an array', () => {
  const list = (text: string): JsoncArray => {
    const root = parseJsonc(text)
    if (root.type !== 'array') throw new Error('no array')
    return root
  }

  test('adds behind the last element, whatever stands around it', () => {
    for (const [text, items] of [
      ['[]', []],
      ['[ ]', []],
      ['[\n  // none\n]', []],
      ['[1]', [1]],
      ['[1,]', [1]],
      ['[1, // one\n]', [1]],
      ['[\n  1 // one\n]', [1]],
      ['[\n  1, /* a */ 2, // two\n  // end\n]', [1, 2]],
      ['[ {"a": "],"} /* , */ ]', [{ a: '],' }]],
    ] as const) {
      const after = withItem(text, list(text), '9')
      expect(jsonOf(parseJsonc(after))).toEqual([...items, 9])
      for (const comment of text.match(/\/\/ \w+|\/\*.*?\*\//g) ?? [])
        expect(after).toContain(comment)
    }
  })

  test('whatever was added, and removed again, reads as before', () => {
    const parts = ['1', '"a"', '{"x": [1]}', '[2]']
    const gaps = ['', ' ', '\n', '\n  // c\n  ', ' /* , ] */ ']
    let state = 3
    const pick = (values: readonly string[]) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return values[(state >>> 8) % values.length] ?? ''
    }
    for (let round = 0; round < 2000; round++) {
      const count = round % 4
      let text = `[${pick(gaps)}`
      for (let index = 0; index < count; index++) {
        const comma = index < count - 1 || round % 3 === 0 ? ',' : ''
        text += `${pick(parts)}${pick(gaps)}${comma}${pick(gaps)}`
      }
      text += ']'
      const before = jsonOf(parseJsonc(text))
      const added = withItem(text, list(text), '{"new": 1}')
      expect(jsonOf(parseJsonc(added))).toEqual([...(before as never[]), { new: 1 }])
      for (let index = 0; index < count; index++) {
        const removed = jsonOf(parseJsonc(withoutItem(text, list(text), index)))
        expect(removed).toEqual((before as never[]).filter((_, at) => at !== index))
      }
      expect(jsonOf(parseJsonc(withoutItem(added, list(added), count)))).toEqual(before)
    }
  })
})
