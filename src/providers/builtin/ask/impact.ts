/** "What breaks if I change X", "who depends on FILE", "is it safe to remove X": what a change reaches, nearest first. */
import { plural } from '../../../base/text.ts'
import { type ImpactAnswer, type ImpactRow, impactOf } from '../graph-results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { callersOf } from './callers.ts'
import { listLines } from './links.ts'
import { locate } from './locate.ts'
import { at, code, listed, paragraphs, placeLine } from './markdown.ts'
import { placeOfSymbol } from './place.ts'
import { qualified, type Subject, subjectOf } from './subject.ts'

const depth = 3
const shownDirect = 12
const shownFarther = 8
const shownTests = 6

export function* impactAnswer(asked: Asked): Script {
  const { question, toolkit } = asked
  if (!toolkit.has('show_impact')) return yield* callersOf(asked)
  const subject = yield* subjectOf(asked, question.target)
  if (!subject) return yield* locate(asked)
  if (subject.is === 'unknown') return subject.said
  const about = aboutOf(subject)
  const outcomes: Outcome[] = yield toolkit.impact(about, depth)
  const impact = impactOf(outcomes, about)
  if (!impact) return yield* callersOf(asked)
  const head =
    subject.is === 'file'
      ? `${code(subject.file)}:`
      : `${placeLine(placeOfSymbol(subject.symbol))}${alsoNamed(subject)}`
  return paragraphs(head, impactText(impact, subject))
}

function aboutOf(subject: Exclude<Subject, { is: 'unknown' }>): { name?: string; path: string } {
  return subject.is === 'file'
    ? { path: subject.file }
    : { name: qualified(subject.symbol), path: subject.file }
}

function alsoNamed(subject: Extract<Subject, { is: 'symbol' }>): string {
  const [other] = subject.others.filter((row) => row.file !== subject.file)
  return other === undefined ? '' : ` (another is at ${at(other.file, other.line)})`
}

function impactText(impact: ImpactAnswer, subject: Subject): string {
  const code_ = impact.affected.filter((row) => !row.test)
  const direct = code_.filter((row) => row.distance <= 1)
  const farther = code_.filter((row) => row.distance > 1)
  if (impact.affected.length === 0 && impact.files.length <= 1) {
    const what = subject.is === 'file' ? 'imports it or uses anything in it' : 'uses it'
    return `Nothing else here ${what}, as far as the code says by name: a change stays where it is.`
  }
  const sure = direct.filter((row) => row.sure)
  const unsure = direct.filter((row) => !row.sure)
  return paragraphs(
    sure.length === 0
      ? ''
      : `${plural(sure.length, 'place')} ${sure.length === 1 ? 'relies' : 'rely'} on it directly:\n${listLines(sure, shownDirect, rowLine)}`,
    unsure.length === 0
      ? ''
      : `By the name alone, so perhaps on another of that name:\n${listLines(unsure, shownFarther, rowLine)}`,
    farther.length === 0
      ? ''
      : `Through these, ${plural(farther.length, 'more')}${filesOf(farther)}:\n${listLines(farther, shownFarther, rowLine)}`.replace(
          ' mores',
          ' more',
        ),
    testsText(impact),
    impact.truncated ? 'There is more: this is where the search was cut off.' : '',
  )
}

const verbs: Record<string, string> = {
  call: 'calls it',
  inherit: 'extends or implements it',
  type: 'uses it as a type',
  import: 'imports it',
  use: 'uses it',
}

function rowLine(row: ImpactRow): string {
  const name = row.name === '' ? '' : ` ${code(row.name)}`
  const why = row.distance <= 1 ? verbs[row.why] : undefined
  return `- ${at(row.file, row.line)}${name}${why === undefined ? '' : ` ${why}`}`
}

function filesOf(rows: readonly ImpactRow[]): string {
  const count = new Set(rows.map((row) => row.file)).size
  return count > 1 ? ` in ${plural(count, 'file')}` : ''
}

export function testsText({ tests }: ImpactAnswer): string {
  if (tests.length === 0) return 'No test reaches it.'
  return `Tests that reach it: ${listed(tests.map(code), shownTests)}.`
}
