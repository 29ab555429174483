/** "When did X change", "who wrote X", "recent changes in DIR": the commits behind a file or a definition. */

import { isJsonObject } from '../../../base/json.ts'
import { list, text } from '../rows.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { locate } from './locate.ts'
import { at, code, paragraphs, placeLine } from './markdown.ts'
import { placeOfSymbol } from './place.ts'
import { alsoNamed, subjectOf } from './subject.ts'

const shown = 10

interface CommitRow {
  commit: string
  date: string
  author: string
  subject: string
}

export function* historyOf(asked: Asked): Script {
  const { question, toolkit } = asked
  const whole = /^(?:this |the )?(?:this|it|project|repo(?:sitory)?|code(?: ?base)?|here)?$/i.test(
    question.target,
  )
  if (whole) {
    const outcomes: Outcome[] = yield toolkit.history('.')
    return commitsText(outcomes, 'The last commits here:')
  }
  const subject = yield* subjectOf(asked, question.target)
  if (!subject) return yield* locate(asked)
  if (subject.is === 'unknown') return subject.said
  const lines = subject.is === 'symbol' ? subject.symbol : undefined
  const outcomes: Outcome[] = yield toolkit.history(subject.file, lines)
  const lead =
    subject.is === 'file'
      ? `The last commits to ${code(subject.file)}:`
      : `The commits behind its lines, as they stand in ${at(subject.file, subject.symbol.line)}:`
  return paragraphs(
    subject.is === 'symbol' ? placeLine(placeOfSymbol(subject.symbol)) : '',
    commitsText(outcomes, lead),
    subject.is === 'symbol' ? alsoNamed(subject) : '',
  )
}

function commitsText(outcomes: readonly Outcome[], lead: string): string {
  const [outcome] = outcomes
  if (!outcome) return 'The history of the repository is not at hand in this run.'
  if (!outcome.ok || outcome.text.startsWith('There is no history'))
    return outcome.text.split('\n')[0] ?? ''
  const commits = commitRows(outcomes)
  if (commits.length === 0) return 'Nothing of it is committed yet.'
  const rows = commits
    .slice(0, shown)
    .map((row) => `- ${row.date} ${code(row.commit)} ${row.author}: ${row.subject}`)
  return `${outcome.text.startsWith('[') ? 'It has changes that are not committed yet. The commits to the whole file:' : lead}\n${rows.join('\n')}`
}

function commitRows(outcomes: readonly Outcome[]): CommitRow[] {
  const log = outcomes.find((outcome) => outcome.name === 'git_log' && outcome.ok)
  return list(log?.data)
    .filter(isJsonObject)
    .map((row) => ({
      commit: text(row, 'commit'),
      date: text(row, 'date'),
      author: text(row, 'author'),
      subject: text(row, 'subject'),
    }))
}

/** One sentence of the newest change, for an answer about something else; empty where there is no history. */
export function lastChange(outcomes: readonly Outcome[]): string {
  const [last] = commitRows(outcomes)
  if (!last) return ''
  return `Last changed ${last.date} by ${last.author} (${code(last.commit)}): ${last.subject}.`
}
