/** How well a place answers a question: by the words it shares with it, by what it is and where it stands. */
import { isProse, isTest } from '../languages.ts'
import { firstSentence, holds, mentions, stemsOf } from '../words.ts'
import { lastPart, type Place } from './place.ts'
import { isForeign } from './place-files.ts'
import type { Question } from './question.ts'

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

/** A body of this length begins to show how something is done. */
const tellingLines = 8

export function judge(place: Place, question: Question, fileDoc: string): void {
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
  // Said of the place itself they say more than said of its file.
  const own = new Set([...stemsOf(place.name), ...stemsOf(`${place.signature} ${place.doc}`)])
  if (question.stems.length > 1 && question.stems.every((stem) => holds(own, stem)))
    place.score += 0.3
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
  place.score += 0.4 * namedFor(place.file, question)
  if (question.asksForDoing) place.score += doingWeight(place)
}

/**
 * 1 where the file's own name is the topic, `streaming.ts` when streaming was asked for; less where it says more than
 * that, 0 where it does not say all of it.
 */
function namedFor(file: string, { stems }: Question): number {
  const own = stemsOf((file.split('/').pop() ?? '').replace(/\.\w+$/, ''))
  if (stems.length === 0 || !stems.every((stem) => holds(own, stem))) return 0
  return Math.min(1, stems.length / own.size)
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

/** What does something has a body, the longer the more of it; a type without one only says what there is. */
function doingWeight(place: Place): number {
  if (['interface', 'type', 'trait', 'enum'].includes(place.kind)) return -0.25
  if (['class', 'struct'].includes(place.kind)) return 0
  return Math.min(0.3, Math.max(0, place.end - place.line) / tellingLines / 6)
}

/** Who asks where something happens means code that does it; who asks where it is set means names and types. */
function kindWeight(place: Place, question: Question): number {
  const passive = ['constant', 'variable', 'property'].includes(place.kind)
  if (place.kind === 'property') return -0.35
  if (question.wantsConfiguration) return configuring(place) ? 0.25 : 0
  return passive ? -0.6 : 0
}

/** A file where much fits is more likely the right one than one where a single name does. */
export function addFileEvidence(places: Place[]): void {
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
