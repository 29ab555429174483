/**
 * Go says nowhere which type implements which interface: a type that has every method of one, with as many parameters
 * and the same results, does. Methods of embedded structs and interfaces count.
 */

import { directoryOf } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphSymbol } from './rows.ts'
import { basesOf } from './types.ts'

const maxEmbedded = 20
const maxCandidates = 500

/** Interfaces of the project that a type satisfies. */
export function satisfiedInterfaces(reader: GraphReader, type: GraphSymbol): GraphSymbol[] {
  if (type.language !== 'go' || type.kind === 'interface') return []
  const own = methodsOf(reader, type)
  const candidates = new Map<number, GraphSymbol>()
  for (const name of own.keys())
    for (const row of reader.symbolsNamed(name)) {
      if (row.language !== 'go' || candidates.size >= maxCandidates) continue
      const holder = holderOf(reader, row)
      if (holder?.kind === 'interface') candidates.set(holder.id, holder)
    }
  return [...candidates.values()].filter((candidate) =>
    satisfies(
      own,
      methodsOf(reader, candidate),
      directoryOf(type.path) === directoryOf(candidate.path),
    ),
  )
}

/** Types of the project that satisfy an interface. */
export function satisfyingTypes(reader: GraphReader, type: GraphSymbol): GraphSymbol[] {
  if (type.language !== 'go' || type.kind !== 'interface') return []
  const wanted = methodsOf(reader, type)
  // The rarest name leaves the fewest candidates.
  const [rarest] = [...wanted.keys()].sort(
    (a, b) => reader.symbolsNamed(a).length - reader.symbolsNamed(b).length,
  )
  if (rarest === undefined) return []
  const candidates = new Map<number, GraphSymbol>()
  for (const row of reader.symbolsNamed(rarest)) {
    if (row.language !== 'go' || candidates.size >= maxCandidates) continue
    const holder = holderOf(reader, row)
    if (!holder || holder.kind === 'interface') continue
    candidates.set(holder.id, holder)
    for (const outer of embedders(reader, holder)) candidates.set(outer.id, outer)
  }
  return [...candidates.values()].filter((candidate) =>
    satisfies(
      methodsOf(reader, candidate),
      wanted,
      directoryOf(type.path) === directoryOf(candidate.path),
    ),
  )
}

/** Methods of that name in the interfaces that the type satisfies. */
export function satisfiedMembers(
  reader: GraphReader,
  type: GraphSymbol,
  name: string,
): GraphSymbol[] {
  return satisfiedInterfaces(reader, type).flatMap((row) => methodsOf(reader, row).get(name) ?? [])
}

function satisfies(
  own: ReadonlyMap<string, GraphSymbol>,
  wanted: ReadonlyMap<string, GraphSymbol>,
  samePackage: boolean,
): boolean {
  if (wanted.size === 0) return false
  for (const [name, method] of wanted) {
    const has = own.get(name)
    if (!has || shapeOf(has) !== shapeOf(method)) return false
    // A method that is not exported belongs to its package.
    if (!samePackage && /^\p{Ll}/u.test(name)) return false
  }
  return true
}

function methodsOf(reader: GraphReader, type: GraphSymbol): Map<string, GraphSymbol> {
  const methods = new Map<string, GraphSymbol>()
  const seen = new Set<number>()
  const gather = (at: GraphSymbol) => {
    if (seen.has(at.id) || seen.size > maxEmbedded) return
    seen.add(at.id)
    for (const file of reader.filesIn(directoryOf(at.path))) {
      if (file.language !== 'go') continue
      for (const row of reader.symbolsIn(file.id))
        if (row.kind === 'method' && row.container === at.name && !methods.has(row.name))
          methods.set(row.name, row)
    }
    for (const base of basesOf(reader, at).known) gather(base.type)
  }
  gather(type)
  return methods
}

function holderOf(reader: GraphReader, method: GraphSymbol): GraphSymbol | undefined {
  if (method.kind !== 'method' || method.container === '') return undefined
  return reader
    .symbolsNamed(method.container)
    .find(
      (row) =>
        row.language === 'go' &&
        row.kind !== 'method' &&
        directoryOf(row.path) === directoryOf(method.path),
    )
}

function embedders(reader: GraphReader, type: GraphSymbol): GraphSymbol[] {
  return reader
    .basesNamed(type.name)
    .slice(0, maxEmbedded)
    .flatMap((base) => {
      const outer = reader.symbol(base.symbolId)
      return outer && outer.language === 'go' && outer.kind !== 'interface' ? [outer] : []
    })
}

/** Number of parameters and the results, without package names: `2 int64, error`. */
function shapeOf(method: GraphSymbol): string {
  const text = method.signature.replace(/^func\s+\([^)]*\)\s*/, '').replace(/^func\s+/, '')
  const open = text.indexOf('(')
  const close = closing(text, open)
  const parameters = text.slice(open + 1, close).trim()
  const count = parameters === '' ? 0 : topLevelCommas(parameters) + 1
  const results = text
    .slice(close + 1)
    .replace(/\{.*$/s, '')
    .trim()
    .replace(/^\((.*)\)$/s, '$1')
    .split(',')
    .map(
      (part) =>
        part
          .trim()
          .split(/\s+/)
          .at(-1)
          ?.replace(/\b\w+\./g, '') ?? '',
    )
  return `${count} ${results.join(', ')}`
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  }
  return text.length
}

function topLevelCommas(text: string): number {
  let depth = 0
  let commas = 0
  for (const char of text) {
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    else if (char === ',' && depth === 0) commas++
  }
  return commas
}
