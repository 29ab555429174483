/**
 * What turns texts into vectors: one interface for every embedder. A failure is a CodiError whose message says what to
 * do; a text that the model will not take is a RefusedText, so that one bad text cannot stop the others.
 */

/** Models tell what is looked for from where it is looked in. */
export type TextKind = 'query' | 'document'

export interface EmbedderLimits {
  /** Texts in one request. */
  texts: number
  /** Tokens of all texts of one request, by our estimate. */
  tokens: number
  /** Tokens of one text; longer ones are cut. */
  tokensPerText: number
}

export interface Embedder {
  /** As people write it: `ollama/nomic-embed-text`. */
  readonly name: string
  /** Undefined until the first answer where the model is not known. */
  readonly dimensions: number | undefined
  readonly limits: EmbedderLimits
  /** A unit vector for each text, in order. */
  embed(texts: readonly string[], kind: TextKind, signal: AbortSignal): Promise<Float32Array[]>
}

/** The host took the request but not (one of) its texts: too long, or the model fails on it. */
export class RefusedText extends Error {
  override readonly name = 'RefusedText'
}

/** Code has short words and much punctuation; rather too many than too few. */
const charsPerToken = 3

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charsPerToken)
}

/** The beginning of the text that surely fits, without half a surrogate pair. */
export function cutToTokens(text: string, tokens: number): string {
  const end = tokens * charsPerToken
  if (text.length <= end) return text
  const code = text.charCodeAt(end - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? end - 1 : end)
}
