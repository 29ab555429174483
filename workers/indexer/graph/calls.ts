/** Who calls what: from functions to those that call them, and to those that they call. */
import type { CodeGraph } from '../../../src/contract/code-graph.ts'
import type { ReferenceKind, SymbolGraphQuery } from '../../../src/contract/index-service.ts'
import {
  clampDepth,
  createGraphBuilder,
  fileNode,
  type GraphBuilder,
  symbolNode,
} from './builder.ts'
import { implementationsOf } from './dispatch.ts'
import { createResolver, type Resolver } from './meaning.ts'
import { isMeaning } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphReference, GraphSymbol } from './rows.ts'
import { codeKinds, commonMembers, typeKinds } from './scope.ts'
import { maxStarts, startsNamed, withBodies } from './starts.ts'
import { usedBy, usesOf } from './uses.ts'

/** A function handed on is called by whoever gets it: told as `use`. */
const callKinds: ReadonlySet<ReferenceKind> = new Set(['call', 'use'])
/** Definitions that one call may mean; of more, none is told. */
const maxTargets = 8
const maxLikely = 3

export function callGraph(reader: GraphReader, query: SymbolGraphQuery): CodeGraph {
  const resolver = createResolver(reader)
  const builder = createGraphBuilder(query.limit)
  const all = startsNamed(reader, query, canBeCalled)
  const called = all.filter((row) => codeKinds.has(row.kind))
  const starts = (called.length > 0 ? called : all).slice(0, maxStarts)
  if (all.length > maxStarts) builder.cut()
  const roots = starts.flatMap((row) => builder.node(`${row.id}`, () => symbolNode(row), 0) ?? [])
  const depth = clampDepth(query.depth)
  if (query.direction !== 'out')
    walk(starts, { builder, depth, next: callers(resolver, builder), hasMore: mayBeCalled(reader) })
  if (query.direction !== 'in')
    walk(starts, { builder, depth, next: callees(resolver, builder), hasMore: calls(resolver) })
  return builder.graph(roots)
}

function canBeCalled(symbol: GraphSymbol): boolean {
  return symbol.kind !== 'property' && symbol.kind !== 'module'
}

interface Walk {
  builder: GraphBuilder
  depth: number
  /** Adds the neighbours of one symbol and answers them. */
  next(symbol: GraphSymbol, distance: number): GraphSymbol[]
  /** Whether a symbol at the edge of the asked depth has neighbours; cheaper than `next`. */
  hasMore(symbol: GraphSymbol): boolean
}

/** Breadth first. */
function walk(starts: readonly GraphSymbol[], { builder, depth, next, hasMore }: Walk): void {
  const seen = new Set(starts.map((row) => row.id))
  let ring = [...starts]
  for (let distance = 1; distance <= depth && ring.length > 0; distance++) {
    const found: GraphSymbol[] = []
    for (const symbol of ring) {
      if (builder.isOver()) return
      for (const neighbour of next(symbol, distance)) {
        if (seen.has(neighbour.id)) continue
        seen.add(neighbour.id)
        found.push(neighbour)
      }
    }
    ring = found
  }
  if (ring.some((symbol) => builder.isOver() || hasMore(symbol))) builder.cut()
}

/** Something calls what has this name, other than itself. */
function mayBeCalled(reader: GraphReader): Walk['hasMore'] {
  return (symbol) =>
    codeKinds.has(symbol.kind) &&
    (reader
      .referencesTo(symbol.name)
      ?.some((row) => row.kind === 'call' && row.symbolId !== symbol.id) ??
      true)
}

function calls(resolver: Resolver): Walk['hasMore'] {
  return (symbol) =>
    codeKinds.has(symbol.kind) &&
    usedBy(resolver.reader, symbol).some(
      (row) =>
        row.kind === 'call' &&
        targetsOf(resolver, row).some((target) => target.symbol.id !== symbol.id),
    )
}

function callers(resolver: Resolver, builder: GraphBuilder) {
  return (symbol: GraphSymbol, distance: number): GraphSymbol[] => {
    const to = builder.node(`${symbol.id}`, () => symbolNode(symbol), distance - 1)
    if (to === undefined) return []
    const found: GraphSymbol[] = []
    const { isOver, cut } = builder
    for (const use of usesOf(resolver, symbol, { kinds: callKinds, isOver, cut })) {
      const { place, reference } = use
      if (reference.kind === 'use' && (use.reach !== 'sure' || place?.id === symbol.id)) continue
      const from = place
        ? builder.node(`${place.id}`, () => symbolNode(place), distance)
        : builder.node(`file ${use.file.id}`, () => fileNode(use.file), distance)
      if (from === undefined) continue
      const sure = use.reach === 'sure'
      builder.edge({ from, to, line: reference.line, kind: reference.kind, sure })
      // Where only the name agrees, the trail ends.
      if (place && use.reach !== 'name') found.push(place)
    }
    return found
  }
}

function callees(resolver: Resolver, builder: GraphBuilder) {
  const { reader } = resolver
  return (symbol: GraphSymbol, distance: number): GraphSymbol[] => {
    const from = builder.node(`${symbol.id}`, () => symbolNode(symbol), distance - 1)
    if (from === undefined) return []
    const found: GraphSymbol[] = []
    for (const reference of usedBy(reader, symbol)) {
      if (builder.isOver()) break
      if (!callKinds.has(reference.kind)) continue
      for (const target of targetsOf(resolver, reference)) {
        if (target.symbol.id === symbol.id && reference.kind === 'use') continue
        const to = builder.node(`${target.symbol.id}`, () => symbolNode(target.symbol), distance)
        if (to === undefined) continue
        builder.edge({ from, to, line: reference.line, kind: reference.kind, sure: target.sure })
        if (target.trail) found.push(target.symbol)
      }
    }
    return found
  }
}

/** What a call may run: the definition it means, and what overrides or implements it. */
function targetsOf(
  resolver: Resolver,
  reference: GraphReference,
): { symbol: GraphSymbol; sure: boolean; trail: boolean }[] {
  const outcome = resolver.meaningOfReference(reference)
  if (!isMeaning(outcome)) return []
  const isCall = reference.kind === 'call'
  const { sure } = outcome
  if (!sure && (!isCall || (outcome.how === 'name' && commonMembers.has(reference.name)))) return []
  const meant = withBodies(
    outcome.symbols.filter((row) => codeKinds.has(row.kind) || (isCall && typeKinds.has(row.kind))),
  )
  if (meant.length > (sure ? maxTargets : maxLikely)) return []
  const trail = sure || outcome.how === 'member' || outcome.likely === true
  const targets = meant.map((symbol) => ({ symbol, sure, trail }))
  if (!isCall || outcome.how !== 'member') return targets
  const below = meant.flatMap((row) => implementationsOf(resolver, row))
  if (below.length > maxTargets) return targets
  return [...targets, ...below.map((symbol) => ({ symbol, sure: false, trail: true }))]
}
