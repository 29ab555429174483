/**
 * Bytes from a terminal as keys. Understands xterm, VT, Linux console, rxvt, CSI-u (Kitty) and modifyOtherKeys
 * sequences and bracketed paste, however they were cut into reads. An unknown sequence is dropped whole: it never
 * becomes text.
 */

export type Key =
  /** Printable characters, one or many. */
  | { type: 'text'; text: string }
  /** What stood between paste marks, line ends as `\n`. */
  | { type: 'paste'; text: string }
  /** `enter`, `ctrl+a`, `alt+left`, `ctrl+alt+shift+up`: modifiers in this order. */
  | { type: 'chord'; chord: string }

export interface KeyDecoder {
  push(bytes: Uint8Array): Key[]
  /** True while an escape sequence is open: a lone Esc looks the same until nothing follows. */
  readonly isWaiting: boolean
  /** Nothing followed: what is open is an Esc key, and the rest stands for itself. */
  settle(): Key[]
}

/** A paste beyond this is cut. */
const maxPasteChars = 8 * 1024 * 1024
const pasteEnd = '\x1b[201~'

export function openKeyDecoder(): KeyDecoder {
  const decoder = new TextDecoder()
  let held = ''
  let paste: { parts: string[]; chars: number } | undefined
  return {
    push(bytes) {
      held += decoder.decode(bytes, { stream: true })
      return read(false)
    },
    get isWaiting() {
      return held !== '' && paste === undefined
    },
    settle: () => read(true),
  }

  function read(settled: boolean): Key[] {
    const keys: Key[] = []
    while (held !== '') {
      if (paste) {
        const done = readPaste(paste)
        if (!done) break
        keys.push(done)
        paste = undefined
        continue
      }
      const found = nextKey(held, settled)
      if (found === 'wait') break
      held = held.slice(found.length)
      if (found.key === 'paste') paste = { parts: [], chars: 0 }
      else if (found.key) keys.push(found.key)
    }
    return keys
  }

  function readPaste(open: { parts: string[]; chars: number }): Key | undefined {
    const end = held.indexOf(pasteEnd)
    // The start of the end mark may be the last thing that has arrived.
    const take = end >= 0 ? end : Math.max(0, held.length - pasteEnd.length + 1)
    const room = Math.max(0, maxPasteChars - open.chars)
    open.parts.push(held.slice(0, Math.min(take, room)))
    open.chars += Math.min(take, room)
    held = held.slice(end >= 0 ? end + pasteEnd.length : take)
    if (end < 0) return undefined
    return { type: 'paste', text: open.parts.join('').replace(/\r\n?/g, '\n') }
  }
}

interface Found {
  length: number
  /** Undefined for a sequence that means nothing here. */
  key: Key | 'paste' | undefined
}

function nextKey(text: string, settled: boolean): Found | 'wait' {
  const code = text.charCodeAt(0)
  if (code === 0x1b) return escapeKey(text, settled)
  if (code < 0x20 || code === 0x7f) return { length: 1, key: chord(controlName(code)) }
  const end = text.search(/[\x00-\x1f\x7f]/)
  const run = end < 0 ? text : text.slice(0, end)
  return { length: run.length, key: { type: 'text', text: run.replace(/[\x80-\x9f]/g, '') } }
}

function escapeKey(text: string, settled: boolean): Found | 'wait' {
  const alone: Found = { length: 1, key: chord('escape') }
  if (text.length === 1) return settled ? alone : 'wait'
  const next = text[1] as string
  if (next === '\x1b') return alone
  if (next === '[') return csiKey(text, settled)
  if (next === 'O') {
    const final = text[2]
    if (final === undefined) return settled ? { length: 2, key: chord('alt+shift+o') } : 'wait'
    const name = letterNames[final] ?? (final === 'M' ? 'enter' : undefined)
    return { length: 3, key: name ? chord(name) : undefined }
  }
  const code = next.charCodeAt(0)
  if (code < 0x20 || code === 0x7f) return { length: 2, key: chord(`alt+${controlName(code)}`) }
  const char = String.fromCodePoint(text.codePointAt(1) ?? 0)
  const lower = char.toLowerCase()
  const name = lower === char ? `alt+${char}` : `alt+shift+${lower}`
  return { length: 1 + char.length, key: chord(name) }
}

function csiKey(text: string, settled: boolean): Found | 'wait' {
  const linux = /^\x1b\[\[([A-E])/.exec(text)
  if (linux) return { length: 4, key: chord(`f${(linux[1] as string).charCodeAt(0) - 64}`) }
  if (text === '\x1b[[' && !settled) return 'wait'
  const found = /^\x1b\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])/.exec(text)
  if (!found) {
    const open = /^\x1b\[(?:\[|[<=>?]?[\d;:]*[ -/]*)$/.test(text)
    if (open && !settled) return 'wait'
    return open && text.length > 2
      ? { length: text.length, key: undefined }
      : { length: 2, key: chord('alt+[') }
  }
  const [whole, mark, parameters, , final] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
  ]
  const length = whole.length
  if (mark !== '') return { length, key: undefined }
  const numbers = parameters.split(';').map((part) => part.split(':').map(Number))
  const [first = 0, second = 1] = numbers.map((part) => part[0] ?? 0)
  // Kitty tells of releases too when asked to; only presses and repeats are keys.
  if (numbers[1]?.[1] === 3) return { length, key: undefined }
  if (final === '~') {
    if (first === 200) return { length, key: 'paste' }
    if (first === 27) return { length, key: codeKey(numbers[2]?.[0] ?? 0, second) }
    return { length, key: named(tildeNames[first], second) }
  }
  if (final === 'u') return { length, key: codeKey(first, second) }
  if (final === 'Z') return { length, key: chord('shift+tab') }
  return { length, key: named(letterNames[final], second) }
}

/** A key told by its Unicode code point and a modifier number. */
function codeKey(code: number, modifier: number): Key | undefined {
  const name = codeNames[code]
  if (name) return named(name, modifier)
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff) return undefined
  if (code >= 0xe000 && code <= 0xf8ff) return undefined
  const char = String.fromCodePoint(code)
  const bits = (modifier || 1) - 1
  if ((bits & ~1) === 0) return { type: 'text', text: bits & 1 ? char.toUpperCase() : char }
  return named(char.toLowerCase(), modifier)
}

function named(name: string | undefined, modifier: number): Key | undefined {
  if (!name) return undefined
  const bits = (modifier || 1) - 1
  const parts = [bits & 4 ? 'ctrl' : '', bits & 2 ? 'alt' : '', bits & 1 ? 'shift' : '', name]
  return chord(parts.filter((part) => part !== '').join('+'))
}

function chord(name: string): Key {
  return { type: 'chord', chord: name }
}

function controlName(code: number): string {
  const name = controlNames[code]
  return name ?? `ctrl+${String.fromCharCode(code + 0x60)}`
}

const controlNames: Record<number, string> = {
  0: 'ctrl+space',
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  28: 'ctrl+\\',
  29: 'ctrl+]',
  30: 'ctrl+^',
  31: 'ctrl+_',
  127: 'backspace',
}

const codeNames: Record<number, string> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: '',
  127: 'backspace',
  57414: 'enter',
}

const letterNames: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  S: 'f4',
}

const tildeNames: Record<number, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
}
