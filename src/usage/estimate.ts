/**
 * Tokens guessed from text, where no provider counted them: rows made of it are marked, and what it would cost is only
 * compared with a limit.
 */
import type { AssistantMessage } from '../contract/message.ts'
import type { ModelRequest } from '../contract/provider.ts'

/** Code and JSON are denser than prose. */
const charsPerToken = 3.5
const tokensPerImage = 1600

export function requestTokens(request: ModelRequest): number {
  let chars = 0
  let images = 0
  for (const part of request.system) chars += part.text.length
  if (request.tools.length > 0) chars += JSON.stringify(request.tools).length
  for (const message of request.messages) {
    chars += JSON.stringify(message.content, (key, value) => {
      if (key === 'type' && value === 'image') images++
      // Of images only their number counts; `opaque` and `data` of results have no text for the model.
      return key === 'data' ? undefined : value
    }).length
  }
  return Math.ceil(chars / charsPerToken) + images * tokensPerImage
}

export function answerTokens(message: AssistantMessage): number {
  return textTokens(JSON.stringify(message.content).length)
}

export function textTokens(chars: number): number {
  return Math.ceil(chars / charsPerToken)
}
