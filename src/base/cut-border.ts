/**
 * Where a long text may be cut: between words, never in one. Half a key looks like nothing that could be recognised, so
 * that a cut in the middle of a secret would show the rest of it.
 */

/** Of a text without a border so near, which is data rather than words, nothing more is lost. */
export const maxSeekChars = 2048
const minSeekChars = 256
const maxSeekShare = 0.25

function seekChars(length: number): number {
  const share = Math.max(Math.ceil(length * maxSeekShare), minSeekChars)
  return Math.min(length, share, maxSeekChars)
}

/** How much of the beginning is the rest of a word that was cut; 0 where no border is near. */
export function brokenHead(text: string | Uint8Array): number {
  const limit = seekChars(text.length)
  for (let at = 0; at < limit; at++) if (isLineEnd(codeAt(text, at))) return at + 1
  for (let at = 0; at < limit; at++) if (isBorder(codeAt(text, at))) return at + 1
  return 0
}

/** How much of the end is the beginning of a word that was cut; 0 where no border is near. */
export function brokenTail(text: string | Uint8Array): number {
  const { length } = text
  const limit = seekChars(length)
  for (let back = 0; back < limit; back++)
    if (isBorder(codeAt(text, length - 1 - back))) return back
  return 0
}

/** A question waits for an answer: it ends with its mark, not with a word that goes on. */
const questionMarks = new Set(Array.from('?:>$#%!', (char) => char.charCodeAt(0)))

/** How much of the end of a text that is still being written may be the beginning of a longer word. */
export function unfinishedTail(text: string | Uint8Array): number {
  const { length } = text
  if (length === 0 || questionMarks.has(codeAt(text, length - 1))) return 0
  for (let back = 0; back < maxSeekChars; back++)
    if (back === length || isBorder(codeAt(text, length - 1 - back))) return back
  return 0
}

/** Whether what follows begins a word of its own. */
export function endsAtBorder(text: string | Uint8Array): boolean {
  return text.length > 0 && isBorder(codeAt(text, text.length - 1))
}

function codeAt(text: string | Uint8Array, at: number): number {
  return typeof text === 'string' ? text.charCodeAt(at) : (text[at] ?? 0)
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d
}

const borders = new Set(Array.from(' \t\n\r"\'`,;<>()[]{}|', (char) => char.charCodeAt(0)))

function isBorder(code: number): boolean {
  return borders.has(code)
}
