/** Cuts between words: half a secret is shown by none. */
import { expect, test } from 'bun:test'
import { brokenHead, brokenTail, endsAtBorder, unfinishedTail } from '../../src/base/cut-border.ts'

const secret = 'ghp_9f2K7dQxR4mWz8LpT6vBn3HsJ5cYaEgUoi'
const text = `first line of words\ntoken = "${secret}", and more words\n`.repeat(20)

test('wherever a text is cut, a word is whole or not there', () => {
  for (const shown of [text, new TextEncoder().encode(text)]) {
    for (let at = 400; at < 800; at++) {
      const [before, after] = [shown.slice(0, at), shown.slice(at)]
      const head = before.slice(0, before.length - brokenTail(before))
      const tail = endsAtBorder(before) ? after : after.slice(brokenHead(after))
      for (const part of [head, tail]) {
        const words = typeof part === 'string' ? part : new TextDecoder().decode(part)
        const rest = words.replaceAll(secret, '')
        for (let from = 0; from + 6 <= secret.length; from++)
          expect(rest).not.toContain(secret.slice(from, from + 6))
      }
    }
  }
})

test('the end of a line goes before the end of a word; where there is none, nothing is lost', () => {
  expect(brokenHead(`st of it, more\n${'x'.repeat(100)}`)).toBe(15)
  expect(brokenHead(`st of it,${'x'.repeat(100)}`)).toBe(3)
  expect(brokenHead('x'.repeat(10_000))).toBe(0)
  expect(brokenTail('x'.repeat(10_000))).toBe(0)
  expect(brokenTail(`${'words '.repeat(10)}half`)).toBe(4)
  expect(brokenTail('words ')).toBe(0)
})

test('what is being written is held back as a word, unless it asks something', () => {
  expect(unfinishedTail('the key ghp_9f2K7d')).toBe(10)
  expect(unfinishedTail('8LpT6vBn3HsJ5')).toBe(13)
  expect(unfinishedTail('done\n')).toBe(0)
  expect(unfinishedTail('Password:')).toBe(0)
  expect(unfinishedTail('')).toBe(0)
  expect(unfinishedTail('x'.repeat(10_000))).toBe(0)
})
