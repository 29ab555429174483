/** "Subclasses of X", "what implements X", "what does X extend": up or down the inheritance of a type. */
import { plural } from '../../../base/text.ts'
import { type Graph, type GraphLink, type GraphRow, graphOf } from '../graph-results.ts'
import { type SymbolEntry, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { callersOf } from './callers.ts'
import { listLines, nodeText } from './links.ts'
import { locate } from './locate.ts'
import { code, paragraphs, placeLine } from './markdown.ts'
import { lastPart, placeOfSymbol } from './place.ts'
import { nameIn, qualified, type Subject, subjectOf } from './subject.ts'
import { useLines } from './use-lines.ts'

const shown = 20

export function* subtypesOf(asked: Asked): Script {
  return yield* relatives(asked, 'in')
}

export function* basesOf(asked: Asked): Script {
  return yield* relatives(asked, 'out')
}

function* relatives(asked: Asked, direction: 'in' | 'out'): Script {
  const { question, toolkit } = asked
  if (!toolkit.has('get_inheritance')) return yield* callersOf(asked)
  const subject = yield* subjectOf(asked, question.target)
  const type = subject?.is === 'symbol' ? typeAmong(subject, question.target) : undefined
  // A base that is not defined here, of a library, has subtypes all the same.
  const name = type ? qualified(type) : nameIn(question.target)
  if (name === undefined) return yield* locate(asked)
  const outcomes: Outcome[] = yield toolkit.inheritance(name, {
    direction,
    ...(type ? { path: type.file } : {}),
  })
  const graph = graphOf(outcomes, 'get_inheritance', name, type)
  const head = type ? placeLine(placeOfSymbol(type)) : ''
  if (!graph || graph.links.length === 0) {
    const named = direction === 'in' ? yield* subtypesByName(asked, lastPart(name)) : ''
    if (named === '' && subject?.is === 'unknown') return subject.said
    return paragraphs(head, named || none(name, direction))
  }
  return paragraphs(head, ...levels(graph, name, direction))
}

const types = new Set(['class', 'interface', 'struct', 'trait', 'type', 'enum', 'module'])

/** Spelt as it was asked: a field `error` is not the class `Error`. */
function typeAmong(
  { symbol, others }: Extract<Subject, { is: 'symbol' }>,
  typed: string,
): SymbolEntry | undefined {
  const name = lastPart(nameIn(typed) ?? typed)
  return [symbol, ...others].find((row) => row.name === name && types.has(row.kind))
}

/** Heirs of a base that is defined elsewhere: what names it as its base. */
function* subtypesByName({ toolkit }: Asked, name: string): Script {
  const outcomes: Outcome[] = yield toolkit.uses(name)
  const uses = useRows(outcomes).filter((use) => use.kind === 'inherit')
  if (uses.length === 0) return ''
  return `${code(name)} is not defined here; it is extended or implemented in ${plural(uses.length, 'place')}:\n${useLines(uses, shown)}`
}

function none(name: string, direction: 'in' | 'out'): string {
  return direction === 'in'
    ? `Nothing here extends or implements ${code(name)}.`
    : `${code(name)} extends and implements nothing.`
}

function unsure(link: GraphLink): string {
  return link.sure ? '' : ', as far as the name says'
}

/** The nearest first; farther ones with the one between. */
function levels(graph: Graph, name: string, direction: 'in' | 'out'): string[] {
  const near = (link: GraphLink): GraphRow => (direction === 'in' ? link.to : link.from)
  const far = (link: GraphLink): GraphRow => (direction === 'in' ? link.from : link.to)
  const direct = graph.links.filter((link) => graph.roots.includes(near(link)))
  const rest = graph.links.filter((link) => !direct.includes(link))
  const verb =
    direction === 'in'
      ? `${plural(direct.length, 'type')} ${direct.length === 1 ? 'extends or implements' : 'extend or implement'} ${code(name)}`
      : `${code(name)} extends or implements ${plural(direct.length, 'type')}`
  return [
    `${verb}:\n${listLines(direct, shown, (link) => `- ${nodeText(far(link))}${unsure(link)}`)}`,
    rest.length === 0
      ? ''
      : `Through them:\n${listLines(rest, shown, (link) => `- ${nodeText(far(link))}, by ${code(near(link).name)}${unsure(link)}`)}`,
  ]
}
