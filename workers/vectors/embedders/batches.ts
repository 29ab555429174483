/**
 * Many texts through one embedder: as many in one request as it takes, and what a host refuses is halved until the one
 * text is found that it does not want. That one is cut shorter, and in the end left out.
 */
import type { TextKind } from './embedder.ts'
import { cutToTokens, type Embedder, estimateTokens, RefusedText } from './embedder.ts'

/** How often a text that is too long is cut to its half. */
const maxCuts = 3
const fewestTokens = 16

/** Positions of `texts`, in groups that one request may hold. */
export function batchesOf(texts: readonly string[], embedder: Embedder): number[][] {
  const { limits } = embedder
  const batches: number[][] = []
  let batch: number[] = []
  let tokens = 0
  for (const [at, text] of texts.entries()) {
    const cost = Math.min(limits.tokensPerText, estimateTokens(text))
    if (batch.length > 0 && (batch.length >= limits.texts || tokens + cost > limits.tokens)) {
      batches.push(batch)
      batch = []
      tokens = 0
    }
    batch.push(at)
    tokens += cost
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

/** A vector for each text; undefined for one that the model does not take. */
export async function embedBatch(
  embedder: Embedder,
  texts: readonly string[],
  { kind, signal }: { kind: TextKind; signal: AbortSignal },
): Promise<(Float32Array | undefined)[]> {
  try {
    return await embedder.embed(texts, kind, signal)
  } catch (thrown) {
    if (!(thrown instanceof RefusedText)) throw thrown
  }
  if (texts.length > 1) {
    const middle = texts.length >> 1
    const first = await embedBatch(embedder, texts.slice(0, middle), { kind, signal })
    const second = await embedBatch(embedder, texts.slice(middle), { kind, signal })
    return [...first, ...second]
  }
  return [await embedShorter(embedder, texts[0] ?? '', { kind, signal })]
}

async function embedShorter(
  embedder: Embedder,
  text: string,
  { kind, signal }: { kind: TextKind; signal: AbortSignal },
): Promise<Float32Array | undefined> {
  let tokens = Math.min(embedder.limits.tokensPerText, estimateTokens(text))
  for (let cut = 0; cut < maxCuts && tokens > fewestTokens; cut++) {
    tokens >>= 1
    try {
      const [vector] = await embedder.embed([cutToTokens(text, tokens)], kind, signal)
      return vector
    } catch (thrown) {
      if (!(thrown instanceof RefusedText)) throw thrown
    }
  }
  return undefined
}
