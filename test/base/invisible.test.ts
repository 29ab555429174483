import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { showInvisible, unsafeCharacter } from '../../src/base/invisible.ts'
import { printableJson } from '../../src/base/json.ts'
import { neutralize } from '../../src/base/text.ts'

const hiding: Readonly<Record<string, string>> = {
  'a soft hyphen': '\u00ad',
  'a grapheme joiner': '\u034f',
  'the Arabic letter mark': '\u061c',
  'Hangul fillers': '\u115f\u1160\u3164\uffa0',
  'Khmer vowels without a shape': '\u17b4\u17b5',
  'Mongolian selectors': '\u180b\u180e',
  'zero width space, joiner and non-joiner': '\u200b\u200c\u200d',
  'direction marks': '\u200e\u200f',
  'embeddings and overrides': '\u202a\u202b\u202c\u202d\u202e',
  isolates: '\u2066\u2067\u2068\u2069',
  'invisible operators': '\u2060\u2061\u2062\u2063\u2064',
  'deprecated format controls': '\u206a\u206f',
  'a byte order mark': '\ufeff',
  'variation selectors': '\ufe00\ufe0e\ufe0f',
  'interlinear annotation': '\ufff9\ufffa\ufffb',
  tags: '\u{e0001}\u{e0041}\u{e007f}',
  'further variation selectors': '\u{e0100}\u{e01ef}',
  'music controls': '\u{1d173}\u{1d17a}',
}

describe('What hides in text', () => {
  for (const [what, text] of Object.entries(hiding)) {
    test(`is not printed: ${what}`, () => {
      expect(neutralize(`a${text}b`)).toBe('ab')
    })

    test(`is shown in instructions: ${what}`, () => {
      const { text: shown, hidden } = showInvisible(`one\na${text}b`)
      expect(hidden).toHaveLength([...text].length)
      expect(hidden.every(({ line }) => line === 2)).toBe(true)
      expect(shown).toBe(`one\na${hidden.map(({ code }) => `<${code}>`).join('')}b`)
    })
  }

  test('is told by line and code, but for a mark at the start of a file and ends of lines', () => {
    const { text, hidden } = showInvisible('\ufeffa\r\nb\u202ec\r\n')
    expect(text).toBe('a\nb<U+202E>c\n')
    expect(hidden).toEqual([{ line: 2, code: 'U+202E' }])
  })

  for (const text of [
    '👩‍🚀',
    '🏳️‍🌈',
    '❤️',
    '1️⃣',
    '👨‍👩‍👧‍👦',
    '👍🏽',
    'می‌خواهم',
    'क्‍ष',
    '中文',
    'é',
    'naïve',
  ]) {
    test(`is not what ${text} is made of`, () => {
      expect(neutralize(`x ${text} y`)).toBe(`x ${text} y`)
      expect(showInvisible(text).hidden).toEqual([])
    })
  }
})

describe('What drives a terminal', () => {
  test('is made visible or dropped', () => {
    expect(neutralize('\x1b]0;title\x07\x1b[2J\x1bP1q\x1b\\\x9b31m\x00\x7f\r')).toBe(
      '␛]0;title␇␛[2J␛P1q␛\\31m␀␡',
    )
  })

  test('stays out whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const safe = neutralize(text)
        expect(safe).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
        expect(safe).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u061c\u{e0000}-\u{e007f}]/u)
        expect(neutralize(safe)).toBe(safe)
      }),
      { numRuns: 500 },
    )
  })

  test('stays out of text whose colours are kept', () => {
    const parts = fc.constantFrom(
      '\x1b[31m',
      '\x1b[0m',
      '\x1b[2J',
      '\x1b]8;;',
      '\x07',
      'a',
      '\x1b',
      '[',
      ';',
      '1',
      'm',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (pieces) => {
        const safe = neutralize(pieces.join(''), { keepColor: true })
        expect(safe.replace(/\x1b\[[\d;]*m/g, '')).not.toMatch(/[\x00-\x08\x0b-\x1f]/)
      }),
    )
  })

  test('is escaped in JSON, which stays the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const printed = printableJson({ text })
        expect(JSON.parse(printed)).toEqual({ text })
        expect(neutralize(printed)).toBe(printed)
      }),
    )
    expect(unsafeCharacter.test(printableJson('\u{e0041}\u202e\x9b'))).toBe(false)
  })
})
