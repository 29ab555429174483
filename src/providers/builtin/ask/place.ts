/** A place in the code that answers, whoever found it, and the ranking of such places. */
import { isProse, isTest } from '../languages.ts'
import type { SearchRow, SymbolEntry } from '../results.ts'
import { holds, stemsOf } from '../words.ts'
import type { Question } from './question.ts'

export interface Place {
  file: string
  line: number
  end: number
  /** Empty for top-level text. */
  name: string
  container: string
  kind: string
  signature: string
  doc: string
  snippet: string
  exported: boolean
  /** Share of the question's words found in it, 0 to 1. */
  coverage: number
  score: number
}

export function placeOfSymbol(row: SymbolEntry): Place {
  const { file, line, end, name, container, kind, signature, doc, exported } = row
  return {
    file,
    line,
    end,
    name,
    container,
    kind,
    signature,
    doc,
    exported,
    snippet: '',
    coverage: 0,
    score: 0,
  }
}

function placeOfHit(row: SearchRow): Place {
  const parts = row.symbol.split(/::|\.|#/).filter((part) => part !== '')
  return {
    file: row.file,
    line: row.start,
    end: row.end,
    name: parts.at(-1) ?? '',
    container: parts.slice(0, -1).join('.'),
    kind: row.symbol === '' ? 'text' : '',
    signature: '',
    doc: '',
    exported: false,
    snippet: row.snippet,
    coverage: 0,
    score: 0,
  }
}

/** What search and symbol look-up found, as one list, best first. */
export function rankPlaces(
  question: Question,
  found: { hits: SearchRow[]; symbols: SymbolEntry[] },
): Place[] {
  const places: Place[] = []
  for (const [rank, hit] of found.hits.entries()) {
    const place = placeOfHit(hit)
    place.score = 1 / (1 + rank * 0.2)
    merge(places, place)
  }
  const best = new Map<string, number>()
  for (const [rank, row] of found.symbols.entries()) {
    const place = placeOfSymbol(row)
    const seen = best.get(row.name) ?? 0
    best.set(row.name, seen + 1)
    place.score = 0.3 / (1 + rank * 0.2)
    merge(places, place)
  }
  for (const place of places) judge(place, question)
  return places.sort((a, b) => b.score - a.score)
}

function merge(places: Place[], place: Place): void {
  const same = places.find(
    (other) =>
      other.file === place.file &&
      other.name === place.name &&
      Math.abs(other.line - place.line) <= 12,
  )
  if (!same) {
    places.push(place)
    return
  }
  same.score += place.score
  if (place.signature !== '') {
    const { line, end, container, kind, signature, doc, exported } = place
    Object.assign(same, { line, end, container, kind, signature, doc, exported })
  }
}

/** Fields by how much a word in them says. */
const weights = { name: 1, doc: 0.85, path: 0.7, container: 0.7, snippet: 0.6 }

function judge(place: Place, question: Question): void {
  const fields: [ReadonlySet<string>, number][] = [
    [stemsOf(place.name), weights.name],
    [stemsOf(`${place.signature} ${place.doc}`), weights.doc],
    [stemsOf(place.file), weights.path],
    [stemsOf(place.container), weights.container],
    [stemsOf(place.snippet), weights.snippet],
  ]
  let covered = 0
  let weighted = 0
  for (const stem of question.stems) {
    const best = Math.max(
      0,
      ...fields.filter(([stems]) => holds(stems, stem)).map(([, weight]) => weight),
    )
    weighted += best
    if (best > 0) covered++
  }
  const count = Math.max(1, question.stems.length)
  place.coverage = covered / count
  place.score += (weighted / count) * 0.9
  if (question.names.some((name) => lastPart(name) === place.name)) place.score += 1.5
  if (question.paths.some((row) => place.file.endsWith(row.path))) place.score += 1
  if (isTest(place.file) !== question.wantsTests) place.score -= question.wantsTests ? 0.2 : 0.6
  if (isProse(place.file) && !question.wantsDocs) place.score -= 0.5
  else if (place.name === '') place.score -= 0.15
  if (question.wantsConfiguration && configuring(place)) place.score += 0.25
  if (place.kind === 'property' || place.kind === 'variable') place.score -= 0.1
}

function configuring(place: Place): boolean {
  return (
    /config|setting|option|default|env|flag|schema/i.test(`${place.file} ${place.name}`) ||
    place.kind === 'constant'
  )
}

export function lastPart(name: string): string {
  return name.split(/::|\.|#|->/).at(-1) ?? name
}

/** At most `perFile` of a file, the order kept. */
export function spread(places: readonly Place[], perFile: number): Place[] {
  const counts = new Map<string, number>()
  return places.filter((place) => {
    const count = (counts.get(place.file) ?? 0) + 1
    counts.set(place.file, count)
    return count <= perFile
  })
}

/** Fills in what an outline knows of a place that search found: kind, head, doc comment, exact lines. */
export function enrich(places: readonly Place[], outline: readonly SymbolEntry[]): void {
  for (const place of places) {
    if (place.signature !== '') continue
    const own = outline.filter((row) => row.file === place.file)
    const row =
      own.find(
        (entry) =>
          entry.name === place.name && entry.line >= place.line - 12 && entry.line <= place.end,
      ) ?? (place.name === '' ? undefined : own.find((entry) => entry.name === place.name))
    if (!row) continue
    const { line, end, container, kind, signature, doc, exported } = row
    Object.assign(place, { line, end, container, kind, signature, doc, exported })
  }
}
