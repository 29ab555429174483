/**
 * The second relief: everything but a verbatim tail becomes a summary. The tail begins at a message of the person or of
 * the model, so that a turn may be split but no result is orphaned.
 */
import { formatCount, plural } from '../base/text.ts'
import { type ContextItem, withCompaction } from '../contract/context-items.ts'
import type { AppEvent } from '../contract/event.ts'
import type { EntryBody } from '../contract/session.ts'
import type { ContextCare } from './context-care.ts'
import { summarize } from './summary.ts'

export interface CompactOptions {
  care: ContextCare
  by: 'budget' | 'overflow' | 'person'
  focus?: string
  window: number | undefined
  /** Tokens of the tail. */
  keep: number
  /** Less than that is not worth a summary. */
  worth: number
  /** Tokens of a whole request with these items. */
  sizeOf(items: readonly ContextItem[]): number
  record(body: EntryBody): number
  emit(event: AppEvent): void
  signal: AbortSignal
}

/** Undefined where there is too little before the tail. Throws only when it is interrupted. */
export async function compact(
  items: readonly ContextItem[],
  options: CompactOptions,
): Promise<ContextItem[] | undefined> {
  const { care, by, focus, window, signal, emit } = options
  const cut = tailStart(items, options)
  const covered = items.slice(0, cut)
  const fresh = covered.filter((item) => item.summaryOf === undefined && !item.pinned)
  const coveredTokens = care.meter.messages(fresh.map((item) => item.message))
  if (fresh.length === 0 || coveredTokens < options.worth) return undefined
  const what = `summarising ${thousands(coveredTokens)} tokens`
  let pieces = 1
  const progress = (done: number, total: number) => {
    pieces = total
    emit({ type: 'progress', what, done, total })
  }
  const summary = await summarize(covered, {
    ...{ care, window, signal, progress },
    ...(focus === undefined ? {} : { focus }),
    warn: (text) => emit({ type: 'notice', level: 'warning', text }),
  }).finally(() => progress(pieces, pieces))
  const keptFrom = items[cut]?.entry
  const kept = { summary, ...(keptFrom === undefined ? {} : { keptFrom }) }
  const tokensBefore = options.sizeOf(items)
  const tokensAfter = options.sizeOf(withCompaction(items, { id: 0, ...kept }))
  const id = options.record({
    type: 'compaction',
    ...kept,
    by,
    ...(focus === undefined ? {} : { focus }),
    tokensBefore,
    tokensAfter,
  })
  // Who asked for it is shown the summary itself.
  if (by !== 'person')
    emit({ type: 'notice', level: 'info', text: doneText(fresh.length, tokensBefore, tokensAfter) })
  return withCompaction(items, { id, ...kept })
}

function doneText(messages: number, before: number, after: number): string {
  return `Summarised ${plural(messages, 'message')}: ${thousands(before)} → ${thousands(after)} tokens; /compact undo takes it back`
}

/** Where the tail begins: the newest round always stays, and more of them as far as they fit. */
export function tailStart(
  items: readonly ContextItem[],
  { care, keep }: { care: ContextCare; keep: number },
): number {
  let start = items.length
  let tokens = 0
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at]
    if (!item || item.summaryOf !== undefined) break
    tokens += care.meter.message(item.message)
    if (start < items.length && tokens > keep) break
    if (item.message.role !== 'tool') start = at
  }
  return start
}

/** `840`, `12k`. */
export function thousands(tokens: number): string {
  return tokens < 1000 ? formatCount(tokens) : `${formatCount(tokens / 1000)}k`
}
