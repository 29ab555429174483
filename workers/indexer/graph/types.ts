/** Types as the graph sees them: their bases and subtypes, and the members they have or inherit. */
import { familyOf } from './bindings.ts'
import { exportsNamed } from './exports.ts'
import { directoryOf, isMeaning, meaningOfName, type NamePlace, type Outcome } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphBase, GraphSymbol } from './rows.ts'
import { qualifiedName, rulesOf, sameContainer, typeKinds } from './scope.ts'

const maxAncestors = 100
const maxDescendants = 500

export interface BaseLink {
  type: GraphSymbol
  kind: string
  line: number
  sure: boolean
}

/** What a type extends, implements or mixes in, as far as it is in the project; the others by name. */
export function basesOf(
  reader: GraphReader,
  type: GraphSymbol,
): { known: BaseLink[]; external: GraphBase[] } {
  return reader.once(`bases of ${type.id}`, () => findBases(reader, type))
}

function findBases(reader: GraphReader, type: GraphSymbol): ReturnType<typeof basesOf> {
  const known: BaseLink[] = []
  const external: GraphBase[] = []
  for (const base of reader.basesOf(type.id)) {
    const found = typesNamed(reader, base)
    if (found.types.length === 0) external.push(base)
    for (const target of found.types)
      if (target.id !== type.id)
        known.push({
          type: target,
          kind: kindOf(base, type, target),
          line: base.line,
          sure: found.sure,
        })
  }
  return { known, external }
}

/** Types that say they extend, implement or mix in this one. */
export function subtypesOf(reader: GraphReader, type: GraphSymbol): BaseLink[] {
  return reader.once(`subtypes of ${type.id}`, () =>
    reader.basesNamed(type.name).flatMap((base) => {
      const subtype = reader.symbol(base.symbolId)
      if (!subtype || subtype.id === type.id) return []
      const found = typesNamed(reader, base)
      const means = found.types.some((row) => row.id === type.id)
      const kind = kindOf(base, subtype, type)
      return means ? [{ type: subtype, kind, line: base.line, sure: found.sure }] : []
    }),
  )
}

/** C# lists a base class and interfaces alike: where the base is known, it says which it is. */
function kindOf(base: GraphBase, subtype: GraphSymbol, type: GraphSymbol): string {
  if (subtype.language !== 'csharp') return base.kind
  return type.kind === 'interface' && subtype.kind !== 'interface' ? 'implements' : 'extends'
}

function typesNamed(reader: GraphReader, base: GraphBase): { types: GraphSymbol[]; sure: boolean } {
  const file = reader.file(base.fileId)
  if (!file) return { types: [], sure: false }
  const own = reader.symbol(base.symbolId)
  const place = { file, enclosing: own }
  const meaning =
    base.holder === '' ? meaningOfName(reader, place, base.name) : meaningIn(reader, place, base)
  if (isMeaning(meaning)) {
    const types = meaning.symbols.filter((row) => isType(row))
    if (types.length > 0) return { types, sure: meaning.sure }
    if (meaning.modules.length === 0) return { types: [], sure: false }
  }
  if (meaning === 'external') return { types: [], sure: false }
  const types = reader
    .symbolsNamed(base.name)
    .filter((row) => isType(row) && familyOf(row.language) === familyOf(file.language))
  return { types, sure: types.length === 1 }
}

/** A base that a module holds; undefined where the holder is a type, or not understood. */
function meaningIn(reader: GraphReader, place: NamePlace, base: GraphBase): Outcome {
  const [first = ''] = base.holder.split('.')
  for (const name of new Set([base.holder, first])) {
    const outcome = meaningOfName(reader, place, name)
    if (!isMeaning(outcome)) {
      if (outcome === 'external' && name === first) return 'external'
      continue
    }
    for (const module of outcome.modules) {
      const found = exportsNamed(reader, module, base.name)
      if (found.symbols.length > 0) return { how: 'imported', ...found, sure: true }
    }
  }
  return undefined
}

export function isType(symbol: GraphSymbol): boolean {
  return typeKinds.has(symbol.kind) || (symbol.kind === 'module' && symbol.language === 'ruby')
}

/** The types and everything above them, nearest first. */
export function withAncestors(reader: GraphReader, types: readonly GraphSymbol[]): GraphSymbol[] {
  return walk(types, (type) => basesOf(reader, type).known, maxAncestors)
}

export function withDescendants(reader: GraphReader, types: readonly GraphSymbol[]): GraphSymbol[] {
  return walk(types, (type) => subtypesOf(reader, type), maxDescendants)
}

function walk(
  from: readonly GraphSymbol[],
  next: (type: GraphSymbol) => BaseLink[],
  limit: number,
): GraphSymbol[] {
  const seen = new Map(from.map((type) => [type.id, type]))
  for (const type of seen.values()) {
    if (seen.size >= limit) break
    for (const link of next(type)) if (!seen.has(link.type.id)) seen.set(link.type.id, link.type)
  }
  return [...seen.values()]
}

/** Members of that name which the type itself defines. */
export function ownMembers(reader: GraphReader, type: GraphSymbol, name: string): GraphSymbol[] {
  const container = qualifiedName(type)
  const { openTypes } = rulesOf(type.language)
  const rows = openTypes
    ? reader.symbolsNamed(name).filter((row) => familyOf(row.language) === familyOf(type.language))
    : reader.symbolsNamedIn(type.fileId, name)
  const exact = rows.filter((row) => row.container === container)
  if (exact.length > 0) return nearestOf(exact, type)
  return rows.filter((row) => row.container !== '' && sameContainer(row.container, container))
}

/** Another type may have the same name elsewhere: what stands in the type's own file, then beside it, is its own. */
function nearestOf(members: GraphSymbol[], type: GraphSymbol): GraphSymbol[] {
  const own = members.filter((row) => row.fileId === type.fileId)
  if (own.length > 0) return own
  const beside = members.filter((row) => directoryOf(row.path) === directoryOf(type.path))
  return beside.length > 0 ? beside : members
}

/** Members of that name of the types, else of the nearest type above that has one. */
export function membersNamed(
  reader: GraphReader,
  types: readonly GraphSymbol[],
  name: string,
): GraphSymbol[] {
  for (const type of withAncestors(reader, types)) {
    const found = ownMembers(reader, type, name)
    if (found.length > 0) return found
  }
  return []
}

/** The type that a definition is a member of, or stands in. */
export function enclosingTypes(
  reader: GraphReader,
  symbol: GraphSymbol | undefined,
): GraphSymbol[] {
  if (!symbol) return []
  const parts = symbol.container === '' ? [] : symbol.container.split('.')
  for (let count = parts.length; count > 0; count--) {
    const name = parts[count - 1] ?? ''
    const container = parts.slice(0, count).join('.')
    const isHolder = (row: GraphSymbol) =>
      (isType(row) || row.kind === 'function') && sameContainer(qualifiedName(row), container)
    const own = reader.symbolsNamedIn(symbol.fileId, name).filter(isHolder)
    const elsewhere = () =>
      reader
        .symbolsNamed(name)
        .filter((row) => isHolder(row) && familyOf(row.language) === familyOf(symbol.language))
    const near = own.length > 0 || !rulesOf(symbol.language).openTypes ? own : elsewhere()
    if (near.length > 0) return near
  }
  return isType(symbol) ? [symbol] : []
}

/** The types around a definition, innermost first: a class inside a class sees what the outer one has. */
export function surroundingTypes(
  reader: GraphReader,
  symbol: GraphSymbol | undefined,
): GraphSymbol[][] {
  const rings: GraphSymbol[][] = []
  const seen = new Set<number>()
  let ring = enclosingTypes(reader, symbol).filter(isType)
  while (ring.length > 0) {
    for (const type of ring) seen.add(type.id)
    rings.push(ring)
    ring = ring
      .flatMap((type) => enclosingTypes(reader, type))
      .filter((type) => isType(type) && !seen.has(type.id))
  }
  return rings
}
