/**
 * "Where is X handled", "how does X work": searches by meaning and by name at once, ranks what comes back, reads the
 * best place, and follows its calls and callers one step.
 */

import { graphOf } from '../graph-results.ts'
import { isCode, isProse, isTest } from '../languages.ts'
import { fileText, searchRows, symbolRows, useRows } from '../results.ts'
import type { Call, Outcome, Script } from '../script.ts'
import { escapePattern, type Toolkit, wordPattern } from '../toolkit.ts'
import { firstSentence, holds, stem, stemPattern, stemsOf } from '../words.ts'
import type { Asked } from './asked.ts'
import { connections } from './connections.ts'
import { at, code, excerpt, fileDoc, paragraphs, placeLine } from './markdown.ts'
import { nothingFound } from './nothing.ts'
import { addPlaces, enrich, lastPart, type Place, spread } from './place.ts'
import type { Question } from './question.ts'
import { mainPlaces, rankPlaces, sortPlaces } from './rank.ts'
import { stepsOf } from './steps.ts'
import { qualified } from './subject.ts'

const shownPlaces = 6
const judgedPlaces = 14
const outlinedFiles = 10
const headedFiles = 6
const headLines = 14
const excerptLines = 14
const readLines = 400
/** What is much worse than the best place is not worth a line. */
const worthShare = 0.4
/** Words that are looked for on their own. */
const maxDoubts = 4
/** Below this share of the question's words the best place is only a guess. */
const sureCoverage = 0.5

export function* locate(asked: Asked): Script {
  const { question, toolkit } = asked
  const places = yield* locatePlaces(asked)
  const [best] = places
  if (!best || best.coverage === 0) return yield* nothingFound(asked)
  const doubts = wordsToFind(question, best)
  const second: Outcome[] = yield [
    ...readAround(asked, best),
    ...doubts.flatMap(({ calls }) => calls(toolkit)),
    ...(best.name === ''
      ? []
      : [
          ...toolkit.uses(best.name),
          ...toolkit.callGraph(qualified(best), { path: best.file, direction: 'in' }),
        ]),
  ]
  const unheard = doubts.filter((doubt) => doubt.isUnheard(second)).map(({ word }) => word)
  if (unheard.length > question.words.length / 2) return yield* nothingFound(asked)
  const text = fileText(second, best.file)
  const outline = symbolRows(second)
  const steps = question.intent === 'how' ? yield* stepsOf(best, outline, toolkit) : ''
  const graph =
    best.name === '' ? undefined : graphOf(second, 'get_call_graph', qualified(best), best)
  return paragraphs(
    opening(question, best, unheard),
    fileSentence(best, fileDoc(text, best.file)),
    steps,
    `${at(best.file, best.line)}\n${excerpt(best.file, text, { from: best.line, to: best.end, maxLines: excerptLines })}`,
    connections(
      best,
      useRows(second.filter((one) => !doubts.some((doubt) => doubt.asked(one)))),
      graph,
    ),
    others(best, places.slice(1), question),
  )
}

/** The ranked places, with heads and doc comments, at most two of a file. */
export function* locatePlaces({ question, toolkit }: Asked): Script<Place[]> {
  const first: Outcome[] = yield [
    ...toolkit.search(question.text, { limit: 15 }),
    ...namesToTry(question).flatMap((name) => toolkit.symbol(name, { limit: 8 })),
    ...textsToFind(question).flatMap((text) =>
      toolkit.grep(text.pattern, { ...text.options, limit: 200 }),
    ),
  ]
  const ranked = rankPlaces(question, { hits: searchRows(first), symbols: symbolRows(first) })
  const named = literalPlaces(question, first, ranked)
  const likely = [...named, ...spread(ranked, 3)].slice(0, judgedPlaces)
  const files = [...new Set(likely.map((place) => place.file))].slice(0, headedFiles)
  const second: Outcome[] = yield [
    ...files.filter(isCode).flatMap((file) => toolkit.read(file, { offset: 1, limit: headLines })),
    ...outlined(likely).flatMap((file) => toolkit.outline(file)),
  ]
  const outline = symbolRows(second)
  enrich(likely, outline)
  const docs = new Map(files.map((file) => [file, fileDoc(fileText(second, file), file)]))
  addPlaces(likely, mainPlaces(question, outline, docs))
  const sorted = sortPlaces(question, likely.slice(named.length), docs)
  return spread([...named, ...sorted], 2).slice(0, shownPlaces)
}

/** Files whose outline tells heads and doc comments of the places, and what the file is named for. */
function outlined(places: readonly Place[]): string[] {
  const files = places.map((place) => place.file).filter(isCode)
  return [...new Set(files)].slice(0, outlinedFiles)
}

/** Names as written, else names that the topic words would make: `agent loop` = agentLoop, agent, loop. */
function namesToTry(question: Question): string[] {
  if (question.names.length > 0) return question.names.slice(0, 3)
  const words = question.words.slice(0, 3)
  const joined = words.map((word, index) =>
    index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1),
  )
  const whole = joined.length > 1 ? [joined.join('')] : []
  return [...whole, ...words]
}

/** Exact texts: quoted ones, and names that may be no symbol at all (an environment variable, a key of a file). */
function textsToFind(
  question: Question,
): { pattern: string; options: { literal?: boolean; ignoreCase?: boolean } }[] {
  return [
    ...question.quoted.slice(0, 2).map((text) => ({ pattern: text, options: { literal: true } })),
    ...question.names.slice(0, 2).map((name) => ({ pattern: wordPattern(name), options: {} })),
  ]
}

/** Lines with the exact text asked for, when no symbol of that name was found. */
function literalPlaces(question: Question, first: Outcome[], ranked: Place[]): Place[] {
  const wanted = [...question.quoted, ...question.names]
  const known = question.names.some((name) => ranked.some((place) => place.name === lastPart(name)))
  if (wanted.length === 0 || known) return []
  const rows = useRows(first.filter((outcome) => outcome.name === 'grep'))
  return rows
    .map(
      (row, index): Place => ({
        file: row.file,
        line: row.line,
        end: row.line + 8,
        name: '',
        container: '',
        kind: 'text',
        signature: '',
        doc: '',
        snippet: row.text,
        snippetLine: row.line,
        telling: row.text,
        exported: false,
        evidence: 1,
        coverage: 1,
        score:
          literalScore(row.text, wanted, question) -
          index * 0.01 -
          (isTest(row.file) || isProse(row.file) || /(^|\/)docs?\//.test(row.file) ? 1 : 0),
      }),
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, 4)
}

/** A line that gives the text a meaning says more than one that repeats it in a comment or a message. */
function literalScore(line: string, wanted: readonly string[], question: Question): number {
  if (/^\s*(\/\/|#|\*|\/\*)/.test(line)) return 0
  const alone = wanted.some((text) =>
    new RegExp(`(['"\`.\\[(])${escapePattern(text)}['"\`\\])]?`).test(line),
  )
  const spoken = wanted.some((text) =>
    new RegExp(`\\w ${escapePattern(text)}|${escapePattern(text)} \\w`).test(line),
  )
  const set =
    question.wantsConfiguration &&
    wanted.some((text) => new RegExp(`${escapePattern(text)}['"\\]]?\\s*(:?=(?!=)|:)`).test(line))
  return (alone ? 1 : 0.6) + (set ? 0.7 : 0) - (spoken ? 0.5 : 0)
}

function readAround({ toolkit, question }: Asked, best: Place): Call[] {
  const offset = best.line + excerptLines < readLines ? 1 : Math.max(1, best.line - 5)
  return [
    ...(question.intent === 'how' ? toolkit.outline(best.file) : []),
    ...toolkit.read(best.file, { offset, limit: readLines }),
  ]
}

interface Doubt {
  word: string
  calls(toolkit: Toolkit): Call[]
  asked(outcome: Outcome): boolean
  /** Not one line of the project has it. */
  isUnheard(outcomes: readonly Outcome[]): boolean
}

/** Topic words that the best place does not have: whether anything here has them is worth a look. */
function wordsToFind(question: Question, best: Place): Doubt[] {
  if (question.names.length > 0 || best.coverage === 1) return []
  const held = stemsOf(
    [best.file, best.container, best.name, best.signature, best.doc, best.snippet].join(' '),
  )
  return question.words
    .filter((word) => !holds(held, stem(word)))
    .slice(0, maxDoubts)
    .map((word) => {
      const pattern = stemPattern(stem(word))
      const asked = (outcome: Outcome) =>
        outcome.name === 'grep' && outcome.input.pattern === pattern
      return {
        word,
        asked,
        calls: (toolkit) => toolkit.grep(pattern, { ignoreCase: true, limit: 1 }),
        isUnheard: (outcomes) =>
          outcomes.some((one) => asked(one) && one.ok) &&
          useRows(outcomes.filter(asked)).length === 0,
      }
    })
}

function opening(question: Question, best: Place, unheard: readonly string[]): string {
  if (unheard.length > 0 && unheard.length >= question.words.length / 2)
    return `Nothing here mentions ${unheard.map((word) => `"${word}"`).join(' or ')}; the nearest is: ${placeLine(best)}`
  const [name] = question.names
  const isNamed = question.names.some(
    (one) =>
      lastPart(one) === best.name || best.telling.includes(one) || best.snippet.includes(one),
  )
  if (name !== undefined && !isNamed)
    return `Nothing here is named ${code(name)}; the nearest is: ${placeLine(best)}`
  const sure = best.coverage >= sureCoverage || name !== undefined
  const lead = sure ? 'Best match' : 'No clear match; the nearest is'
  return `${lead}: ${placeLine(best)}`
}

function fileSentence(best: Place, doc: string): string {
  const said = firstSentence(doc)
  if (said === '' || said === firstSentence(best.doc)) return ''
  return `${code(best.file)}: ${said}`
}

function others(best: Place, places: readonly Place[], question: Question): string {
  const worth = places.filter(
    (place) =>
      (place.coverage > 0 || question.stems.length === 0) &&
      place.score >= best.score * worthShare &&
      // The head of the same file was quoted already.
      !(place.name === '' && place.file === best.file && best.name !== ''),
  )
  if (worth.length === 0) return ''
  const lines = worth
    .slice(0, shownPlaces - 1)
    .map((place, index) => `${index + 1}. ${placeLine(place)}`)
  return `See also:\n${lines.join('\n')}`
}
