import { describe, expect, test } from 'bun:test'
import { type Key, openKeyDecoder } from '../../src/terminal/keys.ts'

function decode(bytes: string): string[] {
  const decoder = openKeyDecoder()
  const keys = decoder.push(Buffer.from(bytes))
  return [...keys, ...decoder.settle()].map(show)
}

function show(key: Key): string {
  return key.type === 'chord' ? key.chord : `${key.type}:${key.text}`
}

const sequences: [string, string, string[]][] = [
  ['letters and wide characters', 'aé中👍🏽', ['text:aé中👍🏽']],
  ['control letters', '\x01\x05\x0b', ['ctrl+a', 'ctrl+e', 'ctrl+k']],
  [
    'enter, line feed, tab, backspace',
    '\r\n\t\x7f\x08',
    ['enter', 'ctrl+j', 'tab', 'backspace', 'backspace'],
  ],
  ['arrows in both modes', '\x1b[A\x1bOB', ['up', 'down']],
  ['xterm modifiers', '\x1b[1;5D\x1b[1;3C\x1b[3;5~', ['ctrl+left', 'alt+right', 'ctrl+delete']],
  [
    'home and end of four terminals',
    '\x1b[H\x1b[1~\x1b[7~\x1bOF\x1b[4~',
    ['home', 'home', 'home', 'end', 'end'],
  ],
  [
    'alt with a letter and with enter',
    '\x1bb\x1b\r\x1b\x7f',
    ['alt+b', 'alt+enter', 'alt+backspace'],
  ],
  [
    'kitty keys',
    '\x1b[13;2u\x1b[97;5u\x1b[27u\x1b[97;2u',
    ['shift+enter', 'ctrl+a', 'escape', 'text:A'],
  ],
  ['modifyOtherKeys', '\x1b[27;5;13~\x1b[27;2;13~', ['ctrl+enter', 'shift+enter']],
  ['a key release is no key', '\x1b[97;1:3u', []],
  ['a bracketed paste is one key', '\x1b[200~one\rtwo\x1b[201~x', ['paste:one\ntwo', 'text:x']],
  ['unknown sequences vanish whole', '\x1b[99;99zq\x1b[?1;2cq', ['text:q', 'text:q']],
  ['a lone escape', '\x1b', ['escape']],
  ['two escapes', '\x1b\x1b', ['escape', 'escape']],
  ['escape and then an arrow', '\x1b\x1b[A', ['escape', 'up']],
  ['shift+tab and the Linux console', '\x1b[Z\x1b[[A', ['shift+tab', 'f1']],
]

/** Neighbouring characters may arrive as several texts. */
function joined(keys: string[]): string[] {
  const result: string[] = []
  for (const key of keys) {
    if (key.startsWith('text:') && result.at(-1)?.startsWith('text:')) {
      result.push(`${result.pop()}${key.slice('text:'.length)}`)
    } else result.push(key)
  }
  return result
}

describe('keys from bytes', () => {
  for (const [name, bytes, expected] of sequences) {
    test(name, () => {
      expect(decode(bytes)).toEqual(expected)
    })

    test(`${name}, byte by byte`, () => {
      const decoder = openKeyDecoder()
      const keys: Key[] = []
      for (const byte of Buffer.from(bytes)) keys.push(...decoder.push(Uint8Array.of(byte)))
      keys.push(...decoder.settle())
      expect(joined(keys.map(show))).toEqual(joined(expected))
    })
  }

  test('an open sequence is waited on, a finished one is not', () => {
    const decoder = openKeyDecoder()
    expect(decoder.push(Buffer.from('\x1b['))).toEqual([])
    expect(decoder.isWaiting).toBe(true)
    expect(decoder.push(Buffer.from('A')).map(show)).toEqual(['up'])
    expect(decoder.isWaiting).toBe(false)
  })
})
