import { describe, expect, test } from 'bun:test'
import { openMasker } from '../../src/base/mask/masker.ts'
import { makeSecret } from '../support/secret-samples.ts'

const masker = openMasker({ env: {} })
const rows = Array.from({ length: 4 }, (_, seed) => makeSecret('{B64}', seed + 1)).join('\n')
const text = [
  'begin',
  `token ${makeSecret('ghp_{A36}')} end`,
  `DB_PASSWORD=${makeSecret('{A16}')}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${rows}\n-----END RSA PRIVATE KEY-----`,
  'the end',
  `no newline ${makeSecret('sk-ant-api03-{w93}')}`,
].join('\n')

describe('Text that arrives in pieces', () => {
  test('is masked as the whole would be, wherever it is cut in two', () => {
    const whole = masker.mask(text)
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = masker.stream()
      const masked = stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush()
      expect(masked).toBe(whole)
    }
  })

  test('is masked as the whole would be, character by character', () => {
    const stream = masker.stream()
    let masked = ''
    for (const char of text) masked += stream.push(char)
    expect(masked + stream.flush()).toBe(masker.mask(text))
  })

  test('is shown line by line, and the rest at the end', () => {
    const stream = masker.stream()
    expect(stream.push('one\ntwo')).toBe('one\n')
    expect(stream.push(' and\n')).toBe('two and\n')
    expect(stream.push('tail')).toBe('')
    expect(stream.flush()).toBe('tail')
  })

  test('without a line end is held back only so far', () => {
    const stream = masker.stream()
    const endless = 'word '.repeat(20_000)
    let shown = 0
    for (let at = 0; at < endless.length; at += 1000)
      shown += stream.push(endless.slice(at, at + 1000)).length
    expect(endless.length - shown).toBeLessThan(40_000)
    expect(shown + stream.flush().length).toBe(endless.length)
  })

  test('a key that never ends does not hold the rest for ever', () => {
    const stream = masker.stream()
    const start = `-----BEGIN RSA PRIVATE KEY-----\n${rows}\n`
    let shown = stream.push(start)
    for (let line = 0; line < 3000; line++)
      shown += stream.push(`and line ${line} of a long log goes on\n`)
    expect(shown.length).toBeGreaterThan(30_000)
    expect(shown).not.toContain(rows.split('\n')[0] ?? '')
  })
})
