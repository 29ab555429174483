/** A provider that plays given answers in order and keeps what it was asked: drives the loop without a wire. */
import type { AssistantMessage, CallBlock } from '../../src/contract/message.ts'
import { noUsage } from '../../src/contract/message.ts'
import type {
  ModelEvent,
  ModelRequest,
  Provider,
  ProviderFailure,
  StopReason,
} from '../../src/contract/provider.ts'

export interface ScriptedAnswer {
  text?: string
  calls?: (Partial<CallBlock> & { name: string })[]
  stop?: StopReason
  usage?: { inputTokens: number; outputTokens: number }
  failure?: ProviderFailure
  /** Streamed before the answer, then voided by a retry. */
  retried?: string
  /** Waits for this before it ends. */
  until?: Promise<void>
}

export interface ScriptedProvider extends Provider {
  requests: ModelRequest[]
}

export function scriptedProvider(answers: ScriptedAnswer[]): ScriptedProvider {
  const queue = [...answers]
  const requests: ModelRequest[] = []
  let ids = 0
  return {
    name: 'scripted',
    requests,
    models: async () => [],
    describe: async (id) => ({ id }),
    async *stream(request, signal): AsyncGenerator<ModelEvent> {
      requests.push(structuredClone(request))
      const answer = queue.shift() ?? { text: 'nothing left to say' }
      if (answer.retried !== undefined) {
        yield { type: 'text', text: answer.retried }
        const failure: ProviderFailure = { kind: 'truncated', message: 'The stream broke off' }
        yield { type: 'retry', attempt: 1, delayMs: 0, failure }
      }
      if (answer.text) yield { type: 'text', text: answer.text }
      if (answer.until) {
        const aborted = new Promise<void>((resolve) => {
          if (signal.aborted) resolve()
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
        await Promise.race([answer.until, aborted])
      }
      if (signal.aborted) {
        yield { type: 'error', failure: { kind: 'cancelled', message: 'Interrupted' } }
        return
      }
      if (answer.failure) {
        yield { type: 'error', failure: answer.failure }
        return
      }
      const calls = (answer.calls ?? []).map(
        (call): CallBlock => ({ type: 'call', id: `call_${++ids}`, input: {}, ...call }),
      )
      const message: AssistantMessage = {
        role: 'assistant',
        content: [...(answer.text ? [{ type: 'text' as const, text: answer.text }] : []), ...calls],
      }
      yield {
        type: 'done',
        message,
        stop: answer.stop ?? (calls.length > 0 ? 'calls' : 'end'),
        usage: answer.usage ? { ...noUsage, ...answer.usage } : undefined,
      }
    },
  }
}
