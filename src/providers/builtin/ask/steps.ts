/**
 * What a definition does, in the order in which it does it: the calls in its body that lead to code of the project,
 * each with what its doc comment says. A type or a class is told by its members.
 */

import { shortHead } from '../definitions.ts'
import { codeOnly, keywords, languageOf } from '../languages.ts'
import type { FileText, SymbolEntry } from '../results.ts'
import type { Call } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { firstSentence } from '../words.ts'
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
    .flatMap((name) => toolkit.symbol(name, { exact: true, limit: 3 }))
}

export function stepLines(
  place: Place,
  text: FileText | undefined,
  rows: { own: readonly SymbolEntry[]; found: readonly SymbolEntry[] },
): string {
  if (containers.has(place.kind)) return memberLines(place, text, rows.own)
  const resolve = (names: string[]): SymbolEntry[] =>
    names.flatMap((name) => {
      const own = rows.own.find((row) => row.name === name && callable(row))
      const row =
        own ??
        nearest(
          place.file,
          rows.found.filter((other) => other.name === name && callable(other)),
        )
      return row && !(row.file === place.file && row.line === place.line) ? [row] : []
    })
  const steps = resolve(calledNames(place, text))
  if (steps.length === 0) return ''
  const lines = steps.slice(0, maxSteps).map((row, index) => {
    const inner =
      row.file === place.file
        ? resolve(calledNames(row, text)).filter((other) => other !== row)
        : []
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

function callable(row: SymbolEntry): boolean {
  return !['property', 'variable', 'module'].includes(row.kind)
}

/** Of several definitions of one name the one whose path shares most with the caller's; with too many, none is sure. */
function nearest(file: string, rows: SymbolEntry[]): SymbolEntry | undefined {
  if (rows.length > 2 && rows.some((row) => row.kind === 'method')) return undefined
  const shared = (other: string): number => {
    const a = file.split('/')
    const b = other.split('/')
    let same = 0
    while (same < a.length && a[same] === b[same]) same++
    return same
  }
  return rows.sort((a, b) => shared(b.file) - shared(a.file))[0]
}

/** Names followed by `(` in the body, each once, in order; names of the language's own library are left out. */
function calledNames(
  place: Pick<Place, 'file' | 'line' | 'end' | 'name'>,
  text: FileText | undefined,
): string[] {
  if (!text) return []
  const language = languageOf(place.file)
  const from = Math.max(0, place.line - text.start + 1)
  const body = text.lines.slice(from, Math.max(from, place.end - text.start + 1))
  const names: string[] = []
  for (const line of body) {
    for (const found of codeOnly(line, language).matchAll(
      /([A-Za-z_$][\w$]*)(?:<[\w$, .[\]]*>|::<[^>]*>)?!?\s*\(/g,
    )) {
      const name = found[1] as string
      if (name.length < 3 || name === place.name || keywords.has(name) || ordinary.has(name))
        continue
      if (!names.includes(name)) names.push(name)
    }
  }
  return names
}

/** Methods of strings, lists, maps and promises: called everywhere, telling nothing. */
const ordinary = new Set(
  (
    'push pop map filter forEach reduce some every includes indexOf join split slice splice concat find findIndex findLast sort ' +
    'trim trimStart trimEnd replace replaceAll match matchAll test exec startsWith endsWith toString padStart padEnd keys values entries ' +
    'then all race resolve reject now floor ceil min max abs round parseInt Number String Boolean Array Object Error Map Set Promise ' +
    'stringify isArray assign freeze charAt toLowerCase toUpperCase flatMap flat from ' +
    'len append range str int float list dict tuple isinstance getattr setattr hasattr format strip lower upper items super open sorted ' +
    'enumerate zip extend update encode decode write read close print repr type next iter ' +
    'make panic cap copy Errorf Sprintf Printf Println Error Lock Unlock Done Add Wait ' +
    'unwrap expect clone into iter collect to_string as_ref as_str Some None Ok Err Box Vec vec format println is_some is_none unwrap_or push_str'
  ).split(' '),
)
