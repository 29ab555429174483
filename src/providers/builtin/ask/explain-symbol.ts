/**
 * One symbol: what it is, what it does, its relatives, what it calls, who calls it, who imports its file, its tests and
 * when it last changed.
 */

import { shortHead } from '../definitions.ts'
import { type Graph, graphOf, impactOf } from '../graph-results.ts'
import { fileText, type SymbolEntry, symbolRows, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { firstSentence } from '../words.ts'
import type { Asked } from './asked.ts'
import { connections, realUses } from './connections.ts'
import { lastChange } from './history.ts'
import { importedBy } from './importers.ts'
import { nodeText } from './links.ts'
import { at, code, excerpt, fileDoc, listed, paragraphs } from './markdown.ts'
import { placeOfSymbol } from './place.ts'
import { stepsOf } from './steps.ts'
import { alsoNamed, qualified } from './subject.ts'

const excerptLines = 18
const readLines = 400
/** Calls and types between a test and the symbol. */
const testDepth = 4
const shownTests = 4
const shownRelatives = 5
const types = new Set(['class', 'interface', 'struct', 'trait', 'type', 'enum'])

export function* explainSymbol(
  { toolkit }: Asked,
  symbol: SymbolEntry,
  others: readonly SymbolEntry[],
): Script {
  const place = placeOfSymbol(symbol)
  const name = qualified(symbol)
  const path = symbol.file
  const offset = symbol.line + excerptLines < readLines ? 1 : Math.max(1, symbol.line - 5)
  const found: Outcome[] = yield [
    ...toolkit.read(path, { offset, limit: readLines }),
    ...toolkit.outline(path),
    ...toolkit.uses(symbol.name),
    ...(types.has(symbol.kind)
      ? toolkit.inheritance(name, { path, direction: 'both' })
      : toolkit.callGraph(name, { path, direction: 'in' })),
    ...toolkit.imports(path, { direction: 'in' }),
    ...toolkit.impact({ name, path }, testDepth),
    ...toolkit.history(path, symbol),
  ]
  const text = fileText(found, path)
  const outline = symbolRows(found.filter((outcome) => outcome.name === 'outline'))
  const steps = yield* stepsOf(place, outline, toolkit)
  const uses = realUses(place, useRows(found))
  const calls = graphOf(found, 'get_call_graph', name, symbol)
  const imports = graphOf(found, 'get_dependency_graph', path)
  const doc = symbol.doc.replace(/\s+/g, ' ').trim()
  return paragraphs(
    heading(symbol, fileDoc(text, path)),
    doc,
    relatives(graphOf(found, 'get_inheritance', name, symbol), symbol),
    steps,
    excerpt(path, text, { from: symbol.line, to: symbol.end, maxLines: excerptLines }),
    connections(place, uses, calls) || `Nothing else here uses ${code(symbol.name)} by that name.`,
    [importedBy(imports, path), testsText(found, { name, path }, uses)]
      .filter((sentence) => sentence !== '')
      .join(' '),
    lastChange(found),
    alsoNamed({ others }),
  )
}

function heading(symbol: SymbolEntry, doc: string): string {
  const inside = symbol.container === '' ? '' : ` of ${code(symbol.container)}`
  const visible = symbol.exported ? '' : ', not exported'
  const said = firstSentence(doc)
  const file = said === '' ? '' : ` The file: ${said}`
  return `${code(shortHead(symbol.signature || symbol.name))} is a ${symbol.kind || 'definition'}${inside} at ${at(symbol.file, symbol.line)}, ${lines(symbol)}${visible}.${file}`
}

function lines(symbol: SymbolEntry): string {
  const count = symbol.end - symbol.line + 1
  return count === 1 ? '1 line' : `${count} lines`
}

function relatives(graph: Graph | undefined, symbol: SymbolEntry): string {
  if (!graph) return ''
  const sure = graph.links.filter((link) => link.sure)
  const bases = sure.filter((link) => graph.roots.includes(link.from))
  const subtypes = sure.filter((link) => graph.roots.includes(link.to))
  const say = (lead: string, names: string[]): string =>
    names.length === 0 ? '' : `${lead} ${listed([...new Set(names)], shownRelatives)}.`
  return [
    say(
      `${code(symbol.name)} extends or implements`,
      bases.map((link) => nodeText(link.to)),
    ),
    say(
      'It is extended or implemented by',
      subtypes.map((link) => nodeText(link.from)),
    ),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** Tests that reach it through others, where none names it. */
function testsText(
  outcomes: readonly Outcome[],
  about: { name: string; path: string },
  uses: readonly { file: string }[],
): string {
  const impact = impactOf(outcomes, about)
  if (!impact || impact.tests.some((file) => uses.some((use) => use.file === file))) return ''
  if (impact.tests.length === 0) return ''
  return `Tests reach it through others: ${listed(impact.tests.map(code), shownTests)}.`
}
