/**
 * The last relief: newest results that are larger than the room there is keep their beginning and end. The longest are
 * cut first, to a common length.
 */

import { formatCount, headAndTail } from '../base/text.ts'
import type { ContextItem, Elided } from '../contract/context-items.ts'
import { answeredCalls } from './answered-calls.ts'
import { textOf } from './calls.ts'
import type { ContextCare } from './context-care.ts'
import { wholeId } from './elide.ts'
import { recallHint } from './elide-mark.ts'

const minKeptTokens = 60
const markTokens = 40

/** So that the results together take so many tokens less, as far as that goes. */
export async function shorten(
  items: readonly ContextItem[],
  { care, tokens }: { care: ContextCare; tokens: number },
): Promise<Elided[]> {
  const rows = answeredCalls(items)
    .filter(({ pinned, result }) => !pinned && !result.elided)
    .map((row) => ({ ...row, size: care.meter.message({ role: 'tool', content: [row.result] }) }))
  const kept = commonLength(
    rows.map((row) => row.size),
    tokens,
  )
  const elided: Elided[] = []
  for (const { entry, result, size } of rows) {
    if (size <= kept) continue
    // Instructions at its end stay as they are.
    const text = textOf(result.instructed ? result.content.slice(0, -1) : result.content)
    const id = await wholeId(text, result, care)
    const where = id === undefined ? '' : `; ${recallHint(id)}`
    const mark = headAndTail(text, {
      maxChars: Math.floor((text.length * Math.max(minKeptTokens, kept - markTokens)) / size),
      mark: (chars) => `[… ${formatCount(chars)} characters left out to save room${where} …]`,
    }).text
    elided.push({ entry, callId: result.callId, mark, partly: true })
  }
  return elided
}

/** The length to which the longest must be cut so that `tokens` are freed. */
function commonLength(sizes: readonly number[], tokens: number): number {
  const sorted = [...sizes].sort((a, b) => b - a)
  let sum = 0
  for (const [index, size] of sorted.entries()) {
    sum += size
    const next = sorted[index + 1] ?? 0
    const length = (sum - tokens) / (index + 1)
    if (length >= next) return Math.max(length, minKeptTokens)
  }
  return minKeptTokens
}
