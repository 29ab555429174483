/** Types above and below a type: what it extends, implements, embeds or mixes in, and what does so with it. */
import type { CodeGraph } from '../../../src/contract/code-graph.ts'
import type { SymbolGraphQuery } from '../../../src/contract/index-service.ts'
import {
  clampDepth,
  createGraphBuilder,
  externalNode,
  type GraphBuilder,
  symbolNode,
} from './builder.ts'
import { satisfiedInterfaces, satisfyingTypes } from './go-interfaces.ts'
import type { GraphReader } from './reader.ts'
import type { GraphSymbol } from './rows.ts'
import { maxStarts, startsNamed } from './starts.ts'
import { type BaseLink, basesOf, isType, subtypesOf } from './types.ts'

export function inheritance(reader: GraphReader, query: SymbolGraphQuery): CodeGraph {
  const builder = createGraphBuilder(query.limit)
  const all = startsNamed(reader, query, isType)
  const starts = all.slice(0, maxStarts)
  if (all.length > maxStarts) builder.cut()
  const roots = starts.flatMap((row) => builder.node(`${row.id}`, () => symbolNode(row), 0) ?? [])
  const depth = clampDepth(query.depth)
  if (query.direction !== 'in') climb(reader, builder, { starts, depth, upward: true })
  if (query.direction !== 'out') climb(reader, builder, { starts, depth, upward: false })
  return builder.graph(roots)
}

function climb(
  reader: GraphReader,
  builder: GraphBuilder,
  { starts, depth, upward }: { starts: GraphSymbol[]; depth: number; upward: boolean },
): void {
  const seen = new Set(starts.map((row) => row.id))
  let ring = starts
  for (let distance = 1; distance <= depth && ring.length > 0; distance++) {
    const found: GraphSymbol[] = []
    for (const type of ring) {
      if (builder.isOver()) return
      const own = builder.node(`${type.id}`, () => symbolNode(type), distance - 1)
      if (own === undefined) continue
      for (const link of upward ? above(reader, type) : below(reader, type)) {
        const other = builder.node(`${link.type.id}`, () => symbolNode(link.type), distance)
        if (other === undefined) continue
        const [from, to] = upward ? [own, other] : [other, own]
        builder.edge({ from, to, line: link.line, kind: link.kind, sure: link.sure })
        if (seen.has(link.type.id)) continue
        seen.add(link.type.id)
        found.push(link.type)
      }
      if (upward) addExternal(reader, builder, { type, own, distance })
    }
    ring = found
  }
  if (ring.some((type) => (upward ? above(reader, type) : below(reader, type)).length > 0))
    builder.cut()
}

function above(reader: GraphReader, type: GraphSymbol): BaseLink[] {
  return [
    ...basesOf(reader, type).known,
    ...satisfiedInterfaces(reader, type).map((row) =>
      satisfied(reader, row, { type: row, line: type.line }),
    ),
  ]
}

function below(reader: GraphReader, type: GraphSymbol): BaseLink[] {
  return [
    ...subtypesOf(reader, type),
    ...satisfyingTypes(reader, type).map((row) =>
      satisfied(reader, type, { type: row, line: row.line }),
    ),
  ]
}

/** What an interface embeds from outside the project may ask for more methods. */
function satisfied(
  reader: GraphReader,
  wanted: GraphSymbol,
  link: { type: GraphSymbol; line: number },
): BaseLink {
  const sure = basesOf(reader, wanted).external.length === 0
  return { ...link, kind: 'implements', sure }
}

function addExternal(
  reader: GraphReader,
  builder: GraphBuilder,
  { type, own, distance }: { type: GraphSymbol; own: number; distance: number },
): void {
  for (const base of basesOf(reader, type).external) {
    const to = builder.node(`external ${base.name}`, () => externalNode('', base.name), distance)
    if (to !== undefined)
      builder.edge({ from: own, to, line: base.line, kind: base.kind, sure: false })
  }
}
