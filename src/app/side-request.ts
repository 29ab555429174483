/** A request beside the conversation: no tools, nothing streamed to anybody, its text as the answer. */
import { CodiError, type ErrorKind } from '../base/errors.ts'
import type { FailureKind, ModelInfo, Provider } from '../contract/provider.ts'

export interface SideRequest {
  /** For the ledger of usage: `summary`, `label` … */
  purpose: string
  system: string
  text: string
  maxOutputTokens: number
}

/** What a model that thinks may spend on it, beside the answer. */
const thinkingTokens = 4096
const outputSlack = 2
/** A cautious guess: it only keeps the slack out of a small window. */
const charsPerToken = 3

/** Throws a CodiError when there is no answer. */
export async function sideRequest(
  { provider, model, info }: { provider: Provider; model: string; info: ModelInfo },
  { purpose, system, text, maxOutputTokens }: SideRequest,
  signal: AbortSignal,
): Promise<string> {
  const room =
    (info.contextWindow ?? Number.POSITIVE_INFINITY) - (system + text).length / charsPerToken
  const wished = maxOutputTokens * outputSlack + (info.thinking ? thinkingTokens : 0)
  const wanted = Math.floor(Math.max(maxOutputTokens, Math.min(wished, room)))
  const request = {
    model,
    purpose,
    system: [{ text: system, stable: true }],
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }],
    tools: [],
    maxOutputTokens: Math.min(wanted, info.maxOutputTokens ?? wanted),
  }
  for await (const event of provider.stream(request, signal)) {
    if (event.type === 'error')
      throw new CodiError(errorKinds[event.failure.kind] ?? 'provider', event.failure.message)
    if (event.type !== 'done') continue
    return event.message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  }
  throw signal.aborted
    ? new CodiError('cancelled', 'Interrupted')
    : new CodiError('provider', `${provider.name} ended its stream without an answer`)
}

const errorKinds: { [K in FailureKind]?: ErrorKind } = {
  cancelled: 'cancelled',
  credentials: 'credentials',
  unreachable: 'unreachable',
}
