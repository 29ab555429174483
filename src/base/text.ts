/** Text as people and models get it: cut, counted, made safe for a terminal. */
import { hasPurpose, unsafeCharacter, unsafeCharacters } from './invisible.ts'

/** Keeps the head and the tail of a long text, on line borders where that costs little, with a mark between. */
export function headAndTail(
  text: string,
  options: { maxChars: number; mark?: (cutChars: number) => string },
): { text: string; cut: boolean } {
  if (text.length <= options.maxChars) return { text, cut: false }
  const mark = options.mark ?? ((cut) => `[… ${formatCount(cut)} characters left out …]`)
  const half = Math.floor(options.maxChars / 2)
  const head = backToLine(text.slice(0, safeCut(text, half)))
  const tail = forwardToLine(text.slice(safeCut(text, text.length - (options.maxChars - half))))
  const cutChars = text.length - head.length - tail.length
  return { text: `${head.trimEnd()}\n${mark(cutChars)}\n${tail.trimStart()}`, cut: true }
}

/** An index near `index` that does not split a surrogate pair. */
export function safeCut(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index
}

function backToLine(head: string): string {
  const newline = head.lastIndexOf('\n')
  return newline > head.length * 0.8 ? head.slice(0, newline + 1) : head
}

function forwardToLine(tail: string): string {
  const newline = tail.indexOf('\n')
  return newline >= 0 && newline < tail.length * 0.2 ? tail.slice(newline + 1) : tail
}

/** One line of at most `maxChars` characters, white space folded, cut with an ellipsis. */
export function oneLine(text: string, maxChars: number): string {
  const folded = text.replace(/\s+/g, ' ').trim()
  return folded.length <= maxChars ? folded : `${folded.slice(0, safeCut(folded, maxChars - 1))}…`
}

/** `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 file`, `3 files`, `2 matches`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `512 B`, `1.4 KB`, `12 MB`: 1 KB = 1,024 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** `120 ms`, `3.4 s`, `2m 05s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes}m ${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')}s`
}

/** A moment as people write it where they are: `2026-11-22 08:31`. */
export function formatMinute(msSinceEpoch: number): string {
  const date = new Date(msSinceEpoch)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/**
 * Makes text from a model, a file or a command safe to print: escape sequences and control characters but newline and
 * tab become visible, invisible and direction-changing Unicode is dropped. Colour sequences stay when `keepColor`.
 */
export function neutralize(text: string, options?: { keepColor?: boolean }): string {
  if (!unsafeCharacter.test(text)) return text
  if (!options?.keepColor) return withoutUnsafe(text)
  let safe = ''
  let from = 0
  for (const match of text.matchAll(/\x1b\[[\d;]*m/g)) {
    safe += withoutUnsafe(text.slice(from, match.index)) + match[0]
    from = match.index + match[0].length
  }
  return safe + withoutUnsafe(text.slice(from))
}

function withoutUnsafe(text: string): string {
  return text.replace(unsafeCharacters, (char, at: number) =>
    hasPurpose(char, text, at) ? char : visible(char),
  )
}

function visible(char: string): string {
  if (char === '\r') return ''
  // Separators of lines that no terminal knows.
  if (char === '\u2028' || char === '\u2029') return ' '
  const code = char.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : ''
}
