/** A fenced block of code, line by line: where it ends, and how its lines are printed. */
import type { Highlighter } from './highlight.ts'

export interface Fence {
  /** The line as it is printed, without its newline; undefined for the one that closes the block. */
  line(text: string): string | undefined
}

export function openFence(options: {
  /** The marks that opened it: as many of them close it. */
  mark: string
  /** Columns that its opening line was indented by; its lines lose as many. */
  indent: number
  /** Stands before each line. */
  prefix: string
  /** True inside a quote, whose marks its lines repeat. */
  quoted: boolean
  paint: Highlighter | undefined
}): Fence {
  const { mark, prefix, paint } = options
  return {
    line(text) {
      const own = options.quoted ? text.replace(/^(?:\s{0,3}>\s?)+/, '') : text
      const closing = /^\s*(`{3,}|~{3,})\s*$/.exec(own)?.[1]
      if (closing && closing[0] === mark[0] && closing.length >= mark.length) return undefined
      const indent = Math.min(options.indent, own.length - own.trimStart().length)
      const code = own.slice(indent).replaceAll('\t', tab)
      return `${prefix}${paint ? paint(code) : code}`.trimEnd()
    },
  }
}

/** What a tab is in code. */
export const tab = '    '
