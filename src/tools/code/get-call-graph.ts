/** Who calls a function, and what it calls. */
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import type { JsonObject } from '../../base/json.ts'
import type { CodeGraph } from '../../contract/code-graph.ts'
import type { Tool } from '../../contract/tool.ts'
import text from './get-call-graph.md' with { type: 'text' }
import { type Answer, graphData, graphTree, type Side } from './graph-text.ts'
import { askSymbolGraph } from './symbol-graph.ts'

export const callSides: Readonly<Record<string, Side>> = {
  both: 'both',
  callers: 'in',
  callees: 'out',
}

const input = Type.Object({
  name: Type.String(),
  path: Type.Optional(Type.String()),
  direction: Type.Optional(Type.String({ enum: Object.keys(callSides) })),
  depth: Type.Optional(Type.Integer()),
})

export const getCallGraph: Tool<typeof input> = {
  name: 'get_call_graph',
  text,
  input,
  effect: 'read',
  run: (given, context) =>
    askSymbolGraph(
      given,
      {
        graph: 'callGraph',
        what: 'function',
        sides: callSides,
        depth: clampNumber(given.depth, { or: 1, min: 1, max: 10 }),
        answer: callGraphAnswer,
      },
      context,
    ),
}

export function callGraphAnswer(graph: CodeGraph, direction: Side): Answer<JsonObject> {
  const lines = graphTree(graph, {
    direction,
    in: 'called by',
    out: 'calls',
    none: {
      in: 'no call is known; find_references lists all uses of the name',
      out: 'calls nothing of this project',
    },
  })
  return { lines, data: graphData(graph), found: graph.roots.length > 0 }
}
