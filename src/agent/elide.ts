/**
 * The first relief: old results of tools give way to a mark that says what they were and how recall_result reads them.
 * What was asked anew since goes first, then the oldest. Never the newest ones, never pinned or small ones.
 */
import type { ContextItem, Elided } from '../contract/context-items.ts'
import type { CallBlock, ResultBlock } from '../contract/message.ts'
import { answeredCalls } from './answered-calls.ts'
import { resultText } from './calls.ts'
import type { ContextCare } from './context-care.ts'
import { elisionMark } from './elide-mark.ts'
import { isSuperseded } from './superseded.ts'

/** A mark takes about 60. */
const minTokens = 150

export interface Candidate {
  entry: number
  call: CallBlock
  result: ResultBlock
  tokens: number
  superseded: boolean
}

export interface Protection {
  /** The newest results that stay … */
  results: number
  /** … and those among so many of the newest tokens. */
  tokens: number
}

/** What may go, in the order in which it goes. */
export function candidates(
  items: readonly ContextItem[],
  { meter, protect }: { meter: ContextCare['meter']; protect: Protection },
): Candidate[] {
  // What the model has not seen yet is not old.
  const seen = items.findLastIndex(({ message }) => message.role === 'assistant')
  const rows = answeredCalls(items)
  const found: Candidate[] = []
  let newer = 0
  let newerTokens = 0
  let tokensFrom = items.length
  for (const [index, row] of rows.entries().toArray().reverse()) {
    for (; tokensFrom > row.at; tokensFrom--) {
      const item = items[tokensFrom - 1]
      if (item) newerTokens += meter.message(item.message)
    }
    const isNew = row.at > seen || newer < protect.results || newerTokens <= protect.tokens
    newer++
    if (isNew || row.pinned || row.result.elided) continue
    const tokens = meter.message({ role: 'tool', content: [row.result] })
    if (tokens < minTokens) continue
    const superseded = isSuperseded(row.call, rows.slice(index + 1))
    found.push({ entry: row.entry, call: row.call, result: row.result, tokens, superseded })
  }
  found.reverse()
  return [...found.filter((one) => one.superseded), ...found.filter((one) => !one.superseded)]
}

/** As many of the candidates as free so many tokens; fewer where there are no more. */
export function enough(list: readonly Candidate[], tokens: number): Candidate[] {
  let freed = 0
  const end = list.findIndex((one) => {
    freed += one.tokens
    return freed >= tokens
  })
  return end < 0 ? [...list] : list.slice(0, end + 1)
}

/** Keeps the whole results and makes their marks. */
export async function elide(list: readonly Candidate[], care: ContextCare): Promise<Elided[]> {
  const elided: Elided[] = []
  for (const { entry, call, result, superseded } of list) {
    const text = resultText(result)
    const id = await wholeId(text, result, care)
    const mark = elisionMark(call, { result, text, id, superseded })
    elided.push({ entry, callId: result.callId, mark })
  }
  return elided
}

/** A result that was capped when it came is kept already; what its text says of that may be anybody's word. */
export async function wholeId(
  text: string,
  result: ResultBlock,
  care: ContextCare,
): Promise<string | undefined> {
  return result.keptAs ?? care.keepResult(text, { tool: result.name, callId: result.callId })
}
