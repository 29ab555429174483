/** Who calls a function, and what it calls. */
import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../base/json.ts'
import type { CodeGraph } from '../contract/code-graph.ts'
import type { Tool } from '../contract/tool.ts'
import text from './get-call-graph.md' with { type: 'text' }
import { type Answer, graphData, graphTree } from './graph-text.ts'
import { askIndex, clampNumber, indexedPath, oneOf, updateIndex } from './search-services.ts'
import { noSuchSymbol } from './symbol-names.ts'

export const callDirections = ['both', 'callers', 'callees'] as const
export type CallDirection = (typeof callDirections)[number]

const input = Type.Object({
  name: Type.String(),
  path: Type.Optional(Type.String()),
  direction: Type.Optional(Type.String({ enum: [...callDirections] })),
  depth: Type.Optional(Type.Integer()),
})

export const graphLimit = 200
const sides = { callers: 'in', callees: 'out', both: 'both' } as const

export const getCallGraph: Tool<typeof input> = {
  name: 'get_call_graph',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const path = await indexedPath(context, given.path)
    const direction = oneOf('direction', given.direction, callDirections)
    await updateIndex(context)
    const { index } = context.services
    const { signal } = context
    const query = {
      name: given.name,
      direction: sides[direction],
      depth: clampNumber(given.depth, { or: 1, min: 1, max: 10 }),
      limit: graphLimit,
      ...(path === undefined ? {} : { path }),
    }
    const graph = await askIndex(() => index.callGraph(query, signal))
    const answer = callGraphAnswer(graph, direction)
    if (!answer.found) {
      const asked = { name: given.name, what: 'function', path }
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

export function callGraphAnswer(graph: CodeGraph, direction: CallDirection): Answer<JsonObject> {
  const lines = graphTree(graph, {
    direction: sides[direction],
    in: 'called by',
    out: 'calls',
    none: {
      in: 'no call is known; find_references lists all uses of the name',
      out: 'calls nothing of this project',
    },
  })
  return { lines, data: graphData(graph), found: graph.roots.length > 0 }
}
