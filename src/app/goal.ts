/**
 * A goal: the app goes on with it, run by run, until the model says in its last line that it is done or blocked, its
 * budget is spent, or nothing moves any more. It is kept as entries of the session; one that a process left behind active
 * is paused, so that nothing starts by itself.
 */
import { CodiError } from '../base/errors.ts'
import { oneLine, plural } from '../base/text.ts'
import type { RunResult, RunStop } from '../contract/event.ts'
import type { GoalBudget, Goals } from '../contract/goal.ts'
import type { Goal } from '../contract/session.ts'
import type { TaskRun } from '../contract/task-run.ts'
import { dollars } from '../usage/money.ts'
import type { SessionInForce } from './todo.ts'

const defaultBudget = { maxTurns: 100, maxCostUsd: 5, maxMs: 60 * 60_000 } as const
const maxTextChars = 8000
const maxNoteChars = 300
/** Dollars are kept as fractions that do not come out even. */
const leastUsd = 1e-6
/** Continuations in a row that called no tool, or said the same again. */
const maxIdle = 2

const protocol =
  'When it is reached, and you have checked that, end your message with the line `Goal: done`. When nobody but the user can get you further, end it with `Goal: blocked: WHY`. Otherwise codi tells you to go on.'

/** Ways a run ends after which the next one may do better. */
const goesOn: ReadonlySet<RunStop> = new Set<RunStop>(['end', 'length', 'max_turns'])

export function openGoals({
  session,
  runCostUsd,
}: {
  session: SessionInForce
  /** What one run may take by the settings. */
  runCostUsd?: number | undefined
}): Goals {
  /** The session whose goal this process works on, idle continuations, the last answer. */
  let work: { session: string; idle: number; text: string } | undefined

  function current(): Goal | undefined {
    const from = session.read()
    const goal = from?.last('goal')?.goal ?? undefined
    if (goal?.state !== 'active' || work?.session === from?.id) return goal
    return { ...goal, state: 'paused', note: 'codi ended while it worked on it' }
  }

  function keep(goal: Goal): Goal {
    const into = session.write()
    into.append({ type: 'goal', goal })
    work = goal.state === 'active' ? { session: into.id, idle: 0, text: '' } : undefined
    return goal
  }

  function required(): Goal {
    const goal = current()
    if (goal) return goal
    throw new CodiError(
      'not_found',
      'This conversation has no goal; /goal TEXT or codi --goal "TEXT" sets one',
    )
  }

  return {
    get goal() {
      return current()
    },
    start(typed, budget) {
      if (current()?.state === 'active')
        throw new CodiError(
          'invalid',
          'A goal is being worked on; /goal pause or /goal clear first',
        )
      const text = typed.trim()
      if (text === '') throw new CodiError('usage', 'The goal is empty: /goal TEXT')
      if (text.length > maxTextChars)
        throw new CodiError(
          'usage',
          `A goal has at most ${maxTextChars} characters; write more of it to a file and name that`,
        )
      const used = { turns: 0, tokens: 0, costUsd: 0, elapsedMs: 0 }
      return keep({ text, state: 'active', ...used, ...defaultBudget, ...budget })
    },
    pause(why) {
      const goal = required()
      if (goal.state === 'active') return keep({ ...goal, state: 'paused', note: why })
      throw new CodiError('invalid', `The goal is ${goal.state}, there is nothing to pause`)
    },
    resume(budget) {
      const goal = required()
      if (goal.state === 'active') throw new CodiError('invalid', 'The goal is being worked on')
      const { note: _, ...others } = goal
      const isOver = goal.state === 'spent' || goal.state === 'done'
      const isNew = isOver || Object.keys(budget).length > 0
      return keep({ ...others, ...(isNew ? renewed(goal, budget) : {}), state: 'active' })
    },
    clear() {
      required()
      session.write().append({ type: 'goal', goal: null })
      work = undefined
    },
    next() {
      const goal = current()
      return goal?.state === 'active' ? inputOf(goal) : undefined
    },
    took(result, ms) {
      const before = current()
      if (!before) return undefined
      const goal = used(before, result, ms)
      // Paused meanwhile: what the run took counts all the same.
      if (before.state !== 'active') return keep(goal)
      const isIdle = result.calls.length === 0 || result.text === work?.text
      const idle = isIdle && before.turns > 0 ? (work?.idle ?? 0) + 1 : 0
      const isCostSpent = result.stopReason === 'max_cost' && isCostBound(before, runCostUsd)
      const kept = keep({ ...goal, ...judge(goal, result, { idle, isCostSpent }) })
      if (work) work = { ...work, idle, text: result.text }
      return kept
    },
  }
}

/** What a model that was told to end so says of its goal in its last line. */
export function goalLine(text: string): { state: 'done' | 'blocked'; note?: string } | undefined {
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  const bare = last.replace(/[*_`>#]/g, '').trim()
  const found = /^goal\s*:\s*(done|blocked)\b[\s.:—–-]*(.*)$/i.exec(bare)
  if (!found) return undefined
  const note = oneLine(found[2] ?? '', maxNoteChars)
  const state = found[1]?.toLowerCase() === 'done' ? 'done' : 'blocked'
  return note === '' ? { state } : { state, note }
}

function judge(
  goal: Goal,
  result: RunResult,
  { idle, isCostSpent }: { idle: number; isCostSpent: boolean },
): Pick<Goal, 'state' | 'note'> {
  if (result.stopReason === 'interrupted') return { state: 'paused', note: 'interrupted' }
  // Done without what was denied is done.
  const said = result.ok || result.stopReason === 'denied' ? goalLine(result.text) : undefined
  if (said) return said
  const spent = spentOf(goal)
  if (spent !== undefined) return { state: 'spent', note: spent }
  if (isCostSpent)
    return {
      state: 'spent',
      note: `the next request would go beyond ${dollars(goal.maxCostUsd ?? 0)}`,
    }
  const why = oneLine(
    result.error?.message ?? `the run ended with ${result.stopReason}`,
    maxNoteChars,
  )
  if (result.stopReason === 'denied') return { state: 'blocked', note: why }
  if (!goesOn.has(result.stopReason)) return { state: 'paused', note: why }
  if (idle >= maxIdle)
    return {
      state: 'paused',
      note: `no progress: the last ${plural(idle, 'answer')} called no tool, or said the same again`,
    }
  return { state: 'active' }
}

function spentOf(goal: Goal): string | undefined {
  const { maxTurns, maxTokens, maxCostUsd, maxMs } = goal
  if (maxTurns !== undefined && goal.turns >= maxTurns)
    return `${plural(maxTurns, 'turn')} are used`
  if (maxTokens !== undefined && goal.tokens >= maxTokens) return `${maxTokens} tokens are used`
  if (maxMs !== undefined && goal.elapsedMs >= maxMs) return 'its time is up'
  const { costUsd } = goal
  if (maxCostUsd !== undefined && costUsd !== null && costUsd >= maxCostUsd)
    return `${dollars(maxCostUsd)} are used`
  return undefined
}

/** True where a run of it stops at what is left of its money, not at a smaller limit of the settings. */
function isCostBound(
  { maxCostUsd, costUsd }: Goal,
  runCostUsd = Number.POSITIVE_INFINITY,
): boolean {
  if (maxCostUsd === undefined || costUsd === null) return false
  return maxCostUsd - costUsd <= runCostUsd + leastUsd
}

function rounded(usd: number): number {
  return Math.round(usd / leastUsd) / (1 / leastUsd)
}

/** From now on: what is given, beside it what was left, or all of it anew where it is spent. */
function renewed(goal: Goal, given: GoalBudget): Partial<Goal> {
  const used = usedBy(goal)
  const since = goal.state === 'spent' ? (goal.usedBefore ?? unused) : used
  const { maxTurns, maxTokens, maxCostUsd, maxMs } = goal
  const on = (limit: number | undefined, key: keyof typeof unused, more: number | undefined) =>
    more ?? (limit === undefined ? undefined : limit - since[key])
  const turns = on(maxTurns, 'turns', given.maxTurns)
  const tokens = on(maxTokens, 'tokens', given.maxTokens)
  const cost = on(maxCostUsd, 'costUsd', given.maxCostUsd)
  const ms = on(maxMs, 'elapsedMs', given.maxMs)
  return {
    ...(turns === undefined ? {} : { maxTurns: used.turns + turns }),
    ...(tokens === undefined ? {} : { maxTokens: used.tokens + tokens }),
    ...(cost === undefined ? {} : { maxCostUsd: rounded(used.costUsd + cost) }),
    ...(ms === undefined ? {} : { maxMs: used.elapsedMs + ms }),
    usedBefore: used,
  }
}

const unused = { turns: 0, tokens: 0, costUsd: 0, elapsedMs: 0 } as const

function usedBy({ turns, tokens, costUsd, elapsedMs }: Goal): NonNullable<Goal['usedBefore']> {
  return { turns, tokens, costUsd: costUsd ?? 0, elapsedMs }
}

function inputOf(goal: Goal): TaskRun {
  const { maxTurns, maxCostUsd, maxMs, costUsd } = goal
  const left = {
    ...(maxTurns === undefined ? {} : { maxTurns: Math.max(1, maxTurns - goal.turns) }),
    ...(maxCostUsd === undefined || costUsd === null
      ? {}
      : { maxCostUsd: Math.max(0, maxCostUsd - costUsd) }),
    ...(maxMs === undefined ? {} : { seconds: Math.max(1, (maxMs - goal.elapsedMs) / 1000) }),
  }
  const text =
    goal.turns === 0
      ? `${goal.text}\n\n<goal>This is a goal: work on it over as many turns as it takes. ${protocol}</goal>`
      : `Go on with the goal: ${goal.text}\n\n<goal>Take its next step. ${protocol}</goal>`
  return { text, limits: left }
}

function used(goal: Goal, result: RunResult, ms: number): Goal {
  const { costUsd } = goal
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = result.usage
  return {
    ...goal,
    turns: goal.turns + result.turns,
    tokens: goal.tokens + inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens,
    costUsd: costUsd === null || result.costUsd === null ? null : costUsd + result.costUsd,
    elapsedMs: goal.elapsedMs + ms,
  }
}
