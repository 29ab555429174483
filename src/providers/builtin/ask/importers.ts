/** "Who imports FILE": by the index, which resolves every import to its file. */
import { plural } from '../../../base/text.ts'
import { type Graph, graphOf, linksTo } from '../graph-results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { callerLine, listLines } from './links.ts'
import { at, code, listed, paragraphs } from './markdown.ts'
import { subjectOf } from './subject.ts'

const shown = 20

export function* importersOf(asked: Asked, path: string): Script {
  const { toolkit, question } = asked
  const subject = yield* subjectOf(asked, path)
  if (subject?.is !== 'file') {
    return paragraphs(
      `There is no file ${code(path)} here.`,
      `Ask about a name in it instead: \`what calls ${question.words[0] ?? 'parseConfig'}?\``,
    )
  }
  const { file } = subject
  const outcomes: Outcome[] = yield toolkit.imports(file, { direction: 'in' })
  const graph = graphOf(outcomes, 'get_dependency_graph', file)
  if (!graph)
    return `Who imports ${code(file)} is known by the index only, which is off in this run.`
  const links = linksTo(graph)
  if (links.length === 0) return `No file here imports ${code(file)}.`
  const tests = links.filter((link) => link.from.test)
  const rest = links.filter((link) => !link.from.test)
  const and = tests.length > 0 ? ` and ${plural(tests.length, 'test')}` : ''
  const lines = listLines([...rest, ...tests], shown, callerLine)
  return `${code(file)} is imported by ${plural(rest.length, 'file')}${and}:\n${lines}`
}

/** One sentence, for an answer about something in the file; empty where nobody imports it or nothing is known. */
export function importedBy(graph: Graph | undefined, file: string): string {
  if (!graph) return ''
  const links = linksTo(graph).filter((link) => !link.from.test)
  const names = [...new Set(links.map((link) => at(link.from.file, 0)))]
  return names.length === 0 ? '' : `${code(file)} is imported by ${listed(names, 6)}.`
}
