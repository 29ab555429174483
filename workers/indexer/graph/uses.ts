/** The uses that mean one definition, each with the definition it stands in. */
import type { ReferenceKind } from '../../../src/contract/index-service.ts'
import { familyOf } from './bindings.ts'
import { declarationsOf } from './dispatch.ts'
import type { Resolver } from './meaning.ts'
import { directoryOf, isMeaning, type Meaning } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphReference, GraphSymbol } from './rows.ts'
import {
  commonMembers,
  constructorNames,
  placeKinds,
  qualifiedName,
  rulesOf,
  typeKinds,
} from './scope.ts'
import { enclosingTypes } from './types.ts'

export interface UseOf {
  reference: GraphReference
  file: GraphFile
  /** The function, method or type around it; undefined for top-level code. */
  place: GraphSymbol | undefined
  /** `sure`: this one is meant. `dispatch`: it runs when the object at hand is of its type, which is likely. `name`: the name agrees. */
  reach: 'sure' | 'dispatch' | 'name'
}

export interface UseFilter {
  kinds?: ReadonlySet<ReferenceKind>
  /** Asked between uses: true ends the search with what there is. */
  isOver(): boolean
  /** Told where a name is so common that only uses near the definition were looked at. */
  cut?(): void
}

/** Other names that one definition may have among its importers. */
const maxAliases = 50
/** Files that are looked into for a name that is everywhere. */
const maxNearFiles = 2_000
/** Of more definitions that agree in nothing but the name, none is likely. */
const maxLikely = 4

export function usesOf(resolver: Resolver, target: GraphSymbol, filter: UseFilter): UseOf[] {
  const { reader } = resolver
  const wanted = meantBy(resolver, target)
  const found: UseOf[] = []
  for (const name of namesOf(reader, target)) {
    const references = reader.referencesTo(name) ?? nearReferences(resolver, target, name)
    if (!reader.referencesTo(name)) filter.cut?.()
    for (const reference of references) {
      if (filter.isOver()) return found
      if (filter.kinds && !filter.kinds.has(reference.kind)) continue
      const file = reader.file(reference.fileId)
      if (!file || familyOf(file.language) !== familyOf(target.language)) continue
      const outcome = resolver.meaningOfReference(reference)
      if (!isMeaning(outcome)) continue
      const reach = reachOf(outcome, wanted, name)
      if (reach) found.push({ reference, file, place: placeOf(reader, reference), reach })
    }
  }
  return found
}

function reachOf(
  outcome: Meaning,
  wanted: ReturnType<typeof meantBy>,
  name: string,
): UseOf['reach'] | undefined {
  if (outcome.symbols.some((row) => wanted.same.has(row.id))) {
    if (outcome.sure) return 'sure'
    if (outcome.how === 'member' || outcome.likely) return 'dispatch'
    const says = outcome.symbols.length <= maxLikely && !commonMembers.has(name)
    return says ? 'name' : undefined
  }
  const dispatched = outcome.how === 'member' || outcome.sure
  if (dispatched && outcome.symbols.some((row) => wanted.declared.has(row.id))) return 'dispatch'
  return undefined
}

/** The definition itself, and members through which it may be reached. */
function meantBy(resolver: Resolver, target: GraphSymbol) {
  const { reader } = resolver
  const same = new Set([target.id])
  if (target.language === 'cpp')
    for (const row of reader.symbolsNamed(target.name))
      if (row.language === 'cpp' && qualifiedName(row) === qualifiedName(target)) same.add(row.id)
  if (constructorNames.has(target.name))
    for (const type of enclosingTypes(reader, target)) same.add(type.id)
  const declared = new Set(declarationsOf(resolver, target).map((row) => row.id))
  return { same, declared }
}

/** Its own name, those of its importers, and its type's where it is a constructor. */
function namesOf(reader: GraphReader, target: GraphSymbol): Set<string> {
  const names = new Set([target.name])
  if (constructorNames.has(target.name))
    for (const type of enclosingTypes(reader, target)) names.add(type.name)
  if (target.container !== '') return names
  const isDefault = /^export default\b/.test(target.signature)
  for (const row of reader.importsFor(target.path)) {
    for (const binding of row.bindings) {
      if (names.size > maxAliases) return names
      if (binding.local === '' || binding.local === binding.name) continue
      if (binding.name === target.name || (isDefault && binding.name === 'default'))
        names.add(binding.local)
    }
  }
  return names
}

/** Of a name that is everywhere: the uses in files that import what is meant, or what it implements. */
function nearReferences(resolver: Resolver, target: GraphSymbol, name: string): GraphReference[] {
  const { reader } = resolver
  const files = new Set<number>()
  const add = (path: string) => {
    for (const row of reader.importsFor(path)) {
      if (files.size >= maxNearFiles || files.has(row.fileId)) continue
      files.add(row.fileId)
      const importer = row.reexport ? reader.file(row.fileId) : undefined
      if (importer) add(importer.path)
    }
  }
  for (const symbol of [target, ...declarationsOf(resolver, target)]) {
    files.add(symbol.fileId)
    add(symbol.path)
    const directory = directoryOf(symbol.path)
    add(`${directory}/`)
    if (rulesOf(symbol.language).shared === 'directory')
      for (const file of reader.filesIn(directory)) files.add(file.id)
  }
  return [...files].flatMap((id) => reader.referencesFrom(id, name))
}

/** The nearest definition around a use that a person would name as its place. */
function placeOf(reader: GraphReader, reference: GraphReference): GraphSymbol | undefined {
  const own = reference.symbolId === undefined ? undefined : reader.symbol(reference.symbolId)
  if (!own || placeKinds.has(own.kind)) return own
  const around = reader
    .symbolsIn(own.fileId)
    .filter(
      (row) =>
        placeKinds.has(row.kind) &&
        row.line <= reference.line &&
        row.endLine >= reference.line &&
        row.id !== own.id &&
        (own.container === qualifiedName(row) ||
          own.container.startsWith(`${qualifiedName(row)}.`)),
    )
    .sort((a, b) => a.endLine - a.line - (b.endLine - b.line))
  return around.find((row) => row.kind !== 'module') ?? own
}

/** What a definition uses itself: between its lines, without those of the types it encloses where it is a module. */
export function usedBy(reader: GraphReader, symbol: GraphSymbol): readonly GraphReference[] {
  return reader
    .referencesWithin(symbol.fileId, { from: symbol.line, to: symbol.endLine })
    .filter((reference) => {
      if (reference.symbolId === symbol.id) return true
      const own = reference.symbolId === undefined ? undefined : reader.symbol(reference.symbolId)
      if (!own) return false
      // A line may hold several definitions: only what stands inside counts.
      const inside = `${qualifiedName(symbol)}.`
      return `${qualifiedName(own)}.`.startsWith(inside) || typeKinds.has(symbol.kind)
    })
}
