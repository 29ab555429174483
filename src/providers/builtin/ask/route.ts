/** "How does A reach B", "does A use B": the shortest way in the graph of calls, else in that of imports. */
import { type Graph, type GraphLink, type GraphRow, graphOf } from '../graph-results.ts'
import { shortestPath } from '../paths.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { nodeText } from './links.ts'
import { locate } from './locate.ts'
import { at, code, paragraphs } from './markdown.ts'
import { qualified, type Subject, subjectOf } from './subject.ts'

const depth = 8

export function* routeBetween(asked: Asked): Script {
  const { question } = asked
  const first = yield* subjectOf(asked, question.target)
  const second = yield* subjectOf(asked, question.other)
  const asTopic = { ...asked, question: { ...question, intent: 'how' as const } }
  const plain = isPlain(question.target) && isPlain(question.other)
  if (!first || !second || (plain && [first, second].some((one) => one.is === 'unknown')))
    return yield* locate(asTopic)
  if (first.is === 'unknown') return first.said
  if (second.is === 'unknown') return second.said
  const calls = yield* callRoute(asked, first, second)
  if (calls) return paragraphs(`${nameOf(first)} ${endsOf(calls, 'calls')}:`, steps(calls, 'calls'))
  const imports = yield* importRoute(asked, first, second)
  if (imports)
    return paragraphs(
      `${first.is === 'symbol' || second.is === 'symbol' ? 'No chain of calls leads from one to the other; their files hang together:\n\n' : ''}${code(imports[0]?.from.file ?? '')} ${endsOf(imports, 'imports')}:`,
      steps(imports, 'imports'),
    )
  if (plain && /^how\b/i.test(question.text)) return yield* locate(asTopic)
  return `${nameOf(first)} and ${nameOf(second)} do not hang together: no chain of calls or imports within ${depth} steps leads from one to the other, in either direction.`
}

/** A word as sentences have them, like the threads of "how does the program use threads". */
function isPlain(typed: string): boolean {
  return /^[a-z]+$/.test(typed)
}

type Known = Exclude<Subject, { is: 'unknown' }>

function nameOf(subject: Known): string {
  return code(subject.is === 'file' ? subject.file : qualified(subject.symbol))
}

/** In either direction, the asked one first. */
function* callRoute({ toolkit }: Asked, a: Known, b: Known): Script<GraphLink[] | undefined> {
  if (a.is !== 'symbol' || b.is !== 'symbol') return undefined
  const options = { direction: 'out', depth } as const
  const outcomes: Outcome[] = yield [a, b].flatMap((one) =>
    toolkit.callGraph(qualified(one.symbol), { ...options, path: one.file }),
  )
  const isIt = (one: typeof a) => (node: GraphRow) =>
    node.file === one.file && node.line === one.symbol.line
  // As the end any of that name will do: nobody types which of them is meant.
  const hasName = (one: typeof a) => (node: GraphRow) =>
    [one.symbol, ...one.others].some((row) => node.file === row.file && node.line === row.line)
  const graph = (one: typeof a) => graphOf(outcomes, 'get_call_graph', qualified(one.symbol))
  return between(graph(a), isIt(a), hasName(b)) ?? between(graph(b), isIt(b), hasName(a))
}

function* importRoute({ toolkit }: Asked, a: Known, b: Known): Script<GraphLink[] | undefined> {
  if (a.file === b.file) return undefined
  const options = { direction: 'out', depth } as const
  const outcomes: Outcome[] = yield [a, b].flatMap((one) => toolkit.imports(one.file, options))
  const is = (one: Known) => (node: GraphRow) => node.file === one.file
  const graph = (one: Known) => graphOf(outcomes, 'get_dependency_graph', one.file)
  return between(graph(a), is(a), is(b)) ?? between(graph(b), is(b), is(a))
}

function between(
  graph: Graph | undefined,
  isStart: (node: GraphRow) => boolean,
  isEnd: (node: GraphRow) => boolean,
): GraphLink[] | undefined {
  const start = graph?.nodes.find(isStart)
  const ends = graph?.nodes.filter((node) => isEnd(node) && node !== start) ?? []
  if (!graph || !start) return undefined
  const sure = { ...graph, links: graph.links.filter((link) => link.sure) }
  const ways = [sure, graph].flatMap((one) =>
    ends.flatMap((end) => {
      const way = shortestPath(one, start, end)
      return way ? [way] : []
    }),
  )
  return ways.find((way) => way.length > 0)
}

function endsOf(links: readonly GraphLink[], verb: string): string {
  const last = links.at(-1)?.to
  const name = last === undefined ? '' : code(last.name === '' ? last.file : last.name)
  return links.length === 1 ? `${verb} ${name}` : `${verb} ${name} in ${links.length} steps`
}

function steps(links: readonly GraphLink[], verb: string): string {
  return links
    .map((link, index) => {
      const from = link.from.name === '' ? '' : `${code(link.from.name)} `
      const unsure = link.sure ? '' : ', by the name alone'
      return `${index + 1}. ${from}${at(link.from.file, link.line)} ${verb} ${nodeText(link.to)}${unsure}`
    })
    .join('\n')
}
