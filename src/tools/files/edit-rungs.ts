/**
 * The differences between what a model wrote and what the file holds that may be meant to be none, tightest first:
 * trailing space, indentation, typographic characters. Edits and patches climb the same ladder.
 */
import { indentOf, indentShift } from './edit-indent.ts'

/** What the wanted lines and the file differ in; `exact` in nothing. */
export type Rung =
  | 'exact'
  | 'trailing space'
  | 'indentation'
  | 'Unicode quotes, dashes or spaces'
  | 'Unicode and trailing space'
  | 'Unicode and indentation'

/** Letters and digits that lines must have before more than trailing space may differ: `}` alone could be any. */
const minWordChars = 3

export interface WholeLineRung {
  fits(oldLines: readonly string[]): boolean
  sameLine(fileLine: string, oldLine: string): boolean
  /** Writes a line of new_string as the file would have it; undefined where that cannot be told. */
  adapter(oldLines: readonly string[], fileLines: readonly string[]): Adapter | undefined
}

/** `old` and `file` are the line that this one replaces, where there is one. */
export type Adapter = (line: string, replaced?: { old: string; file: string }) => string | undefined

export const rungs: readonly { name: Rung; whole?: WholeLineRung }[] = [
  {
    name: 'trailing space',
    whole: {
      fits: () => true,
      sameLine: (file, old) => file.trimEnd() === old.trimEnd(),
      adapter: () => (line) => line,
    },
  },
  {
    name: 'indentation',
    whole: {
      fits: hasWords,
      sameLine: (file, old) => file.trim() === old.trim(),
      adapter: shiftAdapter,
    },
  },
  { name: 'Unicode quotes, dashes or spaces' },
  {
    name: 'Unicode and trailing space',
    whole: {
      fits: hasWords,
      sameLine: (file, old) => looseEnd(file) === looseEnd(old),
      adapter: () => (line, replaced) => carryOver(line, replaced),
    },
  },
  {
    name: 'Unicode and indentation',
    whole: {
      fits: hasWords,
      sameLine: (file, old) => looseKey(file) === looseKey(old),
      adapter: shiftAdapter,
    },
  },
]

function shiftAdapter(
  oldLines: readonly string[],
  fileLines: readonly string[],
): Adapter | undefined {
  const shift = indentShift(
    oldLines.map((line, index) => ({ from: line, to: fileLines[index] ?? '' })),
  )
  if (!shift) return undefined
  return (line) => {
    if (line.trim() === '') return line
    const indent = indentOf(line)
    const shifted = shift(indent)
    return shifted === undefined ? undefined : shifted + line.slice(indent.length)
  }
}

/** Where only a part of a line changed, the rest keeps the file's own characters. */
export function carryOver(
  line: string,
  replaced: { old: string; file: string } | undefined,
): string {
  if (!replaced || replaced.old.length !== replaced.file.length) return line
  const { old, file } = replaced
  const shorter = Math.min(old.length, line.length)
  let head = 0
  while (head < shorter && old[head] === line[head]) head++
  let tail = 0
  while (tail < shorter - head && old.at(-1 - tail) === line.at(-1 - tail)) tail++
  return file.slice(0, head) + line.slice(head, line.length - tail) + file.slice(file.length - tail)
}

function hasWords(oldLines: readonly string[]): boolean {
  return (oldLines.join('').match(/[\p{L}\p{N}]/gu) ?? []).length >= minWordChars
}

export function looseKey(line: string): string {
  return looseEnd(line).trimStart()
}

function looseEnd(line: string): string {
  return fold(line.normalize('NFC')).trimEnd()
}

const foldable =
  /[\u2018-\u201b\u02bc\u2032\u201c-\u201f\u2033\u2010-\u2015\u2212\u00a0\u2000-\u200a\u202f\u205f\u3000]/g

export function fold(text: string): string {
  return text.replace(foldable, (char) => {
    const code = char.charCodeAt(0)
    if ((code >= 0x2018 && code <= 0x201b) || code === 0x02bc || code === 0x2032) return "'"
    if ((code >= 0x201c && code <= 0x201f) || code === 0x2033) return '"'
    if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-'
    return ' '
  })
}
