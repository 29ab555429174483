/**
 * From entries to what a model is sent. Results are put together into tool messages in call order, and every call that
 * has no result (the process died) gets one that says so. A compaction puts its summary in place of what it covers, an
 * elision marks in place of results, and a compaction that was taken back counts as if it had never been.
 */
import { type ContextItem, withCompaction, withElision } from '../contract/context-items.ts'
import type { CallBlock, Message, ResultBlock } from '../contract/message.ts'
import type { Entry } from '../contract/session.ts'

/** Everything as it was said, whatever a model is sent of it by now. */
export function messagesOf(entries: readonly Entry[]): Message[] {
  const told = entries.filter(({ type }) => type !== 'compaction' && type !== 'elision')
  return itemsOf(told).map((item) => item.message)
}

/**
 * What the next request sends. Entries of one path, from the first to the head; messages that a compaction in force
 * covers may be missing (see `neededEntries`).
 */
export function itemsOf(entries: readonly Entry[]): ContextItem[] {
  const undone = undoneCompactions(entries)
  const pins = new Set<number>()
  let items: ContextItem[] = []
  let open: { entry: number; calls: CallBlock[]; results: Map<string, ResultBlock> } | undefined

  function closeCalls(): void {
    if (!open) return
    const { entry, calls, results } = open
    const content = calls.map((call) => results.get(call.id) ?? lostResult(call))
    items.push({ entry, message: { role: 'tool', content } })
    open = undefined
  }

  for (const entry of entries) {
    switch (entry.type) {
      case 'result':
        open?.results.set(entry.result.callId, entry.result)
        break
      case 'draft':
        closeCalls()
        items.push({
          entry: entry.id,
          message: { role: 'assistant', content: [{ type: 'text', text: entry.text }] },
        })
        break
      case 'message': {
        closeCalls()
        items.push({ entry: entry.id, message: entry.message })
        const calls = callsOf(entry.message)
        if (calls.length > 0) open = { entry: entry.id, calls, results: new Map() }
        break
      }
      case 'pin':
        if (entry.pinned) pins.add(entry.entry)
        else pins.delete(entry.entry)
        break
      case 'elision':
        closeCalls()
        items = withElision(items, entry.results)
        break
      case 'compaction':
        if (undone.has(entry.id)) break
        closeCalls()
        items = withCompaction(withPins(items, pins), entry)
        break
    }
  }
  closeCalls()
  return withPins(items, pins)
}

/**
 * What `itemsOf` needs of a long path: messages from `from` on (undefined: all), those that are pinned, each with the
 * results that follow it, and every entry that is neither a message nor a result. Pass the entries of a path without its
 * messages and results.
 */
export function neededEntries(marks: readonly Entry[]): {
  from: number | undefined
  pinned: ReadonlySet<number>
} {
  const undone = undoneCompactions(marks)
  const pinned = new Set<number>()
  let from: number | undefined
  for (const entry of marks) {
    // What was pinned when a compaction came is kept by it, also when it is unpinned afterwards.
    if (entry.type === 'pin' && entry.pinned) pinned.add(entry.entry)
    if (entry.type === 'compaction' && !undone.has(entry.id)) from = entry.keptFrom ?? entry.id
  }
  return { from, pinned }
}

function undoneCompactions(entries: readonly Entry[]): ReadonlySet<number> {
  const ids = entries.flatMap((entry) =>
    entry.type === 'compaction_undone' ? [entry.compaction] : [],
  )
  return new Set(ids)
}

function withPins(items: ContextItem[], pins: ReadonlySet<number>): ContextItem[] {
  return items.map((item) => {
    const wanted = item.summaryOf === undefined && pins.has(item.entry)
    if (wanted === (item.pinned === true)) return item
    const { pinned: _pinned, ...plain } = item
    return wanted ? { ...plain, pinned: true } : plain
  })
}

function callsOf(message: Message): CallBlock[] {
  if (message.role !== 'assistant') return []
  return message.content.filter((block): block is CallBlock => block.type === 'call')
}

function lostResult(call: CallBlock): ResultBlock {
  return {
    type: 'result',
    callId: call.id,
    name: call.name,
    content: [
      {
        type: 'text',
        text: 'codi ended before this call was answered; what it had done until then stands. Check before repeating it.',
      },
    ],
    isError: true,
  }
}
