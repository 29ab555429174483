/**
 * How many tokens a text will take, without a tokenizer: words, numbers, signs and lines are counted in one pass, each
 * kind with what it takes on the average. What a model counts differently is learned (calibration.ts).
 */
import type { Message } from '../contract/message.ts'
import { imageTokens } from './image-tokens.ts'

/** `wide`: of scripts that take about a token a character; models differ there most. */
export interface Tokens {
  plain: number
  wide: number
}

const tokensPerMessage = 6
const usualWordChars = 7

/** Fitted to what two tokenizers count in code, prose, JSON, logs and listings; see test/fixtures/token-counts.json. */
const weight = {
  word: 1,
  /** A letter of a word beyond the usual. */
  longWord: 0.16,
  /** Three digits. */
  digits: 1.2,
  signs: 0.77,
  /** A sign of a run beyond the second. */
  moreSigns: 0.37,
  line: 0.93,
  indent: 0.48,
  otherLetter: 0.42,
  wide: 1.05,
} as const

/**
 * One run after another, whatever the text: words (`camelCase` is two, `HTTPServer` too), digits, lines, spaces, other
 * letters, wide ones, signs. A regular expression, since the first text is measured before anything is compiled: the same
 * by a loop over characters takes ten times as long then.
 */
const runs =
  /[A-Z]+(?=[A-Z][a-z])|[A-Z]{2,}|[A-Z]?[a-z]+|[A-Z]|\d+|[\n\r]+|[ \t]+|[\u0080-\u2e7f]+|[\u2e80-\uffff]+|[^A-Za-z\d\n\r \t\u0080-\uffff]+/g

type Kind = 'letter' | 'digit' | 'line' | 'space' | 'sign' | 'other' | 'wide'

export function textTokens(text: string): Tokens {
  const next = new RegExp(runs)
  let plain = 0
  let wide = 0
  for (let at = 0; at < text.length; ) {
    const kind = kindOf(text.charCodeAt(at))
    next.test(text)
    const end = next.lastIndex
    const chars = end - at
    switch (kind) {
      case 'letter':
        plain += weight.word + Math.max(0, chars - usualWordChars) * weight.longWord
        break
      case 'digit':
        plain += Math.ceil(chars / 3) * weight.digits
        break
      case 'sign':
        plain += weight.signs + Math.max(0, chars - 2) * weight.moreSigns
        break
      case 'line':
        plain += weight.line
        break
      case 'space':
        if (chars > 1) plain += weight.indent
        break
      case 'other':
        plain += chars * weight.otherLetter
        break
      case 'wide':
        wide += chars * weight.wide
        break
    }
    at = end
  }
  return { plain, wide }
}

function kindOf(code: number): Kind {
  if (code >= 0x80) return code >= 0x2e80 ? 'wide' : 'other'
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return 'letter'
  if (code >= 48 && code <= 57) return 'digit'
  if (code === 10 || code === 13) return 'line'
  return code === 32 || code === 9 ? 'space' : 'sign'
}

export function messageTokens(message: Message): Tokens {
  const sum: Tokens = { plain: tokensPerMessage, wide: 0 }
  for (const block of message.content) addBlock(sum, block)
  return sum
}

function addBlock(sum: Tokens, block: Message['content'][number]): void {
  switch (block.type) {
    case 'text':
    case 'thinking':
      addText(sum, block.text)
      break
    case 'image':
      sum.plain += imageTokens(block)
      break
    case 'call':
      addText(sum, block.name)
      addText(sum, JSON.stringify(block.input))
      break
    case 'result':
      sum.plain += tokensPerMessage
      for (const part of block.content) addBlock(sum, part)
      break
  }
}

function addText(sum: Tokens, text: string): void {
  const { plain, wide } = textTokens(text)
  sum.plain += plain
  sum.wide += wide
}
