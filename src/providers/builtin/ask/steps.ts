/**
 * What a definition does, in the order in which it does it: the calls in its body that lead to code of the project,
 * each with what its doc comment says. A type or a class is told by its members.
 */

import { shortHead } from '../definitions.ts'
import type { FileText, SymbolEntry } from '../results.ts'
import type { Call } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { firstSentence } from '../words.ts'
import { callable, callsIn, resolveCall } from './calls.ts'
import { at, code, listed } from './markdown.ts'
import type { Place } from './place.ts'

const maxSteps = 8
const maxMembers = 10
const maxLookups = 16

const containers = new Set(['class', 'interface', 'struct', 'trait', 'module', 'enum', 'type'])

/** Looks up the names that the body calls, and those that its helpers in the same file call. */
export function stepCalls(
  place: Place,
  text: FileText | undefined,
  own: readonly SymbolEntry[],
  toolkit: Toolkit,
): Call[] {
  if (containers.has(place.kind)) return []
  const direct = calledNames(place, text)
  const helpers = own.filter((row) => direct.includes(row.name) && callable(row))
  const nested = helpers.flatMap((row) => calledNames(row, text))
  const known = new Set(own.map((row) => row.name))
  const unknown = [...new Set([...direct, ...nested])].filter((name) => !known.has(name))
  return unknown
    .slice(0, maxLookups)
    .flatMap((name) => toolkit.symbol(name, { exact: true, limit: 6 }))
}

export function stepLines(
  place: Place,
  text: FileText | undefined,
  rows: { own: readonly SymbolEntry[]; found: readonly SymbolEntry[] },
): string {
  if (containers.has(place.kind)) return memberLines(place, text, rows.own)
  const resolve = (caller: Pick<Place, 'file' | 'line' | 'end' | 'name' | 'container'>) =>
    callsIn(caller, text).flatMap((call) => resolveCall(call, caller, rows) ?? [])
  const steps = resolve(place)
  if (steps.length === 0) return ''
  const lines = steps.slice(0, maxSteps).map((row, index) => {
    const inner = row.file === place.file ? resolve(row).filter((other) => other !== row) : []
    const names =
      inner.length < 2
        ? ''
        : `\n   - which calls ${listed(
            inner.map((other) => code(other.name)),
            6,
          )}`
    return `${index + 1}. ${rowLine(row)}${names}`
  })
  if (steps.length > maxSteps) lines.push(`${maxSteps + 1}. … and ${steps.length - maxSteps} more`)
  return `In order, ${code(place.name)} calls:\n${lines.join('\n')}`
}

/** Methods first, with what they call of each other; fields only where there are no methods. */
function memberLines(
  place: Place,
  text: FileText | undefined,
  own: readonly SymbolEntry[],
): string {
  const members = own.filter(
    (row) =>
      !(row.line === place.line && row.name === place.name) &&
      (row.container === place.name ||
        row.container.endsWith(`.${place.name}`) ||
        (row.container === '' && row.line > place.line && row.end <= place.end)),
  )
  const methods = members.filter((row) => row.kind === 'method' || row.kind === 'function')
  const shown = methods.length > 0 ? methods : members
  if (shown.length === 0) return ''
  const lines = shown.slice(0, maxMembers).map((row) => {
    const called = calledNames(row, text)
    const inner = shown.filter((other) => other !== row && called.includes(other.name))
    const names =
      inner.length === 0
        ? ''
        : `\n  - which calls ${listed(
            inner.map((other) => code(other.name)),
            6,
          )}`
    return `- ${rowLine(row)}${names}`
  })
  if (shown.length > maxMembers) lines.push(`- … and ${shown.length - maxMembers} more`)
  return `Its ${methods.length > 0 ? 'methods' : 'members'}:\n${lines.join('\n')}`
}

function rowLine(row: SymbolEntry): string {
  const said = firstSentence(row.doc)
  const head = row.signature === '' ? row.name : shortHead(row.signature)
  return `${code(head)} ${at(row.file, row.line)}${said === '' ? '' : `: ${said}`}`
}

function calledNames(
  place: Pick<Place, 'file' | 'line' | 'end' | 'name'>,
  text: FileText | undefined,
): string[] {
  return callsIn(place, text).map((call) => call.name)
}
