/** What the tools of graphs between symbols share: the question, its bounds, and what is said where nothing is found. */
import type { JsonObject } from '../../base/json.ts'
import type { CodeGraph } from '../../contract/code-graph.ts'
import type { SymbolGraphQuery } from '../../contract/index-service.ts'
import type { ToolContext, ToolResult } from '../../contract/tool.ts'
import { type Answer, graphLimit, graphResult, type Side, sideOf } from './graph-text.ts'
import { askIndex, indexedPath, updateIndex } from './search-services.ts'
import { noSuchSymbol } from './symbol-names.ts'

interface Asked {
  name: string
  path?: string
  direction?: string
}

interface SymbolGraphQuestion {
  graph: 'callGraph' | 'inheritance'
  /** The sort of symbol that is asked of. */
  what: string
  sides: Readonly<Record<string, Side>>
  depth: number
  answer(graph: CodeGraph, direction: Side): Answer<JsonObject>
}

export async function askSymbolGraph(
  { name, ...given }: Asked,
  { graph, what, sides, depth, answer }: SymbolGraphQuestion,
  context: ToolContext,
): Promise<ToolResult> {
  const path = await indexedPath(context, given.path)
  const direction = sideOf(given.direction, sides)
  await updateIndex(context)
  const { index } = context.services
  const query: SymbolGraphQuery = {
    name,
    direction,
    depth,
    limit: graphLimit,
    ...(path === undefined ? {} : { path }),
  }
  const found = await askIndex(() => index[graph](query, context.signal))
  return graphResult(answer(found, direction), () =>
    askIndex(() => noSuchSymbol(index, { name, what, path }, context.signal)),
  )
}
