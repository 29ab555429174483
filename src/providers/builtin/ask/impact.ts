/** "What breaks if I change X", "who depends on FILE", "is it safe to remove X": what a change reaches, nearest first. */
import { plural } from '../../../base/text.ts'
import { type ImpactAnswer, type ImpactRow, impactOf } from '../graph-results.ts'
import { type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { callersOf } from './callers.ts'
import { realUses } from './connections.ts'
import { listLines } from './links.ts'
import { locate } from './locate.ts'
import { at, code, listed, paragraphs, placeLine } from './markdown.ts'
import { placeOfSymbol } from './place.ts'
import { alsoNamed, qualified, type Subject, subjectOf } from './subject.ts'
import { useLines } from './use-lines.ts'

const depth = 4
const shownDirect = 12
const shownFiles = 20
const shownFarther = 8
const shownTests = 6

export function* impactAnswer(asked: Asked): Script {
  const { question, toolkit } = asked
  if (!toolkit.has('show_impact')) return yield* callersOf(asked)
  const subject = yield* subjectOf(asked, question.target)
  if (!subject || isTopic(subject, question.target)) return yield* locate(asked)
  if (subject.is === 'unknown') return subject.said
  const about = aboutOf(subject)
  const outcomes: Outcome[] = yield [
    ...toolkit.impact(about, depth),
    ...(subject.is === 'symbol' ? toolkit.uses(subject.name) : []),
  ]
  const impact = impactOf(outcomes, about)
  if (!impact) return yield* callersOf(asked)
  if (subject.is === 'file') return fileText(impact, subject.file)
  return paragraphs(
    placeLine(placeOfSymbol(subject.symbol)),
    symbolText(impact) || unresolved(subject, useRows(outcomes)),
    alsoNamed(subject),
  )
}

/** "What needs the sandbox" means no field of that name. */
function isTopic(subject: Subject, typed: string): boolean {
  const passive = subject.is === 'symbol' && ['property', 'variable'].includes(subject.symbol.kind)
  return (passive || subject.is === 'unknown') && /^[a-z]+$/.test(typed)
}

function aboutOf(subject: Exclude<Subject, { is: 'unknown' }>): { name?: string; path: string } {
  return subject.is === 'file'
    ? { path: subject.file }
    : { name: qualified(subject.symbol), path: subject.file }
}

function symbolText(impact: ImpactAnswer): string {
  const code_ = impact.affected.filter((row) => !row.test)
  const direct = code_.filter((row) => row.distance <= 1)
  const farther = code_.filter((row) => row.distance > 1)
  if (impact.affected.length === 0) return ''
  const sure = direct.filter((row) => row.sure)
  const unsure = direct.filter((row) => !row.sure)
  return paragraphs(
    code_.length === 0 ? 'Only tests rely on it.' : '',
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

/** What the index leads nowhere, told by its name alone. */
function unresolved(subject: Extract<Subject, { is: 'symbol' }>, rows: readonly UseRow[]): string {
  const uses = realUses(placeOfSymbol(subject.symbol), rows)
  if (uses.length === 0)
    return 'Nothing else here uses it, as far as the code says by name: a change stays where it is.'
  return `By the name alone, so perhaps another ${code(subject.name)}:\n${useLines(uses, shownDirect)}`
}

/** Of a file the files count: its definitions have answers of their own. */
function fileText(impact: ImpactAnswer, file: string): string {
  const others = impact.files.filter((row) => row.file !== file && !row.test && row.distance > 0)
  const direct = others.filter((row) => row.distance === 1)
  const farther = others.length - direct.length
  if (impact.affected.length === 0 && others.length === 0 && impact.tests.length === 0)
    return `Nothing here imports ${code(file)} or uses anything in it: a change stays where it is.`
  return paragraphs(
    `${plural(direct.length, 'file')} ${direct.length === 1 ? 'relies' : 'rely'} on ${code(file)} directly${farther > 0 ? `, ${farther} more through ${direct.length === 1 ? 'it' : 'these'}` : ''}:\n${listLines(direct, shownFiles, (row) => `- ${code(row.file)}`)}`,
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

function testsText({ tests }: ImpactAnswer): string {
  if (tests.length === 0) return `No test reaches it within ${depth} steps.`
  return `Tests that reach it, the nearest first: ${listed(tests.map(code), shownTests)}.`
}
