/** Goals in words, and the budget as a person types it. */
import { CodiError } from '../base/errors.ts'
import { formatCount, formatDuration, oneLine } from '../base/text.ts'
import type { GoalBudget } from '../contract/goal.ts'
import type { Goal } from '../contract/session.ts'

const shownChars = 200

/** `active: make the tests pass (3 of 100 turns, …)`. */
export function goalText(goal: Goal): string {
  const why = goal.note === undefined ? '' : ` (${oneLine(goal.note, shownChars)})`
  return `Goal ${goal.state}${why}: ${oneLine(goal.text, shownChars)}`
}

export function goalUsage(goal: Goal): string {
  const of = (value: string, limit: string | undefined) =>
    limit === undefined ? value : `${value} of ${limit}`
  const dollars = (value: number) => `$${value.toFixed(2)}`
  const { maxTurns, maxTokens, maxCostUsd, maxMs, costUsd } = goal
  return [
    `${of(String(goal.turns), maxTurns === undefined ? undefined : String(maxTurns))} turns`,
    `${of(formatCount(goal.tokens), maxTokens === undefined ? undefined : formatCount(maxTokens))} tokens`,
    costUsd === null
      ? 'cost not known'
      : of(dollars(costUsd), maxCostUsd === undefined ? undefined : dollars(maxCostUsd)),
    of(formatDuration(goal.elapsedMs), maxMs === undefined ? undefined : formatDuration(maxMs)),
  ].join(', ')
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

const flags: Readonly<Record<string, (value: string) => GoalBudget>> = {
  turns: (value) => ({ maxTurns: whole('turns', value) }),
  tokens: (value) => ({ maxTokens: whole('tokens', value) }),
  cost: (value) => ({ maxCostUsd: above('cost', value.replace(/^\$/, '')) }),
  time: (value) => ({ maxMs: milliseconds(value) }),
}

/** `TEXT --turns 20 --cost 2 --tokens 500k --time 30m`, the flags anywhere. Throws a CodiError of kind `usage`. */
export function readGoalWords(words: string): { text: string; budget: GoalBudget } {
  let budget: GoalBudget = {}
  const flag = /(?:^|\s+)--(turns|tokens|cost|time)(?:=|\s+|$)(\S*)/g
  const text = words.replace(flag, (_, name: string, value: string) => {
    if (value === '') throw new CodiError('usage', `--${name} wants a value`)
    budget = { ...budget, ...flags[name]?.(value) }
    return ''
  })
  return { text: text.trim(), budget }
}

function whole(name: string, value: string): number {
  const found = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(value)
  const factor = { k: 1000, m: 1_000_000 }[found?.[2]?.toLowerCase() ?? ''] ?? 1
  const number = Math.round(Number(found?.[1] ?? Number.NaN) * factor)
  if (number >= 1) return number
  throw new CodiError('usage', `--${name} wants a number of at least 1, not "${value}"`)
}

function above(name: string, value: string): number {
  const number = value.trim() === '' ? Number.NaN : Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new CodiError('usage', `--${name} wants US dollars, such as 2.50, not "${value}"`)
}

function milliseconds(value: string): number {
  const found = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(value)
  const ms = Number(found?.[1] ?? Number.NaN) * (units[found?.[2] || 's'] ?? 0)
  if (ms >= 1000) return ms
  throw new CodiError('usage', `--time wants a time such as 90s, 30m or 2h, not "${value}"`)
}
