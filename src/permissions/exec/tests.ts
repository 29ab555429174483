/**
 * The words of `[ … ]` and `[[ … ]]`. The first is a command like any other, whatever the grammar makes of `&&` or `>`
 * in it; the second evaluates some operands as arithmetic, which can run code.
 */
import { expansionTypes, readExpansion } from './expansions.ts'
import type { Node } from './grammar.ts'
import { checkGap, fault, holdsNumber, type Reader, sourceOf } from './reader.ts'
import { literal, type Word } from './script.ts'
import { readWords, wordTypes } from './tree-words.ts'

const singleTokens = /^(?:\[|\]|=|==|!=|!|-[a-zA-Z]+)$/
const doubleTokens = /^(?:\[\[|\]\]|&&|\|\||\(|\)|!|<|>|=|==|!=|=~|-[a-zA-Z]+)$/
const arithmetic = /^-(?:eq|ne|lt|le|gt|ge)$/

export function readTestWords(reader: Reader, node: Node): Word[] {
  const open = node.children[0]?.type
  const tokens = open === '[' ? singleTokens : doubleTokens
  const words: Word[] = []
  const visit = (one: Node): void => {
    if (one.broken) fault(reader, 'its syntax was not understood')
    if (wordTypes.has(one.type)) words.push(...readWords(reader, [one]))
    else if (one.type === 'regex' || one.type === 'extglob_pattern') readPattern(reader, one)
    else if (one.children.length > 0) {
      one.children.forEach((child, index) => {
        const previous = one.children[index - 1]
        if (previous) checkGap(reader, previous.end, child.start, open === '[[')
        visit(child)
      })
    } else {
      const source = sourceOf(reader, one)
      if (!tokens.test(source)) fault(reader, 'a test was not understood')
      words.push(literal(source))
    }
  }
  visit(node)
  // `[[x` is a word; the grammar takes it for the beginning of a test.
  const source = sourceOf(reader, node)
  if (open === undefined || !/\s/.test(source[open.length] ?? '') || !/\s\]\]?$/.test(source))
    fault(reader, 'a test was not understood')
  if (open === '[[') checkArithmetic(reader, words)
  if (/[<>]\(/.test(source)) fault(reader, 'a test with a substitution')
  return words
}

/** A pattern matches and runs nothing, as long as nothing is substituted in it. */
function readPattern(reader: Reader, node: Node): void {
  const nested = node.children.filter((child) => expansionTypes.has(child.type))
  for (const child of nested) readExpansion(reader, child)
  const source = nested.reduceRight(
    (text, child) => text.slice(0, child.start - node.start) + text.slice(child.end - node.start),
    sourceOf(reader, node),
  )
  if (/[`]|\$[({]|[<>]\(/.test(source)) fault(reader, 'a pattern with a substitution')
}

function checkArithmetic(reader: Reader, words: readonly Word[]): void {
  words.forEach((word, index) => {
    if (!arithmetic.test(word.text)) return
    for (const operand of [words[index - 1], words[index + 1]])
      if (!operand || !isNumber(reader, operand))
        fault(reader, 'arithmetic with something that may be more than a number')
  })
}

function isNumber(reader: Reader, word: Word): boolean {
  if (word.value !== undefined) return /^-?\d+$/.test(word.value)
  const [name, ...more] = word.variables
  if (name !== undefined && more.length === 0 && /^\$\{?\w+\}?$/.test(word.text))
    return holdsNumber(reader, name)
  return /^(?:\$[#?]|\$\{#\w+\})$/.test(word.text)
}
