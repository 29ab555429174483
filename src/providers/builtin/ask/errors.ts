/** "Why did this fail?" with a log: the message, the code at the innermost frame, the code that says the message. */

import { isProse, isTest } from '../languages.ts'
import { type FileText, fileText, globPaths, symbolRows, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { withEnclosing } from './enclosing.ts'
import { type Frame, literalPiece, readLog } from './frames.ts'
import { locatePlaces } from './locate.ts'
import { at, code, excerpt, paragraphs, placeLine } from './markdown.ts'
import { readQuestion } from './question.ts'

const shownFrames = 5
const around = 4

interface Located extends Frame {
  /** Where the frame's file is in this project. */
  file: string
}

export function* explainErrors(asked: Asked): Script {
  const { conversation, toolkit } = asked
  const log = readLog(conversation.stdin ?? conversation.question)
  const message = log.messages[0] ?? ''
  const piece = log.messages.map(literalPiece).find((text) => text !== '') ?? ''
  const frames = log.frames.slice(0, 8)
  const first: Outcome[] = yield [
    ...[...new Set(frames.map((frame) => baseName(frame.path)))].flatMap((base) =>
      toolkit.glob(`**/${base}`),
    ),
    ...(piece === '' ? [] : toolkit.grep(piece, { literal: true, limit: 20 })),
  ]
  const located = locateFrames(frames, first)
  const sayers = sayersOf(first)
  if (located.length === 0 && sayers.length === 0) return yield* byMeaning(asked, message)
  const [inner] = located
  const [sayer] = sayers
  const files = [
    ...new Set([...located.slice(0, 3).map((frame) => frame.file), ...(sayer ? [sayer.file] : [])]),
  ]
  const second: Outcome[] = yield [
    ...(inner
      ? toolkit.read(inner.file, {
          offset: Math.max(1, inner.line - around),
          limit: 2 * around + 1,
        })
      : []),
    ...(sayer && sayer.file !== inner?.file
      ? toolkit.read(sayer.file, {
          offset: Math.max(1, sayer.line - around),
          limit: 2 * around + 1,
        })
      : []),
    ...files.flatMap((file) => toolkit.outline(file)),
  ]
  const outline = symbolRows(second)
  return paragraphs(
    message === '' ? '' : `The failure: ${code(message)}`,
    inner ? innermostText(inner, fileText(second, inner.file), outline) : '',
    framesText(located.slice(1, shownFrames), outline),
    sayer ? sayersText(withEnclosing(sayers, outline), inner, fileText(second, sayer.file)) : '',
    log.frames.length > 0 && located.length === 0
      ? 'None of the files in the stack trace is in this directory.'
      : '',
    'What to check: the values that reach the marked line, and what its callers pass. Why it happened is more than I can tell without a model.',
  )
}

function locateFrames(frames: readonly Frame[], outcomes: readonly Outcome[]): Located[] {
  const files = [...new Set(globPaths(outcomes))]
  return frames.flatMap((frame) => {
    const same = files.filter((file) => baseName(file) === baseName(frame.path))
    const best = same.sort((a, b) => sharedTail(b, frame.path) - sharedTail(a, frame.path))[0]
    return best === undefined ? [] : [{ ...frame, file: best }]
  })
}

/** Lines of the project's own code that hold the message. */
function sayersOf(outcomes: readonly Outcome[]): UseRow[] {
  const rows = useRows(outcomes.filter((outcome) => outcome.name === 'grep'))
  return rows
    .filter((row) => !isProse(row.file) && !/\.(log|out|snap)$/.test(row.file))
    .sort((a, b) => Number(isTest(a.file)) - Number(isTest(b.file)))
    .slice(0, 3)
}

function innermostText(
  frame: Located,
  text: FileText | undefined,
  outline: ReturnType<typeof symbolRows>,
): string {
  const where = withEnclosing([asUse(frame)], outline)[0]?.enclosing ?? ''
  const inside = where === '' ? '' : ` in ${code(where)}`
  const shown = marked(frame, text)
  return `It was raised at ${at(frame.file, frame.line)}${inside}:\n${shown}`
}

/** The lines around the frame with an arrow at its line. */
function marked(place: { file: string; line: number }, text: FileText | undefined): string {
  if (!text) return ''
  const from = Math.max(text.start, place.line - around)
  const lines = text.lines.map((line, index) => {
    const number = text.start + index
    return `${number === place.line ? '>' : ' '} ${number}: ${line}`
  })
  return excerpt(
    place.file,
    { start: text.start, lines },
    { from, to: place.line + around, maxLines: 2 * around + 1 },
  )
}

function framesText(frames: readonly Located[], outline: ReturnType<typeof symbolRows>): string {
  if (frames.length === 0) return ''
  const lines = frames.map((frame) => {
    const where = withEnclosing([asUse(frame)], outline)[0]?.enclosing || frame.name
    return `- ${at(frame.file, frame.line)}${where === '' ? '' : ` in ${code(where)}`}`
  })
  return `Called from:\n${lines.join('\n')}`
}

function sayersText(
  sayers: readonly UseRow[],
  inner: Located | undefined,
  text: FileText | undefined,
): string {
  const [first] = sayers
  if (!first) return ''
  if (inner && first.file === inner.file && Math.abs(first.line - inner.line) <= around) return ''
  const lines = sayers.map((row) => {
    const where = row.enclosing === '' ? '' : ` in ${code(row.enclosing)}`
    return `- ${at(row.file, row.line)}${where}: ${code(row.text.slice(0, 120))}`
  })
  return `The message comes from:\n${lines.join('\n')}${text ? `\n${marked(first, text)}` : ''}`
}

/** No frame and no literal text: search for what the message says. */
function* byMeaning(asked: Asked, message: string): Script {
  const question = readQuestion(message === '' ? asked.question.text : message, undefined)
  const places = yield* locatePlaces({ ...asked, question: { ...question, intent: 'where' } })
  const worth = places.filter((place) => place.coverage >= 0.4).slice(0, 5)
  return paragraphs(
    message === ''
      ? 'I find no error message in what was piped in.'
      : `The failure: ${code(message)}`,
    worth.length === 0
      ? 'Neither its text nor a file of its stack trace is in this directory: it comes from outside of this code.'
      : `Its text is nowhere in this code, nor are files of a stack trace. The places nearest in meaning:\n${worth.map((place, index) => `${index + 1}. ${placeLine(place)}`).join('\n')}`,
  )
}

function asUse(frame: Located): UseRow {
  return { file: frame.file, line: frame.line, kind: 'use', enclosing: '', text: '' }
}

function baseName(path: string): string {
  return path.split(/[/\\]/).pop() ?? path
}

/** How many last parts two paths share. */
function sharedTail(a: string, b: string): number {
  const left = a.split('/').reverse()
  const right = b.split(/[/\\]/).reverse()
  let same = 0
  while (same < left.length && left[same] === right[same]) same++
  return same
}
