/**
 * One request and its answer: the provider's events become events for people and, at the end, one assistant message.
 * A retry voids what was streamed; nothing runs a tool before the answer is complete.
 */
import type { AssistantMessage, Usage } from '../contract/message.ts'
import type { ModelRequest, ProviderFailure, StopReason } from '../contract/provider.ts'
import type { AgentConfig } from './config.ts'

export type TurnOutcome =
  | {
      ok: true
      message: AssistantMessage
      stop: StopReason
      usage: Usage | undefined
      model: string
    }
  /** `text` is what a person has already seen. */
  | { ok: false; failure: ProviderFailure; text: string; usage: Usage | undefined }

export async function takeTurn(
  config: AgentConfig,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<TurnOutcome> {
  let text = ''
  const coming = together((piece) => {
    // Kept before it is shown: a crash in between costs nothing that anybody saw.
    config.draft(piece)
    config.emit({ type: 'text', text: piece })
  })
  for await (const event of config.provider.stream(request, signal)) {
    if (event.type !== 'text') coming.flush()
    switch (event.type) {
      case 'text':
        text += event.text
        coming.add(event.text)
        break
      case 'thinking':
        config.emit({ type: 'thinking', text: event.text })
        break
      case 'call_start':
        config.emit({ type: 'call_pending', id: event.id, name: event.name })
        break
      case 'call_delta':
        break
      case 'retry':
        if (text !== '') {
          text = ''
          config.draft('')
          config.emit({ type: 'retract', reason: event.failure.message })
        }
        config.emit({ type: 'notice', level: 'warning', text: retryText(event) })
        break
      case 'notice':
        config.emit({ type: 'notice', level: 'warning', text: event.text })
        break
      case 'done':
        return {
          ok: true,
          message: event.message,
          stop: event.stop,
          usage: event.usage,
          model: event.model ?? request.model,
        }
      case 'error':
        return { ok: false, failure: event.failure, text, usage: event.usage }
    }
  }
  coming.flush()
  const failure: ProviderFailure = signal.aborted
    ? { kind: 'cancelled', message: 'Interrupted' }
    : { kind: 'protocol', message: `${config.provider.name} ended its stream without an answer` }
  return { ok: false, failure, text, usage: undefined }
}

/** What comes in one go of the event loop, a whole packet of the host, is told as one piece. */
function together(tell: (piece: string) => void) {
  let pieces = ''
  let soon: ReturnType<typeof setImmediate> | undefined
  function flush(): void {
    if (soon) clearImmediate(soon)
    soon = undefined
    const piece = pieces
    pieces = ''
    if (piece !== '') tell(piece)
  }
  return {
    flush,
    add(piece: string): void {
      pieces += piece
      soon ??= setImmediate(flush)
    },
  }
}

function retryText(event: { attempt: number; delayMs: number; failure: ProviderFailure }): string {
  const wait = event.delayMs < 1000 ? '' : ` in ${Math.round(event.delayMs / 1000)} s`
  return `${event.failure.message}; trying again${wait} (attempt ${event.attempt})`
}
