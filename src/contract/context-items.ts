/**
 * What elision and compaction make of the items that the next request will send. The log of the session and the loop both go by these functions, so that what was sent and
 * what is sent after a resume are the same bytes.
 */
import type { Message, ResultBlock, UserMessage } from './message.ts'

/** A message as the next request will send it, with the entry that it came from. */
export interface ContextItem {
  /** Entry that the message began with; results have that of the message with their calls, so that none is orphaned. */
  entry: number
  message: Message
  /** Outlives every compaction. */
  pinned?: true
  /** It is the summary of this compaction. */
  summaryOf?: number
}

export interface Elided {
  /** The message with the call; undefined: every call of that id. */
  entry?: number
  callId: string
  mark: string
  /** The mark holds the beginning and the end of the result. */
  partly?: true
}

/** The same items with marks in place of these results; all others are the same objects. */
export function withElision(
  items: readonly ContextItem[],
  elided: readonly Elided[],
): ContextItem[] {
  const marks = new Map(elided.map((one) => [markKey(one.entry, one.callId), one]))
  return items.map((item) => {
    const { message, entry } = item
    if (message.role !== 'tool') return item
    const markOf = ({ callId }: ResultBlock) =>
      marks.get(markKey(entry, callId)) ?? marks.get(markKey(undefined, callId))
    if (!message.content.some((result) => markOf(result) !== undefined)) return item
    const content = message.content.map((result) => {
      const mark = markOf(result)
      return mark === undefined ? result : elidedResult(result, mark)
    })
    return { ...item, message: { role: 'tool', content } }
  })
}

function markKey(entry: number | undefined, callId: string): string {
  return `${entry ?? ''} ${callId}`
}

/** Images and data go with the text; instructions that came with it stay. */
function elidedResult(
  { data: _data, ...result }: ResultBlock,
  { mark, partly }: Elided,
): ResultBlock {
  const told = result.instructed ? result.content.slice(-1) : []
  const content = [{ type: 'text' as const, text: mark }, ...told]
  return { ...result, content, ...(partly ? {} : { elided: true }) }
}

/** Pinned messages, the summary, and everything from `keptFrom` on. */
export function withCompaction(
  items: readonly ContextItem[],
  { id, summary, keptFrom }: { id: number; summary: string; keptFrom?: number },
): ContextItem[] {
  const found =
    keptFrom === undefined
      ? -1
      : items.findIndex((item) => item.summaryOf === undefined && item.entry >= keptFrom)
  const cut = found < 0 ? items.length : found
  return [
    ...items.slice(0, cut).filter((item) => item.pinned),
    { entry: id, message: summaryMessage(summary), summaryOf: id },
    ...items.slice(cut),
  ]
}

const summaryHead =
  'The conversation up to here was summarised to save room; what follows the summary is as it was. Go on from it: do not ask for what it answers, and do not begin anew.'

function summaryMessage(summary: string): UserMessage {
  const text = `${summaryHead}\n<summary>\n${summary.trim()}\n</summary>`
  return { role: 'user', content: [{ type: 'text', text }] }
}
