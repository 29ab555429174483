/**
 * IBM Model 1: how likely a name's stem is, given a stem of the sentence that describes it. Expectation maximization
 * over all pairs with an empty word on the English side, so that words of every name (`get`) belong to nobody.
 */
import type { AssociationRow } from '../associations-file.ts'
import { isKeywordStem } from './english.ts'

export interface TranslationPair {
  query: readonly string[]
  name: readonly string[]
}

const rounds = 6
const minCount = 3
const maxRowEntries = 8
const minProbability = 0.02
/** A row must be this many times as likely as under the empty word, divided: 3 p(NULL) < p. */
const emptyWordFactor = 3
/** Trust in a row grows with its expected count c as c / (c + 2). */
const trustCount = 2
const emptyWord = ''

export function trainTranslation(pairs: readonly TranslationPair[]): AssociationRow[] {
  const english = vocabulary(pairs.map((pair) => pair.query))
  const code = vocabulary(pairs.map((pair) => pair.name))
  for (const stem of code.keys()) if (isKeywordStem(stem)) code.delete(stem)
  const cells = alignCells(pairs, english, code)
  const likely = new Float64Array(cells.count).fill(1)
  let counts = new Float64Array(cells.count)
  for (let round = 0; round < rounds; round++) {
    counts = expectedCounts(cells, likely)
    normalizeRows(cells, counts, likely)
  }
  return strongestRows(cells, counts, likely)
}

/** Words of at least `minCount` pairs, in a fixed order. */
function vocabulary(lists: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const list of lists)
    for (const word of new Set(list))
      if (word.length > 1) counts.set(word, (counts.get(word) ?? 0) + 1)
  const words = [...counts].filter(([, count]) => count >= minCount).map(([word]) => word)
  return new Map(words.sort().map((word, id) => [word, id]))
}

/** Every (English, code) combination that occurs is a cell; `links` holds, a code word of a pair, the cells of it. */
interface Cells {
  count: number
  english: string[]
  code: string[]
  rowOf: Uint32Array
  codeOf: Uint32Array
  links: Uint32Array
  /** Where the links of each code word begin, and the end of the last. */
  starts: Uint32Array
}

function alignCells(
  pairs: readonly TranslationPair[],
  english: Map<string, number>,
  code: Map<string, number>,
): Cells {
  const rows = [emptyWord, ...english.keys()]
  const columns = [...new Set(code.keys())]
  const column = new Map(columns.map((stem, id) => [stem, id]))
  const cellOf = new Map<number, number>()
  const rowOf: number[] = []
  const codeOf: number[] = []
  const links: number[] = []
  const starts: number[] = []
  for (const pair of pairs) {
    const known = [0]
    for (const stem of pair.query) {
      const id = english.get(stem)
      if (id !== undefined) known.push(id + 1)
    }
    for (const stem of pair.name) {
      const id = column.get(stem)
      if (id === undefined) continue
      starts.push(links.length)
      for (const row of known) {
        const key = row * columns.length + id
        let cell = cellOf.get(key)
        if (cell === undefined) {
          cell = rowOf.length
          cellOf.set(key, cell)
          rowOf.push(row)
          codeOf.push(id)
        }
        links.push(cell)
      }
    }
  }
  starts.push(links.length)
  return {
    count: rowOf.length,
    english: rows,
    code: columns,
    rowOf: Uint32Array.from(rowOf),
    codeOf: Uint32Array.from(codeOf),
    links: Uint32Array.from(links),
    starts: Uint32Array.from(starts),
  }
}

function expectedCounts(cells: Cells, likely: Float64Array): Float64Array<ArrayBuffer> {
  const counts = new Float64Array(cells.count)
  const { links, starts } = cells
  for (let word = 0; word + 1 < starts.length; word++) {
    const from = starts[word] as number
    const to = starts[word + 1] as number
    let sum = 0
    for (let at = from; at < to; at++) sum += likely[links[at] as number] as number
    if (sum === 0) continue
    for (let at = from; at < to; at++) {
      const cell = links[at] as number
      counts[cell] = (counts[cell] as number) + (likely[cell] as number) / sum
    }
  }
  return counts
}

function normalizeRows(cells: Cells, counts: Float64Array, likely: Float64Array): void {
  const totals = new Float64Array(cells.english.length)
  for (let cell = 0; cell < cells.count; cell++) {
    const row = cells.rowOf[cell] as number
    totals[row] = (totals[row] as number) + (counts[cell] as number)
  }
  for (let cell = 0; cell < cells.count; cell++)
    likely[cell] = (counts[cell] as number) / ((totals[cells.rowOf[cell] as number] as number) || 1)
}

function strongestRows(cells: Cells, counts: Float64Array, likely: Float64Array): AssociationRow[] {
  const empty = new Float64Array(cells.code.length)
  for (let cell = 0; cell < cells.count; cell++)
    if (cells.rowOf[cell] === 0) empty[cells.codeOf[cell] as number] = likely[cell] as number
  const rows = new Map<number, { stem: string; p: number }[]>()
  for (let cell = 0; cell < cells.count; cell++) {
    const row = cells.rowOf[cell] as number
    const codeId = cells.codeOf[cell] as number
    const stem = cells.code[codeId] as string
    if (row === 0 || stem === cells.english[row]) continue
    const raw = likely[cell] as number
    if ((empty[codeId] as number) * emptyWordFactor >= raw) continue
    const count = counts[cell] as number
    const p = (raw * count) / (count + trustCount)
    if (p < minProbability) continue
    const entries = rows.get(row) ?? []
    entries.push({ stem, p })
    rows.set(row, entries)
  }
  return [...rows]
    .map(([row, entries]) => ({
      stem: cells.english[row] as string,
      entries: entries
        .sort((a, b) => b.p - a.p || (a.stem < b.stem ? -1 : 1))
        .slice(0, maxRowEntries),
    }))
    .sort((a, b) => (a.stem < b.stem ? -1 : 1))
}
