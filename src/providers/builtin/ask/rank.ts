/** Ranks the places that answer a question: what search and symbol look-up found, and what files are written for. */
import type { SearchRow, SymbolEntry } from '../results.ts'
import { holds, mentions, stemsOf } from '../words.ts'
import { addFileEvidence, judge } from './judge.ts'
import { addPlaces, type Place, placeOfHit, placeOfSymbol } from './place.ts'
import type { Question } from './question.ts'

/** What search and symbol look-up found, as one list, best first. */
export function rankPlaces(
  question: Question,
  found: { hits: SearchRow[]; symbols: SymbolEntry[] },
): Place[] {
  const places: Place[] = []
  const top = Math.max(0, ...found.hits.map((hit) => hit.score))
  for (const [rank, hit] of found.hits.entries()) {
    const place = placeOfHit(hit)
    place.evidence = top > 0 ? searchShare(hit.score / top) : 1 / (1 + rank * 0.15)
    addPlaces(places, [place])
  }
  for (const [rank, row] of found.symbols.entries()) {
    const place = placeOfSymbol(row)
    place.evidence = 0.3 / (1 + rank * 0.2)
    addPlaces(places, [place])
  }
  return sortPlaces(question, places, new Map())
}

/** The distance to the best hit tells more than the rank: the first ten may be equally good, or only the first. */
function searchShare(share: number): number {
  return Math.max(0.1, 2.2 * share - 1.2)
}

/** Judges every place by what is known of it now, and sorts. `docs` is what files say of themselves. */
export function sortPlaces(
  question: Question,
  places: Place[],
  docs: ReadonlyMap<string, string>,
): Place[] {
  for (const place of places) judge(place, question, docs.get(place.file) ?? '')
  addFileEvidence(places)
  return places.sort((a, b) => b.score - a.score)
}

/**
 * Files that speak of the topic in their first comment, with the definition that bears the file's name: what the file
 * is written for. Search by symbol does not see that comment.
 */
export function mainPlaces(
  question: Question,
  rows: readonly SymbolEntry[],
  docs: ReadonlyMap<string, string>,
): Place[] {
  return [...docs].flatMap(([file, doc]) => {
    const counts = question.stems.map((stem) => mentions(doc, stem))
    const covered = counts.filter((count) => count > 0).length
    if (covered === 0 || covered < counts.length / 2) return []
    const name = stemsOf((file.split('/').pop() ?? '').replace(/\.\w+$/, ''))
    const acting = rows.filter(
      (row) =>
        row.file === file &&
        row.exported &&
        ['function', 'class', 'struct', 'method'].includes(row.kind) &&
        [...stemsOf(row.name)].some((stem) => holds(name, stem)),
    )
    const [main] = acting.sort((a, b) => b.end - b.line - (a.end - a.line))
    const evidence = counts.some((count) => count > 1) ? 1.05 : 0.9
    return main ? [{ ...placeOfSymbol(main), evidence }] : []
  })
}
