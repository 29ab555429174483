/** Heads that changed and names that are gone, with the places that rely on the old ones and that the diff left alone. */
import { oneLine, plural } from '../../../base/text.ts'
import type { Finding } from '../../../contract/review.ts'
import type { DefinitionChange } from '../changes.ts'
import { shortHead } from '../definitions.ts'
import type { FileDiff } from '../diff.ts'
import { isTest, languageOf } from '../languages.ts'
import { argumentsOf, arityOf, parameterName, parametersOf, resultOf } from '../parameters.ts'
import { fileText, type UseRow } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import type { Risk } from './risks.ts'
import { importsIt, untouchedUses, userCalls } from './users.ts'

/** More users than this says that the name is too common to tell whose it is. */
const tooManyUses = 40
const shownUses = 4
const headChars = 160
/** Calls whose arguments stand on several lines, read to be counted. */
const maxOpenCalls = 16
const callLines = 14

export interface Users {
  risk: Risk
  uses: UseRow[]
}

/** The users of every risk, before anybody judges whether they still fit. */
export function* usersOf(
  risks: readonly Risk[],
  files: readonly FileDiff[],
  toolkit: Toolkit,
): Script<Users[]> {
  const outcomes: Outcome[] = yield risks.flatMap((risk) => userCalls(risk, toolkit))
  const users = risks.map((risk) => ({ risk, uses: untouchedUses(risk, outcomes, files) }))
  const open = users
    .filter(({ risk }) => risk.what === 'parameters')
    .flatMap(({ risk, uses }) =>
      uses.filter((use) => argumentsOf(use.text, risk.change.name) === 'open'),
    )
    .slice(0, maxOpenCalls)
  const read: Outcome[] = yield open.flatMap((use) =>
    toolkit.read(use.file, { offset: use.line, limit: callLines }),
  )
  return users.map(({ risk, uses }) => ({
    risk,
    uses: uses.map((use) => (open.includes(use) ? { ...use, text: wholeCall(use, read) } : use)),
  }))
}

function wholeCall(use: UseRow, outcomes: readonly Outcome[]): string {
  const own = outcomes.filter((outcome) => outcome.input.offset === use.line)
  const text = fileText(own, use.file)
  return text ? text.lines.map((line) => line.trim()).join(' ') : use.text
}

export interface Told {
  name: string
  uses: UseRow[]
  finding: Finding
}

export function callerFindings(
  users: readonly Users[],
  changes: readonly DefinitionChange[],
): Told[] {
  return users.flatMap(({ risk, uses }) => {
    const broken = uses.filter((use) => isBroken(use, risk))
    if (broken.length === 0) return []
    return [{ name: risk.change.name, uses: broken, finding: describe(risk, broken, changes) }]
  })
}

function isBroken(use: UseRow, { what, change }: Risk): boolean {
  switch (what) {
    case 'gone':
    case 'hidden':
      return true
    case 'order':
      return countOf(use, change) > 1
    case 'parameters':
      return !takes(use, change)
    case 'async':
      return !/\bawait\b|\.then\b|\breturn\b|=>\s*[\w.]+\(|\bvoid\b|\b(gather|create_task|run|all|allSettled|race)\(/.test(
        use.text,
      )
    case 'result':
      return !compiled.has(languageOf(change.file)?.fence ?? '') && use.text.trim().includes('=')
  }
}

/** A compiler tells of these by itself. */
const compiled = new Set(['ts', 'go', 'rust', 'java', 'c'])

function countOf(use: UseRow, change: DefinitionChange): number {
  const given = argumentsOf(use.text, change.name)
  return Array.isArray(given) ? given.length : 0
}

/** The new head takes what this call gives, or that cannot be told. */
function takes(use: UseRow, change: DefinitionChange): boolean {
  const arity = arityOf(change.after, change.file)
  const given = argumentsOf(use.text, change.name)
  if (!arity || !Array.isArray(given)) return true
  const gone = goneNames(change)
  if (given.some((argument) => gone.has(/^(\w+)\s*=(?!=)/.exec(argument)?.[1] ?? ''))) return false
  return given.length >= arity.least && given.length <= arity.most
}

/** Python's callers may give a parameter by its name. */
function goneNames({ before, after, file }: DefinitionChange): ReadonlySet<string> {
  if (languageOf(file)?.fence !== 'python' || /\*\*/.test(after)) return new Set()
  const now = parametersOf(after).map(parameterName)
  return new Set(
    parametersOf(before)
      .map(parameterName)
      .filter((name) => name !== '' && !now.includes(name)),
  )
}

function describe(risk: Risk, uses: UseRow[], changes: readonly DefinitionChange[]): Finding {
  const { change, what } = risk
  const at = { file: change.file, line: change.line }
  const where = placesOf(uses)
  const unsure = uses.length > tooManyUses || (what === 'gone' && change.kind === 'method')
  if (what === 'gone' || what === 'hidden') {
    const imported = uses.some(importsIt) ? 'imported' : 'used'
    const now = what === 'gone' ? renamedTo(change, changes) : ''
    return {
      ...at,
      severity: unsure ? 'warning' : 'error',
      title:
        what === 'gone'
          ? `\`${change.name}\` was removed and is still used`
          : `\`${change.name}\` is hidden now and still used outside`,
      detail: `${now}Still ${imported} at ${where}. Update ${uses.length === 1 ? 'it' : 'these'}, or keep the ${what === 'gone' ? 'name' : 'visibility'}.`,
    }
  }
  const calls = plural(uses.length, 'call')
  return {
    ...at,
    severity: unsure || what === 'result' ? 'info' : 'warning',
    title: `\`${change.name}\` ${titles[what]} and ${calls} did not follow`,
    detail: `${whatChanged(risk)}; called at ${where}, which the diff does not touch.`,
  }
}

const titles = {
  parameters: 'takes other parameters',
  order: 'takes its parameters in another order',
  async: 'is asynchronous now',
  result: 'returns something else',
}

function placesOf(uses: readonly UseRow[]): string {
  const places = uses.toSorted((a, b) => Number(isTest(a.file)) - Number(isTest(b.file)))
  const shown = [...new Set(places.map((use) => `\`${use.file}:${use.line}\``))]
  const rest = shown.length - shownUses
  return (
    shown.slice(0, shownUses).join(', ') + (rest > 0 ? ` and ${plural(rest, 'more place')}` : '')
  )
}

/** The definition that came where this one went: the same head under another name. */
function renamedTo(change: DefinitionChange, changes: readonly DefinitionChange[]): string {
  const bare = (signature: string, name: string) => signature.replace(name, '').replace(/\s+/g, '')
  const heir = changes.find(
    (other) =>
      other.change === 'added' &&
      other.kind === change.kind &&
      other.file === change.file &&
      bare(other.after, other.name) === bare(change.before, change.name),
  )
  return heir ? `Its name is \`${heir.name}\` now. ` : ''
}

function whatChanged({ change, what }: Risk): string {
  const { before, after } = change
  if (what === 'order') {
    const names = (head: string) => parametersOf(head).map(parameterName).join(', ')
    return `It takes (${names(after)}), before (${names(before)})`
  }
  if (what === 'async') return 'Its result must be awaited now'
  if (what === 'result')
    return `It returns \`${resultOf(after).slice(0, headChars)}\`, before \`${resultOf(before).slice(0, headChars)}\``
  const old = parametersOf(before).length
  const now = parametersOf(after).length
  if (old !== now)
    return `It takes ${plural(now, 'parameter')}, before ${old}: now \`${shortHead(after)}\``
  return `It is now \`${oneLine(after, headChars)}\`, before \`${oneLine(before, headChars)}\``
}
