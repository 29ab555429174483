/** The one range in which two texts differ, as the protocol tells a change: 0-based lines, UTF-16 columns. */
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol'

export function textChange(before: string, after: string): TextDocumentContentChangeEvent {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head++
  while (head > 0 && isInside(before, after, head)) head--
  let tail = 0
  while (
    tail < shorter - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++
  while (tail > 0 && (splits(before, before.length - tail) || splits(after, after.length - tail)))
    tail--
  return {
    range: {
      start: positionOf(before, head),
      end: positionOf(before, before.length - tail),
    },
    text: after.slice(head, after.length - tail),
  }
}

function isInside(before: string, after: string, at: number): boolean {
  return splits(before, at) || splits(after, at)
}

/** Whether a cut there would part a surrogate pair or the two halves of a line end. */
function splits(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false
  const left = text.charCodeAt(at - 1)
  if (left === 13) return text.charCodeAt(at) === 10
  return left >= 0xd800 && left <= 0xdbff
}

/** Lines end with `\n`, `\r\n` or `\r`, as the protocol has it. */
function positionOf(text: string, offset: number): { line: number; character: number } {
  let line = 0
  let start = 0
  for (let at = 0; at < offset; at++) {
    const code = text.charCodeAt(at)
    const ends = code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)
    if (!ends) continue
    line++
    start = at + 1
  }
  return { line, character: offset - start }
}
