/** What a message about a failure needs to name, and how what a host said becomes part of it. */
import { oneLine } from '../base/text.ts'

export interface FailureContext {
  /** As people write it: `Anthropic`. */
  hostName: string
  providerId: string
  baseUrl: string
  /** The variable that holds the key, for the advice. */
  keyName: string | undefined
  /** To be masked, should a host repeat it. */
  apiKey: string | undefined
  /** The key comes from a login, so the advice is to log in again. */
  stored?: true
  model: string
  /** Said when nothing listens there: "start it with `ollama serve`". */
  startHint?: string
  /** Said when the model is missing. */
  modelHint?: string
}

/** One short line without anything that looks like a key. */
export function brief(text: string, context: FailureContext): string {
  let safe = text
  if (context.apiKey && context.apiKey.length >= 6) safe = safe.replaceAll(context.apiKey, '…')
  safe = safe.replace(/\b(sk|pk|rk|gsk|xai|key|AIza|hf|nvapi|csk|fw)[-_]?[\w*.-]{12,}/g, '…')
  return oneLine(safe, 240)
}

/** Some hosts have no name of their own ("the OpenAI-compatible host"); a sentence begins with a capital all the same. */
export function sentence(text: string): string {
  return text.replace(/^the /, 'The ')
}
