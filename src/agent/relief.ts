/**
 * What happens when a request comes near the model's window, each only as far as needed and in one go, since every
 * change of what was sent costs the host's cache: old results give way to marks; else everything but the newest messages
 * is summarised; else the newest results are shortened. It cannot run for ever: without an answer between, it works
 * twice at most, and where it did not help it is not tried again before the conversation has grown.
 */

import { plural } from '../base/text.ts'
import { type ContextItem, type Elided, withElision } from '../contract/context-items.ts'
import type { Budget } from './budget.ts'
import { compact, thousands } from './compact.ts'
import type { AgentConfig } from './config.ts'
import type { ContextCare } from './context-care.ts'
import { candidates, elide, enough, type Protection } from './elide.ts'
import { shorten } from './shorten.ts'
import type { RunState } from './state.ts'

/** Between two answers. */
const maxReliefs = 2
/** Of the usable window: what elision must free to be worth a change of what was sent, without reaching the target. */
const worthShare = 0.15
/** Of the usable window: what there must be to summarise. */
const summaryWorthShare = 0.05
const minSummaryWorth = 200
/** Of the target, for the tail: a window that is small has a small tail. */
const tailShare = 0.4
/** Of the usable window: what must have come since a relief that did not reach its end. */
const growthShare = 0.1
/** Of the target: where no more than that is left beside the newest results, they are what is to be cut. */
const restShare = 0.5
/** Beside the newest tokens, and what the model has not seen yet. */
const protectedResults = 2

/** True where a request of this size is to be relieved before it is sent. */
export function wantsRelief(config: AgentConfig, state: RunState, budget: Budget): boolean {
  if (!config.care?.auto || state.reliefs >= maxReliefs) return false
  if (!budget.fits) return true
  if (budget.inputTokens <= budget.trigger) return false
  return budget.inputTokens > state.reliefFloor + budget.usable * growthShare
}

/** What stays as it is: the newest results, and the newest tokens. */
export function protectionOf(care: ContextCare, budget: Pick<Budget, 'target'>): Protection {
  return { results: protectedResults, tokens: Math.floor(tailTokens(care, budget)) }
}

function tailTokens(care: ContextCare, { target }: Pick<Budget, 'target'>): number {
  return Math.min(care.keepRecent, target * tailShare)
}

/** True when something was changed. `tokens` is what the request takes as far as one knows. Throws when interrupted. */
export async function relieve(
  config: AgentConfig,
  state: RunState,
  options: { budget: Budget; tokens: number; by: 'budget' | 'overflow'; signal: AbortSignal },
): Promise<boolean> {
  if (!config.care) return false
  const care: ContextCare = config.care
  state.reliefs++
  const { budget, tokens, by, signal } = options
  const before = state.items
  const guess = (items: readonly ContextItem[]) =>
    care.meter.fixed({ system: config.system, tools: config.nativeCalls ? config.toolSpecs : [] }) +
    care.meter.messages(items.map((item) => item.message))
  // What a host counts may differ from the estimate: sizes are scaled by what is known of the whole.
  const scale = tokens / Math.max(1, guess(before))
  const sizeOf = (items: readonly ContextItem[]) => Math.ceil(guess(items) * scale)
  const tail = Math.floor(tailTokens(care, budget) / scale)

  function take(elided: Elided[]): void {
    if (elided.length === 0) return
    config.record({ type: 'elision', results: elided })
    state.items = withElision(state.items, elided)
  }

  async function tryElision(protect: Protection, isEnough: (freed: number) => boolean) {
    const wanted = (sizeOf(state.items) - budget.target) / scale
    const list = enough(candidates(state.items, { meter: care.meter, protect }), wanted)
    const freed = list.reduce((sum, one) => sum + one.tokens, 0) * scale
    if (list.length === 0 || !isEnough(freed)) return false
    const size = sizeOf(state.items)
    take(await elide(list, care))
    const text = `Left out ${plural(list.length, 'old result')}: ${thousands(size)} → ${thousands(sizeOf(state.items))} tokens; recall_result has them`
    config.emit({ type: 'notice', level: 'info', text })
    return true
  }

  /** What the model has not seen yet does not fit, and beside it there is not much but what can be left out. */
  function isNewestTooLarge(): boolean {
    const seen = state.items.findLastIndex(({ message }) => message.role === 'assistant')
    const unseen = state.items.slice(seen + 1).filter(({ message }) => message.role === 'tool')
    const newest = care.meter.messages(unseen.map((item) => item.message)) * scale
    const list = candidates(state.items, { meter: care.meter, protect: { results: 0, tokens: 0 } })
    const left = sizeOf(state.items) - list.reduce((sum, one) => sum + one.tokens, 0) * scale
    return left > budget.trigger && left - newest <= budget.target * restShare
  }

  const over = () => sizeOf(state.items) - budget.target
  const done = await tryElision(
    { results: protectedResults, tokens: tail },
    (freed) =>
      freed >= over() ||
      (freed >= budget.usable * worthShare && sizeOf(state.items) - freed <= budget.trigger),
  )
  // Results that are too large in themselves are shortened in any case: no summary is worth what that frees.
  const isNewest = !done && isNewestTooLarge()
  if (isNewest) await tryElision({ results: 0, tokens: 0 }, () => true)
  if (!done && !isNewest) {
    const compacted = await compact(state.items, {
      ...{ care, by, sizeOf, signal },
      window: budget.window,
      keep: tail,
      worth: Math.max(minSummaryWorth, (budget.usable * summaryWorthShare) / scale),
      record: (body) => config.record(body),
      emit: (event) => config.emit(event),
    })
    if (compacted) state.items = compacted
    if (sizeOf(state.items) > budget.trigger)
      await tryElision({ results: 1, tokens: 0 }, () => true)
  }
  // A host that has refused counts more than one thought: nobody knows how much.
  const room = by === 'overflow' ? budget.target : budget.usable
  if (sizeOf(state.items) > room) {
    const size = sizeOf(state.items)
    const cut = await shorten(state.items, { care, tokens: Math.ceil((size - room) / scale) })
    take(cut)
    if (cut.length > 0) {
      const text = `Shortened ${plural(cut.length, 'result')}: ${thousands(size)} → ${thousands(sizeOf(state.items))} tokens; recall_result has the rest`
      config.emit({ type: 'notice', level: 'info', text })
    }
  }
  if (state.items === before) return false
  state.counted = undefined
  const after = sizeOf(state.items)
  state.reliefFloor = after > budget.trigger ? after : 0
  return true
}
