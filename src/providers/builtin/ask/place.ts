/** A place in the code that answers, whoever found it, and the ranking of such places. */
import { isProse, isTest } from '../languages.ts'
import type { SearchRow, SymbolEntry } from '../results.ts'
import { firstSentence, holds, mentions, stemsOf } from '../words.ts'

import { isForeign } from './place-files.ts'
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
    snippetLine: row.snippetLine,
    telling: '',
    evidence: 0,
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
  const top = Math.max(0, ...found.hits.map((hit) => hit.score))
  for (const [rank, hit] of found.hits.entries()) {
    const place = placeOfHit(hit)
    place.evidence = top > 0 ? searchShare(hit.score / top) : 1 / (1 + rank * 0.15)
    merge(places, place)
  }
  for (const [rank, row] of found.symbols.entries()) {
    const place = placeOfSymbol(row)
    place.evidence = 0.3 / (1 + rank * 0.2)
    merge(places, place)
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

/** Fields by how much a word in them says. */
const weights = {
  name: 1,
  doc: 0.85,
  path: 0.7,
  file: 0.75,
  fileRest: 0.45,
  container: 0.7,
  snippet: 0.6,
}

/** From this length on a body shows how something is done. */
const tellingLines = 8

function judge(place: Place, question: Question, fileDoc: string): void {
  place.score = place.evidence
  const fields: [ReadonlySet<string>, number][] = [
    [stemsOf(place.name), weights.name],
    [stemsOf(`${place.signature} ${place.doc}`), weights.doc],
    [stemsOf(place.file), weights.path],
    [stemsOf(firstSentence(fileDoc)), weights.file],
    [stemsOf(fileDoc), weights.fileRest],
    [stemsOf(place.container), weights.container],
    [stemsOf(place.snippet), weights.snippet],
  ]
  let covered = 0
  let weighted = 0
  for (const stem of question.stems) {
    const best = Math.max(
      mentions(fileDoc, stem) > 1 ? weights.file : 0,
      ...fields.filter(([stems]) => holds(stems, stem)).map(([, weight]) => weight),
    )
    weighted += best
    if (best > 0) covered++
  }
  const count = Math.max(1, question.stems.length)
  place.coverage = covered / count
  const telling = tellingLine(place.snippet, question)
  place.telling = telling.text
  // Text outside any definition is cited by its telling line, not by where its chunk begins.
  if (place.name === '' && place.snippetLine > 0) place.line = place.snippetLine + telling.offset
  place.score += (weighted / count) * 0.9
  // All of several words together say more than their sum.
  if (question.stems.length > 1 && covered === question.stems.length) place.score += 0.2
  if (question.names.some((name) => lastPart(name) === place.name)) place.score += 1.5
  if (question.paths.some((row) => place.file.endsWith(row.path))) place.score += 1
  if (isTest(place.file) !== question.wantsTests) place.score -= question.wantsTests ? 0.2 : 0.6
  if (isForeign(place.file)) place.score -= 0.25
  if (isProse(place.file) && !question.wantsDocs) place.score -= 0.5
  else if (place.name === '') place.score -= 0.15
  place.score += kindWeight(place, question)
  // A declaration without a body (an overload, an interface's method) explains nothing.
  const callable = place.kind === 'method' || place.kind === 'function'
  if (callable && place.end === place.line) place.score -= 0.4
  if (/^(__init__|constructor|init|new)$/.test(place.name)) place.score -= 0.2
  if (namedFor(place.file, question)) place.score += 0.4
  if (question.intent === 'how' && place.end - place.line >= tellingLines) place.score += 0.15
}

/** The file's own name is the topic: `streaming.ts` when streaming was asked for. */
function namedFor(file: string, question: Question): boolean {
  const own = stemsOf((file.split('/').pop() ?? '').replace(/\.\w+$/, ''))
  return question.stems.length > 0 && question.stems.every((stem) => holds(own, stem))
}

function tellingLine(snippet: string, question: Question): { text: string; offset: number } {
  let best = { text: '', offset: 0, count: -1 }
  for (const [offset, text] of snippet.split('\n').entries()) {
    if (!/\w/.test(text)) continue
    const stems = stemsOf(text)
    const count = question.stems.filter((stem) => holds(stems, stem)).length
    if (count > best.count) best = { text, offset, count }
  }
  return best
}

/** Who asks where something happens means code that does it; who asks where it is set means names and types. */
function kindWeight(place: Place, question: Question): number {
  const passive = ['constant', 'variable', 'property'].includes(place.kind)
  if (place.kind === 'property') return -0.35
  if (question.wantsConfiguration) return configuring(place) ? 0.25 : 0
  return passive ? -0.6 : 0
}

/** A file where much fits is more likely the right one than one where a single name does. */
function addFileEvidence(places: Place[]): void {
  const files = Map.groupBy(places, (place) => place.file)
  for (const group of files.values()) {
    const fitting = group.filter((place) => place.coverage > 0).length
    for (const place of group) place.score += Math.min(3, fitting - 1) * 0.1
  }
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
