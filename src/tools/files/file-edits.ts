/**
 * Applies replacements to a file's text so that every byte outside of them stays: what a replacement has in common
 * with what it replaces is left alone too, line ends included.
 */
import type { TextFile } from './file-text.ts'

/** Offsets into `TextFile.text`; `text` has `\n` line ends. */
export interface TextEdit {
  start: number
  end: number
  text: string
}

/** `edits` do not overlap. `text` has `\n` line ends, `raw` the file's own. */
export function applyEdits(
  file: TextFile,
  edits: readonly TextEdit[],
): { text: string; raw: string } {
  const toRaw = rawOffsets(file)
  const texts: string[] = []
  const raws: string[] = []
  let done = 0
  const ordered = [...edits].sort((a, b) => a.start - b.start).map((edit) => trim(file.text, edit))
  for (const edit of ordered) {
    texts.push(file.text.slice(done, edit.start), edit.text)
    raws.push(
      file.raw.slice(toRaw(done), toRaw(edit.start)),
      edit.text.replaceAll('\n', lineEndAt(file, toRaw(edit.start))),
    )
    done = edit.end
  }
  texts.push(file.text.slice(done))
  raws.push(file.raw.slice(toRaw(done)))
  return { text: texts.join(''), raw: raws.join('') }
}

/** `\r\n` as a model may write it becomes `\n`, which is what edits are made of. */
export function withPlainLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** Leaves out what is equal at both ends, never splitting a surrogate pair. */
function trim(text: string, edit: TextEdit): TextEdit {
  const before = text.slice(edit.start, edit.end)
  const after = edit.text
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  if (isHighSurrogate(before, head - 1)) head--
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  if (isHighSurrogate(before, before.length - tail - 1)) tail = Math.max(0, tail - 1)
  return {
    start: edit.start + head,
    end: edit.end - tail,
    text: after.slice(head, after.length - tail),
  }
}

function isHighSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code >= 0xd800 && code <= 0xdbff
}

/** Maps an offset of `text` to `raw`: each `\r\n` before it counts one more. */
function rawOffsets(file: TextFile): (offset: number) => number {
  if (file.raw.length === file.text.length) return (offset) => offset
  const widened: number[] = []
  for (let at = file.raw.indexOf('\r\n'); at >= 0; at = file.raw.indexOf('\r\n', at + 2)) {
    widened.push(at - widened.length)
  }
  return (offset) => offset + countBelow(widened, offset)
}

/** How many of the ascending numbers are smaller. */
function countBelow(numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/** In a mixed file new lines end as the line that they stand in; after the last one, as the line before. */
function lineEndAt(file: TextFile, rawOffset: number): string {
  if (!file.mixed) return file.lineEnd
  let at = file.raw.indexOf('\n', rawOffset)
  if (at < 0) at = file.raw.lastIndexOf('\n')
  return file.raw[at - 1] === '\r' ? '\r\n' : '\n'
}
