/** Nodes of the tree that are words of a command, to words. */

import type { Expansion } from './atom.ts'
import { expansionTypes, readExpansion } from './expansions.ts'
import type { Node } from './grammar.ts'
import { fault, type Reader } from './reader.ts'
import { unseen, type Word } from './script.ts'
import { readWord } from './words.ts'

export const wordTypes: ReadonlySet<string> = new Set([
  ...expansionTypes,
  'word',
  'number',
  'string',
  'raw_string',
  'ansi_c_string',
  'translated_string',
  'concatenation',
  'brace_expression',
  'variable_name',
  'special_variable_name',
  '$',
])

export function readWords(reader: Reader, nodes: readonly Node[]): Word[] {
  return spansOf(nodes).flatMap((span) => readSpan(reader, span))
}

/** A word that stays one: the target of a redirection, the value of an assignment. */
export function readOneWord(reader: Reader, nodes: readonly Node[]): Word | undefined {
  const words = readWords(reader, nodes)
  const [first] = words
  return words.length === 1 ? first : words.length === 0 ? undefined : unseen(first?.text ?? '')
}

interface Span {
  start: number
  end: number
  nodes: Node[]
}

/** The grammar gives some words in two parts, `$` and the string behind it: what touches is one word. */
function spansOf(nodes: readonly Node[]): Span[] {
  const spans: Span[] = []
  for (const node of nodes) {
    const last = spans.at(-1)
    if (last && last.end === node.start) {
      last.end = node.end
      last.nodes.push(node)
    } else spans.push({ start: node.start, end: node.end, nodes: [node] })
  }
  return spans
}

function readSpan(reader: Reader, span: Span): Word[] {
  const found = new Map<number, Expansion>()
  const collect = (node: Node): void => {
    if (node.broken) fault(reader, 'its syntax was not understood')
    if (expansionTypes.has(node.type)) {
      // A lone `$` is one of these, too, in places.
      found.set(node.start, readExpansion(reader, node))
    } else for (const child of node.children) collect(child)
  }
  for (const node of span.nodes) {
    if (!wordTypes.has(node.type))
      fault(reader, `a part of the shell that is not judged (${node.type.replaceAll('_', ' ')})`)
    collect(node)
  }
  const used = new Set<number>()
  const words = readWord(reader.text, span, {
    home: reader.home,
    expansionAt: (index) => {
      used.add(index)
      return found.get(index)
    },
  })
  if (words && used.size === found.size) return words
  fault(reader, 'a word whose quotes were not understood')
  return [unseen(reader.text.slice(span.start, span.end))]
}
