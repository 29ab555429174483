/** Models of an Ollama host, by `/api/embed`. */
import { CodiError } from '../../../src/base/errors.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import { checkedVectors } from './answer.ts'
import { cutToTokens, type Embedder, type TextKind } from './embedder.ts'
import { findModel } from './models.ts'
import { askHost, type Patience } from './request.ts'

/** Small, so that little is lost by a kill and progress is seen on a slow machine. */
const textsPerRequest = 16
const usualWindow = 2_048
/** More of a place's text does not make its vector better. */
const maxTokensPerText = 2_000

export function createOllamaEmbedder(
  options: EmbeddingOptions,
  patience: Readonly<Record<TextKind, Patience>>,
): Embedder {
  const model = findModel(options.model)
  const wanted = options.dimensions ?? model?.usual
  const tokensPerText = Math.min(maxTokensPerText, model?.window ?? usualWindow)
  /** Where a beginning of the vector is one too, codi cuts it itself: older versions do not. */
  const asks = options.dimensions !== undefined && model?.shortens !== true
  let dimensions = wanted ?? model?.dimensions
  return {
    name: options.name,
    get dimensions() {
      return dimensions
    },
    limits: { texts: textsPerRequest, tokens: textsPerRequest * tokensPerText, tokensPerText },
    async embed(texts, kind, signal) {
      if (texts.length === 0) return []
      const prefix = (kind === 'query' ? model?.query : model?.document) ?? ''
      const answer = await askHost(
        {
          options,
          path: '/api/embed',
          patience: patience[kind],
          body: {
            model: options.model,
            input: texts.map((text) => prefix + cutToTokens(text, tokensPerText)),
            truncate: true,
            ...(asks ? { dimensions: options.dimensions } : {}),
          },
        },
        signal,
      )
      const { embeddings } = answer
      if (!Array.isArray(embeddings))
        throw new CodiError(
          'provider',
          `${options.name} answered without embeddings; update Ollama to 0.3 or newer`,
        )
      const vectors = checkedVectors(embeddings, {
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
