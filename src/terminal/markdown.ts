/**
 * Markdown for a terminal, streamed and append-only: `push` answers the text to print after what was printed before;
 * nothing is ever redrawn. Work and memory follow the text once (O(n)); what comes out does not depend on how the text
 * was cut into pushes. Escape sequences and invisible characters in the text are made harmless first.
 */
import { neutralize } from '../base/text.ts'
import { type Fence, openFence, tab } from './fence.ts'
import { openHighlighter } from './highlight.ts'
import { type Inline, openInline } from './inline.ts'
import { type Block, lineBlock } from './line-block.ts'
import { openLists } from './list-levels.ts'
import type { Glyphs, Style } from './style.ts'
import { delimiterRow, splitRow } from './table.ts'
import { type Table, tableText } from './table-text.ts'
import { textWidth } from './width.ts'
import { openWrapper } from './wrap.ts'

export interface MarkdownStream {
  push(text: string): string
  /** The text is complete: what still waited, ending with a newline where anything was printed. */
  end(): string
}

export interface MarkdownOptions {
  columns: () => number
  style: Style
  glyphs: Glyphs
  /** False: marks that colour would replace (`#`, backticks) stay. */
  color: boolean
}

/** A line that must be seen whole to be understood (code, a table row) is cut here. */
const maxLineChars = 4096
const maxTableRows = 200
const codeIndent = '  '

export function openMarkdown(options: MarkdownOptions): MarkdownStream {
  const { style, glyphs } = options
  let printed = ''
  let pending = ''
  /** True while the rest of a line goes straight to the paragraph. */
  let inText = false
  let paragraphOpen = false
  let anythingPrinted = false
  let blankBefore = false
  const lists = openLists()
  let quoteDepth = 0
  let fence: Fence | undefined
  let tableHead: { line: string; prefix: string } | undefined
  let table: Table | undefined
  const wrapper = openWrapper({ columns: options.columns, write: (text) => (printed += text) })
  const inline: Inline = openInline({ style, color: options.color, sink: wrapper })
  return { push, end }

  function push(text: string): string {
    pending += neutralize(text)
    while (step(false)) {}
    return take()
  }

  function end(): string {
    while (step(true)) {}
    closeBlocks()
    fence = undefined
    return take()
  }

  function take(): string {
    const text = printed
    printed = ''
    if (text !== '') anythingPrinted = true
    return text
  }

  /** Handles the next line, or the part of it that is decided; false when more text is needed. */
  function step(ended: boolean): boolean {
    if (pending === '') return false
    if (inText) return textStep()
    const line = firstLine(ended)
    if (fence) return line !== undefined && fenceLine(line, fence)
    const block = lineBlock(line ?? pending, {
      complete: line !== undefined,
      inParagraph: paragraphOpen,
      inList: lists.isOpen,
    })
    if (block === 'wait') return false
    openBlock(block, line)
    return true
  }

  /** The first line where it is complete (or as long as a line may be); undefined: more is needed. */
  function firstLine(ended: boolean): string | undefined {
    const newline = pending.indexOf('\n')
    if (newline >= 0 && newline <= maxLineChars) return pending.slice(0, newline)
    if (pending.length > maxLineChars) return pending.slice(0, maxLineChars)
    return ended ? pending : undefined
  }

  function consumeLine(line: string): void {
    pending = pending.slice(line.length)
    if (pending.startsWith('\n')) pending = pending.slice(1)
  }

  function textStep(): boolean {
    const newline = pending.indexOf('\n')
    inline.feed(newline < 0 ? pending : pending.slice(0, newline))
    pending = newline < 0 ? '' : pending.slice(newline + 1)
    if (newline >= 0) inText = false
    return newline >= 0
  }

  function openBlock(block: Block, line: string | undefined): void {
    const continuesTable = table && block.type === 'row' && block.quote === quoteDepth
    if (!continuesTable) closeTable()
    if (tableHead && block.type !== 'row') closeTableHead()
    if (block.type === 'text') openText(block)
    else if (block.type === 'item') openItem(block)
    else {
      consumeLine(line ?? '')
      wholeLine(block)
    }
  }

  function wholeLine(block: Exclude<Block, { type: 'text' | 'item' }>): void {
    switch (block.type) {
      case 'blank':
        closeParagraph()
        blankBefore = true
        if (block.quote < quoteDepth) lists.clear()
        quoteDepth = Math.min(quoteDepth, block.quote)
        break
      case 'row':
        tableLine(block)
        break
      case 'heading':
        heading(block)
        break
      case 'rule':
        startBlock(block.quote)
        lists.clear()
        print(`${quotePrefix()}${style.dim(glyphs.rule.repeat(ruleColumns()))}\n`)
        break
      case 'fence':
        startBlock(block.quote)
        lists.leave(block.indent)
        fence = openFence({
          mark: block.mark,
          indent: block.indent,
          prefix: quotePrefix() + ' '.repeat(lists.column) + codeIndent,
          quoted: quoteDepth > 0,
          paint: options.color ? openHighlighter(block.language, style) : undefined,
        })
        break
      case 'code':
        startBlock(block.quote)
        print(`${quotePrefix()}${codeIndent}${block.text.replaceAll('\t', tab)}\n`)
    }
  }

  function openText(block: Block & { type: 'text' }): void {
    pending = pending.slice(block.start)
    inText = true
    if (paragraphOpen && block.quote === quoteDepth) {
      inline.feed('\n')
      return
    }
    startBlock(block.quote)
    lists.leave(block.indent)
    const prefix = quotePrefix() + ' '.repeat(lists.column)
    openParagraph(prefix, prefix)
  }

  function openItem(block: Block & { type: 'item' }): void {
    pending = pending.slice(block.start)
    inText = true
    startBlock(block.quote)
    lists.leave(block.indent)
    const marker = itemMarker(block)
    const { column } = lists
    const textColumn = column + textWidth(marker) + 1
    lists.enter({ markerIndent: block.indent, textColumn })
    openParagraph(
      `${quotePrefix()}${' '.repeat(column)}${style.dim(marker)} `,
      quotePrefix() + ' '.repeat(textColumn),
    )
  }

  function itemMarker(block: Block & { type: 'item' }): string {
    if (block.task !== undefined) return block.task ? glyphs.todoDone : glyphs.todoOpen
    return /\d/.test(block.marker) ? block.marker : glyphs.bullet
  }

  function heading(block: Block & { type: 'heading' }): void {
    if (anythingPrinted || printed !== '') blankBefore = true
    startBlock(block.quote)
    lists.clear()
    const marks = options.color ? '' : `${'#'.repeat(block.level)} `
    const paint =
      block.level === 1 ? (text: string) => style.bold(style.underline(text)) : style.bold
    wrapper.begin({ first: quotePrefix() + marks, rest: quotePrefix() })
    const title = openInline({
      style,
      color: options.color,
      sink: {
        text: (text, inner) => wrapper.text(text, inner ? headingPaint(inner, paint) : paint),
        lineBreak: wrapper.lineBreak,
      },
    })
    title.feed(block.text)
    title.end()
    wrapper.finish()
  }

  function tableLine(block: Block & { type: 'row' }): void {
    if (table) {
      table.rows.push(block.text)
      if (table.rows.length >= maxTableRows) flushRows(table)
      return
    }
    const align = tableHead && !paragraphOpen ? delimiterRow(block.text) : undefined
    if (tableHead && align && align.length === splitRow(tableHead.line).length) {
      table = { align, rows: [tableHead.line], prefix: tableHead.prefix }
      tableHead = undefined
      return
    }
    closeTableHead()
    startBlock(block.quote)
    lists.leave(block.indent)
    tableHead = { line: block.text, prefix: quotePrefix() + ' '.repeat(lists.column) }
  }

  /** A line that looked like the head of a table, but no table followed. */
  function closeTableHead(): void {
    if (!tableHead) return
    const { line, prefix } = tableHead
    tableHead = undefined
    openParagraph(prefix, prefix)
    inline.feed(line)
    closeParagraph()
  }

  function closeTable(): void {
    if (!table) return
    const done = table
    table = undefined
    if (done.rows.length > 0) flushRows(done)
  }

  function flushRows(part: Table): void {
    print(tableText(part, { columns: options.columns(), style, glyphs, color: options.color }))
    // What follows of a very long table repeats its head, so that its columns stay named.
    part.rows = part.rows.slice(0, 1)
  }

  function fenceLine(line: string, open: Fence): boolean {
    const printedLine = open.line(line)
    if (printedLine === undefined) fence = undefined
    else print(`${printedLine}\n`)
    consumeLine(line)
    return true
  }

  function startBlock(quote: number): void {
    closeParagraph()
    const sameQuote = quote === quoteDepth && quote > 0
    if (quote !== quoteDepth) lists.clear()
    quoteDepth = quote
    if (blankBefore && (anythingPrinted || printed !== '')) {
      print(sameQuote ? `${quotePrefix().trimEnd()}\n` : '\n')
    }
    blankBefore = false
  }

  function openParagraph(first: string, rest: string): void {
    wrapper.begin({ first, rest })
    paragraphOpen = true
  }

  function closeParagraph(): void {
    if (!paragraphOpen) return
    inline.end()
    wrapper.finish()
    paragraphOpen = false
  }

  function closeBlocks(): void {
    closeParagraph()
    closeTableHead()
    closeTable()
  }

  function print(text: string): void {
    printed += text
  }

  function quotePrefix(): string {
    return quoteDepth === 0 ? '' : style.dim(`${glyphs.quote} `.repeat(quoteDepth))
  }

  function ruleColumns(): number {
    return Math.max(3, Math.min(40, options.columns() - 2 * quoteDepth))
  }
}

/** Inline paint inside a heading's own; cached by nobody because a heading is one line. */
function headingPaint(inner: (text: string) => string, outer: (text: string) => string) {
  return (text: string) => outer(inner(text))
}
