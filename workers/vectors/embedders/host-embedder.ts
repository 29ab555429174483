/** An embedder at the other end of HTTP: prefixes, cut texts, checked vectors; a wire says what differs. */
import { isJsonObject, type JsonObject } from '../../../src/base/json.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import { checkedVectors } from './answer.ts'
import { cutToTokens, type Embedder, estimateTokens, type TextKind } from './embedder.ts'
import { type EmbeddingModel, findModel } from './models.ts'
import { askHost, type Patience } from './request.ts'

export interface EmbeddingWire {
  path: string
  textsPerRequest: number
  /** Of a request; undefined: as many as its texts may have. */
  tokensPerRequest?: number
  /** Tokens of a text where the model is not known. */
  usualWindow: number
  /** What the request says beside `model` and `input`. */
  body(model: EmbeddingModel | undefined): JsonObject
  /** The vectors of an answer in the order of the texts, not yet checked. Throws a CodiError where there are none. */
  vectors(answer: JsonObject): unknown[]
}

/** What one request took. */
export interface EmbeddingUsage {
  tokens: number
  /** The host did not count. */
  isGuess: boolean
  ms: number
}

/** What a request may take of time and attempts, and who hears what it took. */
export interface EmbeddingCare {
  patience: Readonly<Record<TextKind, Patience>>
  counted(usage: EmbeddingUsage): void
}

/** More of a place's text does not make its vector better. */
const maxTokensPerText = 2_000

export function createHostEmbedder(
  options: EmbeddingOptions,
  { patience, counted }: EmbeddingCare,
  wire: EmbeddingWire,
): Embedder {
  const model = findModel(options.model)
  const wanted = options.dimensions ?? model?.usual
  const tokensPerText = Math.min(maxTokensPerText, model?.window ?? wire.usualWindow)
  const texts = wire.textsPerRequest
  let dimensions = wanted ?? model?.dimensions
  return {
    name: options.name,
    get dimensions() {
      return dimensions
    },
    limits: { texts, tokens: wire.tokensPerRequest ?? texts * tokensPerText, tokensPerText },
    async embed(texts, kind, signal) {
      if (texts.length === 0) return []
      const prefix = (kind === 'query' ? model?.query : model?.document) ?? ''
      const input = texts.map((text) => prefix + cutToTokens(text, tokensPerText))
      const body = { model: options.model, input, ...wire.body(model) }
      const started = performance.now()
      const answer = await askHost(
        { options, path: wire.path, patience: patience[kind], body },
        signal,
      )
      const told = countedTokens(answer)
      const guess = () => input.reduce((sum, text) => sum + estimateTokens(text), 0)
      const ms = performance.now() - started
      counted({ tokens: told ?? guess(), isGuess: told === undefined, ms })
      const vectors = checkedVectors(wire.vectors(answer), {
        name: options.name,
        count: texts.length,
        // What a table says of an unasked length is only a guess; the model knows.
        dimensions: wanted,
        shortens: model?.shortens === true,
      })
      dimensions = vectors[0]?.length ?? dimensions
      return vectors
    },
  }
}

/** In the words of OpenAI, or of Ollama. */
function countedTokens(answer: JsonObject): number | undefined {
  const usage = isJsonObject(answer.usage) ? answer.usage : {}
  const counts = [usage.prompt_tokens, usage.total_tokens, answer.prompt_eval_count]
  return counts.find((count): count is number => typeof count === 'number' && count > 0)
}
