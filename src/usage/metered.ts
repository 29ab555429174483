/**
 * Any provider, metered: each attempt to get an answer becomes a row of the ledger, with what it cost where that is known,
 * and no request is sent that a budget does not allow. What a provider did not count is guessed and marked.
 */
import { neutralize, oneLine } from '../base/text.ts'
import { costOf } from '../contract/cost.ts'
import type { AssistantMessage, Usage } from '../contract/message.ts'
import type {
  ModelEvent,
  ModelInfo,
  ModelRequest,
  Provider,
  ProviderFailure,
} from '../contract/provider.ts'
import type { UsageRow } from '../contract/usage.ts'
import type { Refusal } from './budgets.ts'
import { answerTokens, requestTokens, textTokens } from './estimate.ts'
import { wholeUsage } from './whole-usage.ts'

export interface MeteredOptions {
  /** What it works for. */
  about(): Pick<UsageRow, 'session' | 'step' | 'turn' | 'project'>
  keep(row: UsageRow): void
  /** Why a request must not be sent; asks the person where there is one. */
  refusal(next: PlannedRequest, signal: AbortSignal): Promise<Refusal | undefined>
  /** The loop has asked before this request already. */
  takeAdmitted(): boolean
  /** What is known of another model than the one asked: the one that answered. */
  infoOf(provider: string, model: string): ModelInfo
  now(): number
}

export interface PlannedRequest {
  provider: string
  info: ModelInfo
  request: ModelRequest
}

/** A host names the model that answered as it likes. */
const maxModelChars = 200

/** Providers without a wire: there is nothing to count unless they say so. */
const uncounted: ReadonlySet<string> = new Set(['builtin', 'mock'])

interface Attempt {
  request: ModelRequest
  info: ModelInfo
  startedAt: number
  startedMs: number
  /** Characters that were streamed. */
  chars: number
}

export function metered(provider: Provider, info: ModelInfo, options: MeteredOptions): Provider {
  if (provider.name === 'builtin') return provider

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (!options.takeAdmitted()) {
      const refused = await options.refusal({ provider: provider.name, info, request }, signal)
      if (refused) {
        yield { type: 'error', failure: { kind: 'budget', message: refused.message } }
        return
      }
    }
    let attempt = begin(request)
    for await (const event of provider.stream(request, signal)) {
      switch (event.type) {
        case 'text':
        case 'thinking':
        case 'call_delta':
          attempt.chars += event.text.length
          yield event
          break
        case 'retry': {
          keepFailed(attempt, event)
          attempt = begin(request)
          yield event
          break
        }
        case 'error': {
          const usage = keepFailed(attempt, event)
          yield { ...event, ...(usage ? { usage } : {}) }
          break
        }
        case 'done':
          yield { ...event, ...keepDone(attempt, event) }
          break
        default:
          yield event
      }
    }
  }

  function begin(request: ModelRequest): Attempt {
    const known = request.model === info.id ? info : options.infoOf(provider.name, request.model)
    return {
      request,
      info: known,
      startedAt: options.now(),
      startedMs: performance.now(),
      chars: 0,
    }
  }

  function keepDone(
    attempt: Attempt,
    done: { message: AssistantMessage; usage: Usage | undefined; model?: string },
  ): { usage: Usage } | undefined {
    const { request } = attempt
    const usage = done.usage
      ? withInput(request, done.usage)
      : guessed(request, answerTokens(done.message))
    if (!usage) return undefined
    const named = done.model === undefined ? '' : oneLine(neutralize(done.model), maxModelChars)
    const answered = named === '' || named === request.model ? null : named
    return { usage: keep(attempt, { usage, answered, ok: true, calls: callsOf(done.message) }) }
  }

  /** One that failed counts where its host counted it, or where an answer had begun. */
  function keepFailed(
    attempt: Attempt,
    failed: { failure: ProviderFailure; usage?: Usage },
  ): Usage | undefined {
    const streamed = textTokens(attempt.chars)
    const counted = failed.usage
    // What was counted before the end leaves out most of the answer.
    const usage = !counted
      ? attempt.chars === 0
        ? undefined
        : guessed(attempt.request, streamed)
      : counted.outputTokens >= streamed
        ? counted
        : { ...counted, outputTokens: streamed, estimated: true as const }
    return usage && keep(attempt, { usage, answered: null, ok: false, calls: 0 })
  }

  /** Ollama leaves out what it read where all of it was still in memory. */
  function withInput(request: ModelRequest, usage: Usage): Usage {
    const read = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
    if (read > 0 || uncounted.has(provider.name)) return usage
    return { ...usage, inputTokens: requestTokens(request), estimated: true }
  }

  function guessed(request: ModelRequest, outputTokens: number): Usage | undefined {
    if (uncounted.has(provider.name)) return undefined
    const [cacheReadTokens, cacheWriteTokens, reasoningTokens] = [0, 0, 0]
    const inputTokens = requestTokens(request)
    return {
      ...{ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens },
      estimated: true,
    }
  }

  /** Answers the usage with what it cost. */
  function keep(
    attempt: Attempt,
    end: { usage: Usage; answered: string | null; ok: boolean; calls: number },
  ): Usage {
    const { request } = attempt
    const { answered } = end
    const usage = wholeUsage(end.usage)
    const isPriced = attempt.info.price !== undefined || attempt.info.free === true
    const info =
      isPriced || answered === null ? attempt.info : options.infoOf(provider.name, answered)
    const costUsd = costOf(usage, info)
    options.keep({
      at: attempt.startedAt,
      ...options.about(),
      provider: provider.name,
      model: request.model,
      answered,
      purpose: request.purpose ?? 'turn',
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cacheReadTokens: usage.cacheReadTokens,
      cacheWriteTokens: usage.cacheWriteTokens,
      reasoningTokens: usage.reasoningTokens,
      costUsd,
      ...sourceOf(usage, info),
      estimated: usage.estimated === true,
      ok: end.ok,
      ms: performance.now() - attempt.startedMs,
      calls: end.calls,
    })
    return { ...usage, costUsd }
  }

  return {
    name: provider.name,
    models: (signal) => provider.models(signal),
    describe: (model, signal) => provider.describe(model, signal),
    stream,
  }
}

function sourceOf(
  usage: Usage,
  info: ModelInfo,
): { priceSource: string | null; priceDate: string | null } {
  if (usage.costUsd !== undefined)
    return { priceSource: usage.costUsd === null ? null : 'host', priceDate: null }
  const { price } = info
  if (price) return { priceSource: price.source ?? 'catalogue', priceDate: price.date ?? null }
  return { priceSource: info.free ? 'free' : null, priceDate: null }
}

function callsOf(message: AssistantMessage): number {
  return message.content.filter((block) => block.type === 'call').length
}
