/** Models of OpenAI and of every host that speaks its `/v1/embeddings`. */
import { CodiError } from '../../../src/base/errors.ts'
import { isJsonObject, type JsonObject } from '../../../src/base/json.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import { checkedVectors } from './answer.ts'
import { cutToTokens, type Embedder, type TextKind } from './embedder.ts'
import { findModel } from './models.ts'
import { askHost, type Patience } from './request.ts'

/** OpenAI takes 2,048 texts and 300,000 tokens; others less. What one request holds is lost by a kill. */
const textsPerRequest = 96
const tokensPerRequest = 60_000
const usualWindow = 512
const maxTokensPerText = 2_000

export function createOpenAiEmbedder(
  options: EmbeddingOptions,
  patience: Readonly<Record<TextKind, Patience>>,
): Embedder {
  const model = findModel(options.model)
  const wanted = options.dimensions ?? model?.usual
  const tokensPerText = Math.min(maxTokensPerText, model?.window ?? usualWindow)
  /** OpenAI's own: a quarter of the bytes. Others may not know it. */
  const base64 = /^(openai|azure)\//.test(options.name)
  /** Where a beginning of the vector is one too, codi cuts it itself: hosts do not agree on how to ask. */
  const asks = base64 || model?.shortens !== true
  let dimensions = wanted ?? model?.dimensions
  return {
    name: options.name,
    get dimensions() {
      return dimensions
    },
    limits: { texts: textsPerRequest, tokens: tokensPerRequest, tokensPerText },
    async embed(texts, kind, signal) {
      if (texts.length === 0) return []
      const prefix = (kind === 'query' ? model?.query : model?.document) ?? ''
      const answer = await askHost(
        {
          options,
          path: '/embeddings',
          patience: patience[kind],
          body: {
            model: options.model,
            input: texts.map((text) => prefix + cutToTokens(text, tokensPerText)),
            encoding_format: base64 ? 'base64' : 'float',
            ...(asks && wanted !== undefined ? { dimensions: wanted } : {}),
          },
        },
        signal,
      )
      const vectors = checkedVectors(inOrder(answer, options.name), {
        name: options.name,
        count: texts.length,
        dimensions: wanted,
        shortens: model?.shortens === true,
      })
      dimensions = vectors[0]?.length ?? dimensions
      return vectors
    },
  }
}

/** By their `index`, which is what the vectors are matched by; where a host leaves it out, as they come. */
function inOrder(answer: JsonObject, name: string): unknown[] {
  const { data } = answer
  if (!Array.isArray(data) || !data.every(isJsonObject))
    throw new CodiError(
      'provider',
      `${name} answered without embeddings; is it an embedding model?`,
    )
  const vectors: unknown[] = []
  for (const [at, row] of data.entries()) {
    const index = typeof row.index === 'number' ? row.index : at
    if (!Number.isInteger(index) || index < 0 || index >= data.length || index in vectors)
      throw new CodiError('provider', `${name} numbered its vectors wrongly; try again`)
    vectors[index] = row.embedding
  }
  return vectors
}
