/**
 * How the indentation that a model wrote maps to the one in the file: a constant shift, or another unit (tabs for
 * spaces, four for two). Where the lines do not agree on one mapping there is none.
 */

export type IndentShift = (indent: string) => string | undefined

export function indentOf(line: string): string {
  return /^[^\S\n]*/.exec(line)?.[0] ?? ''
}

/** Pairs of the same line as the model wrote it (`from`) and as it stands in the file (`to`); blank ones do not count. */
export function indentShift(
  pairs: readonly { from: string; to: string }[],
): IndentShift | undefined {
  const known = new Map<string, string>()
  for (const pair of pairs) {
    if (pair.from.trim() === '') continue
    const from = indentOf(pair.from)
    const to = indentOf(pair.to)
    if ((known.get(from) ?? to) !== to) return undefined
    known.set(from, to)
  }
  const rows = [...known]
  if (rows.length === 0) return undefined
  const derive = constantPrefix(rows) ?? otherUnit(rows)
  // Lines that each moved by another amount are not these lines: a brace would close another block.
  return derive && ((indent) => known.get(indent) ?? derive(indent))
}

type Row = readonly [from: string, to: string]

function constantPrefix(rows: readonly Row[]): IndentShift | undefined {
  const [from, to] = rows[0] ?? ['', '']
  if (to.endsWith(from)) {
    const prefix = to.slice(0, to.length - from.length)
    if (rows.every((row) => row[1] === prefix + row[0])) return (indent) => prefix + indent
  }
  if (from.endsWith(to)) {
    const prefix = from.slice(0, from.length - to.length)
    if (rows.every((row) => row[0] === prefix + row[1])) {
      return (indent) => (indent.startsWith(prefix) ? indent.slice(prefix.length) : undefined)
    }
  }
  return undefined
}

/** `from` and `to` each of one character only, in a constant ratio. */
function otherUnit(rows: readonly Row[]): IndentShift | undefined {
  const from = onlyChar(rows.map((row) => row[0]).join(''))
  const to = onlyChar(rows.map((row) => row[1]).join(''))
  const sample = rows.find((row) => row[0] !== '')
  if (from === undefined || to === undefined || !sample) return undefined
  const ratio = sample[1].length / sample[0].length
  if (ratio === 0 || !rows.every((row) => row[1].length === row[0].length * ratio)) return undefined
  return (indent) => {
    if (indent !== from.repeat(indent.length)) return undefined
    const length = indent.length * ratio
    return Number.isInteger(length) ? to.repeat(length) : undefined
  }
}

function onlyChar(text: string): string | undefined {
  const char = text[0]
  return char !== undefined && text === char.repeat(text.length) ? char : undefined
}
