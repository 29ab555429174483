/** What may break when a definition, or anything in a file, changes: its users, their users, subtypes and importers. */
import { CodiError } from '../../../src/base/errors.ts'
import type { AffectedSymbol, Impact } from '../../../src/contract/code-graph.ts'
import type { ImpactQuery, ReferenceKind } from '../../../src/contract/index-service.ts'
import { cleanPath } from '../filter.ts'
import type { IndexStore } from '../store.ts'
import { clampDepth, createGraphBuilder, type GraphBuilder } from './builder.ts'
import { plainRow } from './definitions.ts'
import { implementationsOf } from './dispatch.ts'
import { filesAt } from './files.ts'
import { satisfyingTypes } from './go-interfaces.ts'
import { createImporters } from './importers.ts'
import { createResolver, type Resolver } from './meaning.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphSymbol } from './rows.ts'
import { isTopLevel, qualifiedName } from './scope.ts'
import { maxStarts, startsNamed } from './starts.ts'
import { isType } from './types.ts'
import { usesOf } from './uses.ts'

const maxMembers = 300
const useKinds: ReadonlySet<ReferenceKind> = new Set(['call', 'type', 'inherit', 'use'])

export function impact(store: IndexStore, reader: GraphReader, query: ImpactQuery): Impact {
  const changed = changedBy(store, reader, query)
  const files = new Map<string, { path: string; distance: number; test: boolean }>()
  const touch = (file: { path: string; test: boolean }, distance: number) => {
    const known = files.get(file.path)
    if (!known || distance < known.distance)
      files.set(file.path, { path: file.path, distance, test: file.test })
  }
  for (const file of changed.files) touch(file, 0)
  // Its limits of nodes and time are what is wanted here.
  const builder = createGraphBuilder(query.limit)
  const depth = clampDepth(query.depth)
  const affected = spread(createResolver(reader), builder, {
    changed: changed.spread,
    named: changed.symbols,
    depth,
  })
  for (const row of affected) touch(row, row.distance)
  const whole = query.name === undefined || query.name.trim() === ''
  if (whole) addImporters(reader, builder, { from: changed.files, depth, touch, affected })
  return {
    changed: changed.symbols.map(plainRow),
    affected: affected.sort(nearestFirst),
    files: [...files.values()].sort(nearestFirst),
    tests: [...files.values()]
      .filter((file) => file.test)
      .sort(nearestFirst)
      .map((file) => file.path),
    truncated: builder.graph([]).truncated || changed.cut,
  }
}

interface Changed {
  symbols: GraphSymbol[]
  /** With the members of types: whoever uses one of them uses the type. */
  spread: GraphSymbol[]
  files: GraphFile[]
  cut: boolean
}

function changedBy(store: IndexStore, reader: GraphReader, query: ImpactQuery): Changed {
  const name = query.name?.trim() ?? ''
  if (name === '') {
    if (query.path === undefined)
      throw new CodiError('invalid', 'Nothing was named; name a symbol, a file, or both')
    const files = filesAt(store, reader, query.path)
    const all = files.flatMap((file) => reader.symbolsIn(file.id))
    const shown = all.filter((row) => isTopLevel(reader, row))
    return {
      symbols: shown.slice(0, maxMembers),
      spread: all.filter((row) => row.kind !== 'module').slice(0, maxMembers * 2),
      files,
      cut: shown.length > maxMembers,
    }
  }
  const all = startsNamed(reader, { name, path: query.path })
  if (all.length === 0) {
    const where = cleanPath(query.path) === '' ? '' : ` in ${query.path}`
    throw new CodiError('not_found', `There is no definition of ${name}${where} in the index`)
  }
  const symbols = all.slice(0, maxStarts)
  const members = symbols.filter(isType).flatMap((type) => {
    const prefix = `${qualifiedName(type)}.`
    return reader
      .symbolsIn(type.fileId)
      .filter((row) => `${row.container}.`.startsWith(prefix))
      .slice(0, maxMembers)
  })
  const files = new Map(
    symbols.flatMap((row) => {
      const file = reader.file(row.fileId)
      return file ? [[file.id, file] as const] : []
    }),
  )
  return {
    symbols,
    spread: [...symbols, ...members],
    files: [...files.values()],
    cut: all.length > maxStarts,
  }
}

/** Breadth first from what changes to what uses it. */
function spread(
  resolver: Resolver,
  builder: GraphBuilder,
  {
    changed,
    named,
    depth,
  }: { changed: readonly GraphSymbol[]; named: readonly GraphSymbol[]; depth: number },
): AffectedSymbol[] {
  const { reader } = resolver
  const own = new Set(changed.map((row) => row.id))
  const affected = new Map<string, AffectedSymbol>()
  const isNamed = new Set(named.map((row) => row.id))
  let ring = [...changed]
  const room = () => {
    if (affected.size < builder.room) return true
    builder.cut()
    return false
  }
  for (let distance = 1; distance <= depth && ring.length > 0; distance++) {
    const next = new Map<number, GraphSymbol>()
    const reach = (
      place: GraphSymbol | undefined,
      file: GraphFile,
      said: Pick<AffectedSymbol, 'why' | 'sure' | 'line'> & { goesOn: boolean },
    ) => {
      if (place && own.has(place.id)) return
      const key = place ? `${place.id}` : `file ${file.id}`
      const known = affected.get(key)
      if (known) {
        if (known.distance !== distance) return
        known.sure ||= said.sure
        if (place && said.goesOn) next.set(place.id, place)
        return
      }
      if (!room()) return
      affected.set(key, {
        path: file.path,
        name: place ? qualifiedName(place) : '',
        kind: place ? place.kind : 'file',
        line: place ? place.line : said.line,
        distance,
        why: said.why,
        test: place ? place.test : file.test,
        sure: said.sure,
      })
      if (place && said.goesOn) next.set(place.id, place)
    }
    for (const symbol of ring) {
      if (builder.isOver()) return [...affected.values()]
      // Of a type's own members the name alone says too little.
      for (const use of usesOf(resolver, symbol, {
        kinds: useKinds,
        isOver: builder.isOver,
        cut: builder.cut,
      }))
        if (use.reach !== 'name' || isNamed.has(symbol.id))
          reach(use.place, use.file, {
            why: use.reference.kind === 'import' ? 'import' : use.reference.kind,
            sure: use.reach === 'sure',
            goesOn: use.reach !== 'name',
            line: use.reference.line,
          })
      for (const row of [
        ...implementationsOf(resolver, symbol),
        ...satisfyingTypes(reader, symbol),
      ]) {
        const file = reader.file(row.fileId)
        if (file) reach(row, file, { why: 'inherit', sure: true, goesOn: true, line: row.line })
      }
    }
    ring = [...next.values()]
  }
  return [...affected.values()]
}

/** Files that import the changed ones, whatever they use of it. */
function addImporters(
  reader: GraphReader,
  builder: GraphBuilder,
  to: {
    from: readonly GraphFile[]
    depth: number
    touch(file: GraphFile, distance: number): void
    affected: AffectedSymbol[]
  },
): void {
  const importers = createImporters(reader)
  const seen = new Set(to.from.map((file) => file.id))
  const speaking = new Set(to.affected.map((row) => row.path))
  let ring = [...to.from]
  for (let distance = 1; distance <= to.depth && ring.length > 0; distance++) {
    const next: GraphFile[] = []
    for (const file of ring) {
      if (builder.isOver()) return
      for (const { file: importer, row } of importers.importsOf(file)) {
        if (seen.has(importer.id)) continue
        seen.add(importer.id)
        next.push(importer)
        to.touch(importer, distance)
        if (distance > 1 || speaking.has(importer.path)) continue
        if (to.affected.length >= builder.room) {
          builder.cut()
          continue
        }
        to.affected.push({
          path: importer.path,
          name: '',
          kind: 'file',
          line: row.line,
          distance,
          why: 'import',
          test: importer.test,
          sure: true,
        })
      }
    }
    ring = next
  }
}

function nearestFirst(
  a: { path: string; distance: number; test: boolean; sure?: boolean; line?: number },
  b: { path: string; distance: number; test: boolean; sure?: boolean; line?: number },
): number {
  return (
    a.distance - b.distance ||
    Number(a.test) - Number(b.test) ||
    Number(b.sure ?? true) - Number(a.sure ?? true) ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : (a.line ?? 0) - (b.line ?? 0))
  )
}
