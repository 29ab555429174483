/** What a person does about the context: the bill, summaries by hand and their undo, pinned messages. */

import { readTokens } from '../agent/budget.ts'
import { compact, tailStart } from '../agent/compact.ts'
import type { AgentConfig } from '../agent/config.ts'
import type { ContextCare } from '../agent/context-care.ts'
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { CompactionRow, ContextDesk, ContextMessage } from '../contract/context.ts'
import type { ContextItem } from '../contract/context-items.ts'
import type { Entry, Session } from '../contract/session.ts'
import { billOf, type LastCount } from './context-bill.ts'
import { toUserMessage } from './user-message.ts'

/** Of the whole, for the tail of a summary by hand, however short the conversation is. */
const tailShare = 1 / 4
const maxTextChars = 200

export interface DeskOptions {
  /** The session in force; undefined before its first entry. */
  session(): Session | undefined
  /** The same, made where there is none. */
  begin(): Session
  configure(signal: AbortSignal): Promise<AgentConfig>
  share(): number | undefined
  /** How full the window is from now on; undefined: the next request tells. */
  measured(full: { inputTokens: number; window: number | undefined } | undefined): void
  isRunning(): boolean
}

export function openContextDesk(options: DeskOptions): ContextDesk {
  async function ready(signal: AbortSignal): Promise<AgentConfig & { care: ContextCare }> {
    const config = await options.configure(signal)
    if (!config.care) throw new CodiError('internal', 'The context of this run is not cared for')
    return { ...config, care: config.care }
  }

  function compactions(): CompactionRow[] {
    const entries = [...(options.session()?.path() ?? [])]
    const undone = new Set(
      entries.flatMap((entry) => (entry.type === 'compaction_undone' ? [entry.compaction] : [])),
    )
    return entries.flatMap((entry) =>
      entry.type === 'compaction' ? [rowOf(entry, undone.has(entry.id))] : [],
    )
  }

  function requireIdle(what: string): void {
    if (options.isRunning())
      throw new CodiError('usage', `${what} has to wait until the run under way has ended`)
  }

  function find(number: number): ContextMessage {
    const list = messagesOf(options.session()?.items() ?? [])
    const found = list[number - 1]
    if (found) return found
    const range = list.length === 0 ? 'there are none yet' : `they are 1 to ${list.length}`
    throw new CodiError('not_found', `There is no message ${number} in the context; ${range}`)
  }

  return {
    get share() {
      return options.share()
    },
    async bill(signal) {
      const session = options.session()
      return billOf(await ready(signal), session?.items() ?? [], session && lastCount(session))
    },
    async compact({ focus }, signal) {
      requireIdle('/compact')
      const session = options.session()
      const items = session?.items() ?? []
      const config = await ready(signal)
      const { care } = config
      const { meter } = care
      const whole = meter.messages(items.map((item) => item.message))
      const keep = Math.min(care.keepRecent, Math.floor(whole * tailShare))
      const fixed = meter.fixed({
        system: config.system,
        tools: config.nativeCalls ? config.toolSpecs : [],
      })
      let report: Extract<Entry, { type: 'compaction' }> | undefined
      const compacted = await compact(items, {
        ...{ care, keep, signal },
        by: 'person',
        ...(focus === undefined ? {} : { focus }),
        window: config.info.contextWindow,
        worth: 1,
        sizeOf: (list) => fixed + meter.messages(list.map((item) => item.message)),
        record(body) {
          const entry = options.begin().append(body)
          if (entry.type === 'compaction') report = entry
          return entry.id
        },
        emit: config.emit,
      })
      if (!compacted || !report)
        throw new CodiError(
          'usage',
          'There is nothing to summarise yet: the newest messages always stay',
        )
      const kept = items.length - tailStart(items, { care, keep })
      const { tokensBefore, tokensAfter, summary } = report
      options.measured({ inputTokens: tokensAfter, window: config.info.contextWindow })
      return { messages: items.length - kept, kept, tokensBefore, tokensAfter, summary }
    },
    undoCompaction() {
      requireIdle('/compact undo')
      const row = compactions().findLast((one) => !one.undone)
      if (!row)
        throw new CodiError('not_found', 'There is no summary in force that could be taken back')
      options.begin().append({ type: 'compaction_undone', compaction: row.entry })
      options.measured(undefined)
      return { ...row, undone: true }
    },
    compactions,
    messages: () => messagesOf(options.session()?.items() ?? []),
    pin(what) {
      requireIdle('/pin')
      if ('number' in what) {
        const found = find(what.number)
        if (!found.pinned) options.begin().append({ type: 'pin', entry: found.entry, pinned: true })
        return { ...found, pinned: true }
      }
      const session = options.begin()
      const { id } = session.append({
        type: 'message',
        message: toUserMessage({ text: what.text }),
      })
      session.append({ type: 'pin', entry: id, pinned: true })
      return find(messagesOf(session.items()).length)
    },
    unpin(number) {
      requireIdle('/unpin')
      const found = find(number)
      if (!found.pinned)
        throw new CodiError('usage', `Message ${number} is not pinned; /pins lists those that are`)
      options.begin().append({ type: 'pin', entry: found.entry, pinned: false })
      return { ...found, pinned: false }
    },
  }
}

function rowOf(entry: Extract<Entry, { type: 'compaction' }>, undone: boolean): CompactionRow {
  const { id, at, by, focus, tokensBefore, tokensAfter, summary } = entry
  return {
    ...{ entry: id, at, by, tokensBefore, tokensAfter, summary, undone },
    ...(focus === undefined ? {} : { focus }),
  }
}

/** Messages that say something; numbered as a person counts them. */
function messagesOf(items: readonly ContextItem[]): ContextMessage[] {
  const found: ContextMessage[] = []
  for (const { entry, message, pinned = false, summaryOf } of items) {
    if (message.role === 'tool' || summaryOf !== undefined) continue
    const words = message.content.map((block) =>
      block.type === 'text' ? block.text : block.type === 'image' ? '[image]' : '',
    )
    const calls = message.content.flatMap((block) => (block.type === 'call' ? [block.name] : []))
    const text = oneLine([...words, ...calls.map((name) => `[${name}]`)].join(' '), maxTextChars)
    if (text === '') continue
    found.push({ number: found.length + 1, entry, role: message.role, text, pinned })
  }
  return found
}

/** Only where nothing was said, left out or summarised since. */
function lastCount(session: Session): LastCount | undefined {
  const last = session.last('message')
  if (last?.message.role !== 'assistant' || last.id !== session.head) return undefined
  const { usage } = last
  if (!usage || usage.estimated || readTokens(usage) === 0) return undefined
  return { tokens: readTokens(usage) + usage.outputTokens, cached: usage.cacheReadTokens }
}
