/** "What does X call", "what does FILE import": one step down the graph, in the order of the code. */
import { plural } from '../../../base/text.ts'
import { graphOf, linksFrom } from '../graph-results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { explainTarget } from './explain.ts'
import { listLines, nodeText } from './links.ts'
import { code, paragraphs, placeLine } from './markdown.ts'
import { placeOfSymbol } from './place.ts'
import { qualified, subjectOf } from './subject.ts'

const shown = 30

export function* calleesOf(asked: Asked): Script {
  const { question, toolkit } = asked
  const subject = yield* subjectOf(asked, question.target)
  if (!subject) return yield* explainTarget(asked)
  if (subject.is === 'unknown') return subject.said
  const file = subject.is === 'file'
  const name = file ? subject.file : qualified(subject.symbol)
  const outcomes: Outcome[] = yield file
    ? toolkit.imports(subject.file, { direction: 'out', external: true })
    : toolkit.callGraph(name, { path: subject.file, direction: 'out' })
  const graph = graphOf(
    outcomes,
    file ? 'get_dependency_graph' : 'get_call_graph',
    name,
    file ? undefined : subject.symbol,
  )
  if (!graph) return yield* explainTarget(asked)
  const links = linksFrom(graph)
  const sure = links.filter((link) => link.sure)
  const unsure = links.filter((link) => !link.sure)
  const verb = file ? 'imports' : 'calls'
  const head = file ? '' : placeLine(placeOfSymbol(subject.symbol))
  if (links.length === 0) {
    return paragraphs(head, `${code(name)} ${verb} nothing of this project.`)
  }
  const line = (link: (typeof links)[number]): string => `- line ${link.line}: ${nodeText(link.to)}`
  return paragraphs(
    head,
    sure.length === 0
      ? ''
      : `${code(name)} ${verb} ${plural(sure.length, file ? 'module' : 'function')}:\n${listLines(sure, shown, line)}`,
    unsure.length === 0
      ? ''
      : `By the name alone, so perhaps another of that name:\n${listLines(unsure, shown, line)}`,
  )
}
