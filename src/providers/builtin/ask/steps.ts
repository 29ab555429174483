/**
 * What a definition does, in the order in which it does it: the calls in it that certainly lead to code of the project,
 * each with what its doc comment says. A type or a class is told by its members.
 */

import { shortHead } from '../definitions.ts'
import { type Graph, type GraphLink, graphOf } from '../graph-results.ts'
import { type SymbolEntry, symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { firstSentence } from '../words.ts'
import { at, code, listed } from './markdown.ts'
import { lastPart, type Place } from './place.ts'
import { qualified } from './subject.ts'

const maxSteps = 8
const maxMembers = 10
const maxNested = 6

const containers = new Set(['class', 'interface', 'struct', 'trait', 'module', 'enum', 'type'])

/** A step with what is known of where it leads. */
interface Known {
  link: GraphLink
  symbol: SymbolEntry | undefined
}

/** `own` is the outline of the place's file. */
export function* stepsOf(place: Place, own: readonly SymbolEntry[], toolkit: Toolkit): Script {
  if (containers.has(place.kind)) return memberLines(place, own)
  if (place.name === '') return ''
  const name = qualified(place)
  const outcomes: Outcome[] = yield toolkit.callGraph(name, {
    path: place.file,
    direction: 'out',
    depth: 2,
  })
  const graph = graphOf(outcomes, 'get_call_graph', name)
  const root = graph?.roots.find((node) => node.file === place.file && node.line === place.line)
  if (!graph || !root) return ''
  const links = graph.links
    .filter((link) => link.from === root && link.to !== root && link.sure)
    .toSorted((a, b) => a.line - b.line)
  const shown = links.slice(0, maxSteps)
  const unknown = shown.map(({ to }) => to).filter((node) => node.file !== place.file)
  const found: Outcome[] = yield unknown.flatMap((node) =>
    toolkit.symbol(lastPart(node.name), { exact: true, limit: 6, path: node.file }),
  )
  const rows = [...own, ...symbolRows(found)]
  const steps = shown.map((link) => ({
    link,
    symbol: rows.find((row) => row.file === link.to.file && row.line === link.to.line),
  }))
  return stepLines(place, steps, { graph, more: links.length - shown.length })
}

function stepLines(
  place: Place,
  steps: readonly Known[],
  { graph, more }: { graph: Graph; more: number },
): string {
  if (steps.length === 0) return ''
  const lines = steps.map(({ link, symbol }, index) => {
    const inner = link.to.file === place.file ? nestedNames(graph, link) : []
    const names = inner.length < 2 ? '' : `\n   - which calls ${listed(inner.map(code), maxNested)}`
    const step = symbol
      ? rowLine(symbol)
      : `${code(link.to.name)} ${at(link.to.file, link.to.line)}`
    return `${index + 1}. ${step}${names}`
  })
  if (more > 0) lines.push(`${lines.length + 1}. … and ${more} more`)
  return `In order, ${code(place.name)} calls:\n${lines.join('\n')}`
}

function nestedNames(graph: Graph, { to }: GraphLink): string[] {
  const inner = graph.links
    .filter((link) => link.from === to && link.to !== to && link.sure)
    .toSorted((a, b) => a.line - b.line)
  return [...new Set(inner.map((link) => link.to.name))]
}

/** Methods first; fields only where there are no methods. */
function memberLines(place: Place, own: readonly SymbolEntry[]): string {
  const members = own.filter(
    (row) =>
      row.file === place.file &&
      !(row.line === place.line && row.name === place.name) &&
      (row.container === place.name ||
        row.container.endsWith(`.${place.name}`) ||
        (row.container === '' && row.line > place.line && row.end <= place.end)),
  )
  const methods = members.filter((row) => row.kind === 'method' || row.kind === 'function')
  const shown = methods.length > 0 ? methods : members
  if (shown.length === 0) return ''
  const lines = shown.slice(0, maxMembers).map((row) => `- ${rowLine(row)}`)
  if (shown.length > maxMembers) lines.push(`- … and ${shown.length - maxMembers} more`)
  return `Its ${methods.length > 0 ? 'methods' : 'members'}:\n${lines.join('\n')}`
}

function rowLine(row: SymbolEntry): string {
  const said = firstSentence(row.doc)
  const head = row.signature === '' ? row.name : shortHead(row.signature)
  return `${code(head)} ${at(row.file, row.line)}${said === '' ? '' : `: ${said}`}`
}
