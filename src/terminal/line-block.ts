/**
 * What kind of block a line of Markdown begins, judged from its start: by the complete line, or by the part that has
 * arrived, in which case the answer may be to wait for more. A partial line gets the same answer as the complete one.
 */

export type Block = { quote: number; indent: number } & (
  | { type: 'blank' }
  /** Paragraph text, from index `start` of the line. */
  | { type: 'text'; start: number }
  | { type: 'item'; start: number; marker: string; task: boolean | undefined }
  | { type: 'heading'; level: number; text: string }
  | { type: 'rule' }
  | { type: 'row'; text: string }
  | { type: 'fence'; mark: string; language: string }
  | { type: 'code'; text: string }
)

export interface LineContext {
  /** False: more of this line may come. */
  complete: boolean
  inParagraph: boolean
  inList: boolean
}

export function lineBlock(line: string, context: LineContext): Block | 'wait' {
  const lead = /^(?:[ \t]{0,3}>[ ]?)*/.exec(line)?.[0] ?? ''
  const quote = lead.split('>').length - 1
  const spaces = /^[ \t]*/.exec(line.slice(lead.length))?.[0] ?? ''
  const indent = spaces.replaceAll('\t', '    ').length
  const start = lead.length + spaces.length
  const rest = line.slice(start)
  const { complete } = context
  const at = { quote, indent }
  if (rest === '') return complete ? { ...at, type: 'blank' } : 'wait'

  if (indent >= 4 && !context.inParagraph && !context.inList) {
    return complete ? { ...at, type: 'code', text: line.slice(lead.length + 4) } : 'wait'
  }
  switch (rest[0]) {
    case '#':
      return heading(rest)
    case '`':
    case '~':
      return fence(rest)
    case '|':
      return complete ? { ...at, type: 'row', text: rest } : 'wait'
    case '=':
      if (!context.inParagraph || !/^=+ *$/.test(rest)) break
      // The underline of a heading whose text has been printed already.
      return complete ? { ...at, type: 'rule' } : 'wait'
  }
  if (/^([-*_])[ \t]*(?:\1[ \t]*)*$/.test(rest)) {
    if (!complete) return 'wait'
    if (/^([-*_])(?:[ \t]*\1){2,}[ \t]*$/.test(rest)) return { ...at, type: 'rule' }
  }
  return item(rest) ?? { ...at, type: 'text', start }

  function heading(text: string): Block | 'wait' {
    const level = /^#+/.exec(text)?.[0].length ?? 0
    const mark = text[level]
    if (mark === undefined && !complete && level <= 6) return 'wait'
    if (level > 6 || (mark !== undefined && mark !== ' ' && mark !== '\t')) {
      return { ...at, type: 'text', start }
    }
    if (!complete) return 'wait'
    const title = text
      .slice(level)
      .trim()
      .replace(/(?:^|\s)#+$/, '')
      .trim()
    return { ...at, type: 'heading', level, text: title }
  }

  function fence(text: string): Block | 'wait' {
    const mark = /^(?:`+|~+)/.exec(text)?.[0] ?? ''
    if (mark.length < 3) {
      const undecided = mark.length === text.length && !complete
      return undecided ? 'wait' : { ...at, type: 'text', start }
    }
    const info = text.slice(mark.length)
    if (mark[0] === '`' && info.includes('`')) return { ...at, type: 'text', start }
    if (!complete) return 'wait'
    const language = /^[^\s{},:]+/.exec(info.trim())?.[0] ?? ''
    return { ...at, type: 'fence', mark, language }
  }

  function item(text: string): Block | 'wait' | undefined {
    const found = /^(?:[-*+]|\d{1,9}[.)])/.exec(text)
    if (!found) return !complete && /^\d{1,9}$/.test(text) ? 'wait' : undefined
    const marker = found[0]
    const after = text.slice(marker.length)
    if (after === '' && !complete) return 'wait'
    if (after !== '' && !/^[ \t]/.test(after)) return undefined
    // A number in the middle of a paragraph begins a list only with 1: "in\n1998. Then".
    if (context.inParagraph && !context.inList && /^\d/.test(marker) && !/^1\D$/.test(marker)) {
      return undefined
    }
    const body = after.trimStart()
    if (body === '' && !complete) return 'wait'
    const gap = after.length - body.length
    const textStart = start + marker.length + gap
    if (!complete && /^\[(?:[ xX]\]?)?$/.test(body)) return 'wait'
    const box = /^\[([ xX])\](?:\s+|$)/.exec(body)
    if (!complete && box && box[0].length === body.length) return 'wait'
    const task = box ? box[1] !== ' ' : undefined
    return { ...at, type: 'item', start: textStart + (box?.[0].length ?? 0), marker, task }
  }
}
