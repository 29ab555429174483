/** Types above and below a type. */
import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../base/json.ts'
import type { CodeGraph } from '../contract/code-graph.ts'
import type { Tool } from '../contract/tool.ts'
import { graphLimit } from './get-call-graph.ts'
import text from './get-inheritance.md' with { type: 'text' }
import { type Answer, graphData, graphTree } from './graph-text.ts'
import { askIndex, indexedPath, oneOf, updateIndex } from './search-services.ts'
import { noSuchSymbol } from './symbol-names.ts'

export const inheritanceDirections = ['both', 'ancestors', 'descendants'] as const
export type InheritanceDirection = (typeof inheritanceDirections)[number]

const input = Type.Object({
  name: Type.String(),
  path: Type.Optional(Type.String()),
  direction: Type.Optional(Type.String({ enum: [...inheritanceDirections] })),
})

const sides = { ancestors: 'out', descendants: 'in', both: 'both' } as const
export const inheritanceDepth = 10

export const getInheritance: Tool<typeof input> = {
  name: 'get_inheritance',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const path = await indexedPath(context, given.path)
    const direction = oneOf('direction', given.direction, inheritanceDirections)
    await updateIndex(context)
    const { index } = context.services
    const { signal } = context
    const query = {
      name: given.name,
      direction: sides[direction],
      depth: inheritanceDepth,
      limit: graphLimit,
      ...(path === undefined ? {} : { path }),
    }
    const graph = await askIndex(() => index.inheritance(query, signal))
    const answer = inheritanceAnswer(graph, direction)
    if (!answer.found) {
      const asked = { name: given.name, what: 'type', path }
      const content = await askIndex(() => noSuchSymbol(index, asked, signal))
      return { content, data: answer.data }
    }
    return {
      content: answer.lines.join('\n'),
      detail: { type: 'list', lines: answer.lines },
      data: answer.data,
    }
  },
}

export function inheritanceAnswer(
  graph: CodeGraph,
  direction: InheritanceDirection,
): Answer<JsonObject> {
  const lines = graphTree(graph, {
    direction: sides[direction],
    in: 'below it',
    out: 'above it',
    none: { in: 'nothing below it', out: 'nothing above it' },
  })
  return { lines, data: graphData(graph), found: graph.roots.length > 0 }
}
