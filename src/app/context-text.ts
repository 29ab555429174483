/** The context in words and columns: the same for the REPL and the command line. */
import { formatCount, formatMinute, neutralize, oneLine, plural } from '../base/text.ts'
import type {
  CompactionReport,
  CompactionRow,
  ContextBill,
  ContextMessage,
} from '../contract/context.ts'
import { textWidth } from '../terminal/width.ts'

const maxShownChars = 100

export function billLines(bill: ContextBill): string[] {
  const { window, tokens, estimated, parts, largest, free, cached } = bill
  const about = estimated ? '~' : ''
  const share = window === null ? '' : `, ${percent(tokens / window)}`
  const of = window === null ? ' (its window is not known)' : ` of ${formatCount(window)}`
  const rows: [string, string, string][] = parts.map((part) => [
    part.name,
    `~${formatCount(part.tokens)}`,
    part.count > 1 ? String(part.count) : '',
  ])
  if (cached !== null && cached > 0)
    rows.push(['in the cache at the last request', formatCount(cached), ''])
  if (free !== null) rows.push(['free', `${about}${formatCount(free)}`, ''])
  return [
    neutralize(
      `${bill.provider}/${bill.model}: ${about}${formatCount(tokens)} tokens${of}${share}`,
    ),
    ...columns(rows).map((line) => `  ${line}`),
    ...(largest.length === 0 ? [] : ['largest results']),
    ...columns(largest.map(({ call, tokens: size }) => [call, `~${formatCount(size)}`, ''])).map(
      (line) => `  ${line}`,
    ),
    `next: ${bill.next}`,
  ]
}

function columns(rows: readonly [string, string, string][]): string[] {
  const safe = rows.map(([name, ...rest]) => [neutralize(name), ...rest] as const)
  const widest = Math.max(0, ...safe.map(([name]) => textWidth(name)))
  const figures = Math.max(0, ...safe.map(([, figure]) => figure.length))
  return safe.map(([name, figure, note]) =>
    `${name}${' '.repeat(widest - textWidth(name))}  ${figure.padStart(figures)}  ${note}`.trimEnd(),
  )
}

/** For the status. */
export function windowText(window: number, share: number | undefined): string {
  const full = share === undefined ? '' : `, ${percent(share)} full; /context`
  return `${formatCount(window)} tokens${full}`
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

export function reportLines(report: CompactionReport): string[] {
  const { messages, tokensBefore, tokensAfter, kept, summary } = report
  return [
    `~${formatCount(tokensBefore)} → ~${formatCount(tokensAfter)} tokens: ${plural(messages, 'message')} summarised, ${formatCount(kept)} kept word for word`,
    '',
    ...neutralize(summary).split('\n'),
  ]
}

export function compactionLine(row: CompactionRow): string {
  const { at, tokensBefore, tokensAfter, focus, undone } = row
  const how = { budget: 'by itself', overflow: 'after an overflow', person: 'by hand' }[row.by]
  const parts = [
    `${formatMinute(at)}  ~${formatCount(tokensBefore)} → ~${formatCount(tokensAfter)} tokens, ${how}`,
    focus === undefined ? '' : `focus: ${oneLine(focus, maxShownChars)}`,
    undone ? 'taken back' : '',
  ]
  return neutralize(parts.filter((part) => part !== '').join('; '))
}

export function messageLine({ number, role, text, pinned }: ContextMessage): string {
  const who = role === 'user' ? 'you' : 'codi'
  const mark = pinned ? '*' : ' '
  return `${mark} ${String(number).padStart(3)}  ${who.padEnd(4)}  ${neutralize(oneLine(text, maxShownChars))}`
}
