/** A place in the code that answers, whoever found it. */
import type { SearchRow, SymbolEntry } from '../results.ts'

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
  /** Number of the snippet's first line; 0 where it is not known. */
  snippetLine: number
  /** The line of the snippet that has most of the question's words. */
  telling: string
  exported: boolean
  /** How well whoever found it ranked it. */
  evidence: number
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
    snippetLine: 0,
    telling: '',
    evidence: 0,
    coverage: 0,
    score: 0,
  }
}

export function placeOfHit(row: SearchRow): Place {
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
    snippetLine: row.snippetLine,
    telling: '',
    evidence: 0,
    coverage: 0,
    score: 0,
  }
}

/** Two that are one place count for more than either. */
export function addPlaces(places: Place[], more: readonly Place[]): void {
  for (const place of more) merge(places, place)
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
  same.evidence =
    Math.max(same.evidence, place.evidence) + Math.min(same.evidence, place.evidence, 0.3)
  if (place.signature !== '') {
    const { line, end, container, kind, signature, doc, exported } = place
    Object.assign(same, { line, end, container, kind, signature, doc, exported })
  }
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
