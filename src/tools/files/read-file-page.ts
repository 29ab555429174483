/** One page of lines: at most so many, at most so many bytes, long lines cut; and its footer. */
import { formatBytes, formatCount, plural } from '../../base/text.ts'
import { cutLine } from './file-lines.ts'

export interface PageOptions {
  /** 1-based. */
  offset: number
  limit: number
}

export interface Page {
  /** 1-based number of the first line. */
  first: number
  lines: string[]
  /** Undefined where the file was not read to its end. */
  total: number | undefined
  /** Lines follow that are not on this page. */
  hasMore: boolean
}

const maxPageBytes = 50 * 1024
export const maxLineChars = 2000

export function pageOf(all: readonly string[], options: PageOptions): Page {
  const first = options.offset
  const page = pageBuilder(options)
  for (let index = first - 1; index < all.length; index++) {
    if (!page.add(all[index] ?? '')) break
  }
  const hasMore = first - 1 + page.lines.length < all.length
  return { first, lines: page.lines, total: all.length, hasMore }
}

/** Takes lines until the page is full; the first line is always taken. */
export function pageBuilder(options: { limit: number }): {
  lines: string[]
  /**
   * False: the line was not taken, and none will be. `missingChars` of it were never loaded.
   */
  add(line: string, missingChars?: number): boolean
} {
  const lines: string[] = []
  let bytes = 0
  return {
    lines,
    add(line, missingChars = 0) {
      if (lines.length >= options.limit) return false
      const cut = cutLine(line, maxLineChars, missingChars)
      bytes += Buffer.byteLength(cut) + 1
      if (bytes > maxPageBytes && lines.length > 0) return false
      lines.push(cut)
      return true
    },
  }
}

export function renderPage(
  page: Page,
  about: { name: string; size: number; notes: readonly string[] },
): string {
  const last = page.first + page.lines.length - 1
  const width = String(last).length
  const body = page.lines
    .map((line, index) => `${String(page.first + index).padStart(width)}: ${line}`)
    .join('\n')
    .toWellFormed()
  const footer = [footerOf(page, about), ...about.notes.map((note) => `[${note}]`)]
  return [body, ...footer].filter((part) => part !== '').join('\n')
}

function footerOf(page: Page, about: { name: string; size: number }): string {
  const { first, lines, total } = page
  if (lines.length === 0) {
    if (total === 0) return `[${about.name} is empty]`
    return `[${about.name} has ${plural(total ?? 0, 'line')}; offset ${first} is beyond its end]`
  }
  const last = first + lines.length - 1
  if (first === 1 && !page.hasMore) return ''
  const of = total === undefined ? `a file of ${formatBytes(about.size)}` : formatCount(total)
  const next = page.hasMore ? `; continue with offset=${last + 1}` : ''
  return `[lines ${first}-${last} of ${of}${next}]`
}
