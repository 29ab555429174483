/** Types above and below a type. */
import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../../base/json.ts'
import type { CodeGraph } from '../../contract/code-graph.ts'
import type { Tool } from '../../contract/tool.ts'
import text from './get-inheritance.md' with { type: 'text' }
import {
  type Answer,
  graphData,
  graphLimit,
  graphResult,
  graphTree,
  type Side,
  sideOf,
} from './graph-text.ts'
import { askIndex, indexedPath, updateIndex } from './search-services.ts'
import { noSuchSymbol } from './symbol-names.ts'

export const inheritanceSides: Readonly<Record<string, Side>> = {
  both: 'both',
  ancestors: 'out',
  descendants: 'in',
}

const input = Type.Object({
  name: Type.String(),
  path: Type.Optional(Type.String()),
  direction: Type.Optional(Type.String({ enum: Object.keys(inheritanceSides) })),
})

export const inheritanceDepth = 10

export const getInheritance: Tool<typeof input> = {
  name: 'get_inheritance',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const path = await indexedPath(context, given.path)
    const direction = sideOf(given.direction, inheritanceSides)
    await updateIndex(context)
    const { index } = context.services
    const { signal } = context
    const query = {
      name: given.name,
      direction,
      depth: inheritanceDepth,
      limit: graphLimit,
      ...(path === undefined ? {} : { path }),
    }
    const graph = await askIndex(() => index.inheritance(query, signal))
    const asked = { name: given.name, what: 'type', path }
    return graphResult(inheritanceAnswer(graph, direction), () =>
      askIndex(() => noSuchSymbol(index, asked, signal)),
    )
  },
}

export function inheritanceAnswer(graph: CodeGraph, direction: Side): Answer<JsonObject> {
  const lines = graphTree(graph, {
    direction,
    in: 'below it',
    out: 'above it',
    none: { in: 'nothing below it', out: 'nothing above it' },
  })
  return { lines, data: graphData(graph), found: graph.roots.length > 0 }
}
