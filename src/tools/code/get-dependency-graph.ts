/** What a file or directory imports, who imports it, and imports that go round. */
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import type { JsonObject } from '../../base/json.ts'
import type { CodeGraph } from '../../contract/code-graph.ts'
import type { Tool } from '../../contract/tool.ts'
import text from './get-dependency-graph.md' with { type: 'text' }
import { type Answer, graphData, graphLimit, graphTree, type Side, sideOf } from './graph-text.ts'
import { importCycles } from './import-cycles.ts'
import { askIndex, indexedPath, updateIndex } from './search-services.ts'

export const importSides: Readonly<Record<string, Side>> = {
  both: 'both',
  imports: 'out',
  imported_by: 'in',
}

const input = Type.Object({
  path: Type.String(),
  direction: Type.Optional(Type.String({ enum: Object.keys(importSides) })),
  depth: Type.Optional(Type.Integer()),
  external: Type.Optional(Type.Boolean()),
})

const maxCyclesShown = 10

export const getDependencyGraph: Tool<typeof input> = {
  name: 'get_dependency_graph',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const path = (await indexedPath(context, given.path)) ?? ''
    const direction = sideOf(given.direction, importSides)
    await updateIndex(context)
    const query = {
      path,
      direction,
      depth: clampNumber(given.depth, { or: 1, min: 1, max: 10 }),
      limit: graphLimit,
      ...(given.external ? { external: true } : {}),
    }
    const graph = await askIndex(() =>
      context.services.index.dependencyGraph(query, context.signal),
    )
    const { lines, data } = dependencyAnswer(graph, direction)
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
  },
}

export function dependencyAnswer(
  graph: CodeGraph,
  direction: Side,
): Answer<JsonObject & { cycles: string[][] }> {
  const cycles = importCycles(graph)
  const lines =
    graph.roots.length > 1
      ? directoryLines(graph, direction)
      : graphTree(graph, {
          direction,
          in: 'imported by',
          out: 'imports',
          none: { in: 'no file here imports it', out: 'imports nothing of this project' },
        })
  const rings = cycles.slice(0, maxCyclesShown).map((ring) => `cycle: ${ring.join(' -> ')}`)
  return {
    lines: [...lines, ...rings],
    data: { ...graphData(graph), cycles },
    found: graph.roots.length > 0,
  }
}

/** Of a directory only what crosses its border is told, file by file outside. */
function directoryLines(graph: CodeGraph, direction: Side): string[] {
  const roots = new Set(graph.roots)
  const across = (side: 'in' | 'out') => {
    const counts = new Map<number, number>()
    for (const { from, to } of graph.edges) {
      const [inside, outside] = side === 'out' ? [from, to] : [to, from]
      if (roots.has(inside) && !roots.has(outside))
        counts.set(outside, (counts.get(outside) ?? 0) + 1)
    }
    return [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([at, count]) => `    ${graph.nodes[at]?.path ?? ''}${count > 1 ? ` (${count})` : ''}`)
  }
  const lines = [`${graph.roots.length} files`]
  if (direction !== 'out') lines.push('  imported by:', ...orNothing(across('in')))
  if (direction !== 'in') lines.push('  import:', ...orNothing(across('out')))
  return lines
}

function orNothing(lines: string[]): string[] {
  return lines.length === 0 ? ['    nothing outside'] : lines
}
