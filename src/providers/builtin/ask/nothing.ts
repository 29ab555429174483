/** Nothing fits: said plainly, with the nearest names and what to try. */
import { symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { at, code, paragraphs } from './markdown.ts'

export function* nothingFound({ question, toolkit }: Asked): Script {
  const [word] = question.names.length > 0 ? question.names : question.words
  const outcomes: Outcome[] = yield [
    ...(word === undefined ? [] : toolkit.symbol(word, { limit: 5 })),
    ...toolkit.tree('.', 1),
  ]
  const tree = outcomes.find((outcome) => outcome.name === 'print_tree' && outcome.ok)?.text ?? ''
  if (/^\.\/? is empty\.|\n\. is empty\./.test(tree) || tree.trim() === '. is empty.') {
    return 'This directory is empty: there is nothing to look through.'
  }
  if (/^\. holds only/m.test(tree)) {
    return 'Everything in this directory is ignored or hidden: there is nothing that searches look through.'
  }
  const broken = outcomes.find((outcome) => outcome.name === 'find_symbol' && !outcome.ok)
  if (broken) return `I could not look through the code: ${broken.text}`
  const near = symbolRows(outcomes).slice(0, 5)
  const topic = question.words.slice(0, 5).join(' ')
  return paragraphs(
    `Nothing found${topic === '' ? '' : ` about "${topic}"`} in this directory.`,
    near.length === 0
      ? ''
      : `The nearest names:\n${near.map((row) => `- ${code(row.name)} ${at(row.file, row.line)}`).join('\n')}`,
    'I only look things up in the code here: name a function, a file or the words it would use.',
  )
}
