/**
 * One request to its answer: measured before it is sent, relieved where it comes near the window, relieved and sent once
 * more where the host refuses it as too long.
 */
import type { Usage } from '../contract/message.ts'
import type { ModelRequest, ProviderFailure } from '../contract/provider.ts'
import { type Budget, budgetOf, readTokens } from './budget.ts'
import { uncalibrated } from './calibration.ts'
import type { AgentConfig } from './config.ts'
import { type Ending, overflow } from './ending.ts'
import { type Meter, openMeter } from './meter.ts'
import { relieve, wantsRelief } from './relief.ts'
import { buildRequest } from './request.ts'
import type { RunState } from './state.ts'
import { type TurnOutcome, takeTurn } from './turn.ts'

/** Without a word from the host about its window, half of what it refused is tried. */
const halved = 0.5
const minWindow = 1024
/** Of a window that a host has named, so that what it refused does not come out just below it. */
const refusedShare = 1.02

export interface Sent {
  request: ModelRequest
  outcome: TurnOutcome
}

/** `begin` is called once, before the request goes out. */
export async function sendRequest(
  config: AgentConfig,
  state: RunState,
  { begin, signal }: { begin(): void; signal: AbortSignal },
): Promise<Sent | { stopped: Ending }> {
  const meter = config.care?.meter ?? openMeter(uncalibrated)
  let budget = measure(config, state, meter)
  if (wantsRelief(config, state, budget)) {
    await relieve(config, state, { budget, tokens: budget.inputTokens, by: 'budget', signal })
    budget = measure(config, state, meter)
  }
  for (let refused = false; ; refused = true) {
    config.care?.measured(budget)
    if (!budget.fits) return { stopped: doesNotFit(config, state, { budget, meter }) }
    const request = { ...requestOf(config, state), maxOutputTokens: budget.maxOutputTokens }
    const tooDear = await config.afford?.(request, signal)
    if (tooDear) return { stopped: tooDear }
    if (!refused) begin()
    const outcome = await takeTurn(config, request, signal)
    if (outcome.ok) state.accepted = Math.max(state.accepted, budget.inputTokens)
    if (outcome.ok || refused || !isOverflow(outcome)) return { request, outcome }
    if (!config.care?.auto || state.reliefs > 1) return { request, outcome }
    const tokens = learnWindow(config, state, { failure: outcome.failure, budget })
    budget = measure(config, state, meter)
    if (!(await relieve(config, state, { budget, tokens, by: 'overflow', signal })))
      return { request, outcome }
    budget = measure(config, state, meter)
  }
}

/** Takes in what the provider counted: for the next request, and for all that follow. */
export function learnFrom(
  config: AgentConfig,
  state: RunState,
  { request, usage }: { request: ModelRequest; usage: Usage | undefined },
): void {
  const counted = usage ? readTokens(usage) : 0
  state.counted = undefined
  if (!usage || usage.estimated || counted === 0) return
  const meter = config.care?.meter ?? openMeter(uncalibrated)
  const messages = state.items.map((item) => item.message)
  // A count that cannot be right (some hosts leave out what was cached) is no ground to stand on.
  if (!meter.learn({ ...request, messages }, counted)) return
  // The answer follows as the next message.
  state.counted = { messages: state.items.length + 1, tokens: counted + usage.outputTokens }
}

function measure(config: AgentConfig, state: RunState, meter: Meter): Budget {
  const messages = state.items.map((item) => item.message)
  return budgetOf(
    { ...requestOf(config, state), messages },
    {
      info: config.info,
      limits: { window: state.window, compactAt: config.care?.compactAt ?? 1 },
      counted: state.counted,
      meter,
    },
  )
}

function requestOf(config: AgentConfig, state: RunState): ModelRequest {
  return buildRequest(
    config,
    state.items.map((item) => item.message),
  )
}

function isOverflow(outcome: TurnOutcome): outcome is Extract<TurnOutcome, { ok: false }> {
  return !outcome.ok && outcome.failure.kind === 'context_overflow' && outcome.text === ''
}

/** What the request must have taken, now that its host has refused it. */
function learnWindow(
  config: AgentConfig,
  state: RunState,
  { failure, budget }: { failure: ProviderFailure; budget: Budget },
): number {
  const told = failure.windowTokens
  if (told !== undefined) {
    state.window = Math.min(told, state.window ?? told)
    config.care?.learnWindow(state.window)
    return Math.max(budget.inputTokens, failure.requestTokens ?? Math.ceil(told * refusedShare))
  }
  if (state.window === undefined) {
    const half = Math.floor(budget.inputTokens * halved)
    // A guess, and the refusal may have had another reason: it holds for this run.
    state.window = Math.max(minWindow, half, state.accepted)
    return budget.inputTokens
  }
  // The window is known and the estimate was within it: then it was the estimate that was wrong.
  return Math.max(budget.inputTokens, Math.ceil(state.window * refusedShare))
}

function doesNotFit(
  config: AgentConfig,
  state: RunState,
  { budget, meter }: { budget: Budget; meter: Meter },
): Ending {
  return overflow(budget.inputTokens, {
    window: budget.window ?? 0,
    fixed: meter.fixed(requestOf(config, state)),
    relieved: state.reliefs > 0,
  })
}
