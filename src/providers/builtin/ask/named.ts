/** Which of several definitions of one name a person means. */
import { isTest } from '../languages.ts'
import type { SymbolEntry } from '../results.ts'
import { lastPart } from './place.ts'
import { isForeign } from './place-files.ts'

/** By name, the one that a person most likely means first: public, told of, of the project's own code. */
export function exactSymbols(rows: readonly SymbolEntry[], name: string): SymbolEntry[] {
  const bare = lastPart(name)
  const exact = rows.filter((row) => row.name === bare)
  const named =
    exact.length > 0 ? exact : rows.filter((row) => row.name.toLowerCase() === bare.toLowerCase())
  const weights = new Map(named.map((row) => [row, weightOf(row, name)]))
  return named.toSorted((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))
}

function weightOf(row: SymbolEntry, name: string): number {
  const fileName = (row.file.split('/').pop() ?? '').replace(/\.\w+$/, '')
  const same =
    fileName.replace(/[_-]/g, '').toLowerCase() === row.name.replace(/_/g, '').toLowerCase()
  const container = name.split(/\.|::|#/).at(-2)
  const inContainer = container !== undefined && row.container.endsWith(container)
  const passive = ['property', 'variable', 'module'].includes(row.kind)
  return (
    (inContainer ? -10 : 0) +
    (isTest(row.file) || isForeign(row.file) ? 6 : 0) +
    // A declaration of what is written elsewhere.
    (/\.d\.[cm]?ts$/.test(row.file) ? 5 : 0) +
    (passive ? 3 : 0) +
    (row.exported ? 0 : 2) +
    (row.doc === '' ? 1 : 0) +
    (row.end === row.line ? 1 : 0) -
    (same ? 2 : 0)
  )
}
