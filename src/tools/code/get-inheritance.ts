/** Types above and below a type. */
import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../../base/json.ts'
import type { CodeGraph } from '../../contract/code-graph.ts'
import type { Tool } from '../../contract/tool.ts'
import text from './get-inheritance.md' with { type: 'text' }
import { type Answer, graphData, graphTree, type Side } from './graph-text.ts'
import { askSymbolGraph } from './symbol-graph.ts'

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
  run: (given, context) =>
    askSymbolGraph(
      given,
      {
        graph: 'inheritance',
        what: 'type',
        sides: inheritanceSides,
        depth: inheritanceDepth,
        answer: inheritanceAnswer,
      },
      context,
    ),
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
