/** Models of OpenAI and of every host that speaks its `/v1/embeddings`. */
import { CodiError } from '../../../src/base/errors.ts'
import { isJsonObject, type JsonObject } from '../../../src/base/json.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import type { Embedder } from './embedder.ts'
import { createHostEmbedder, type EmbeddingCare } from './host-embedder.ts'

export function createOpenAiEmbedder(options: EmbeddingOptions, care: EmbeddingCare): Embedder {
  /** OpenAI's own: a quarter of the bytes. Others may not know it. */
  const base64 = /^(openai|azure)\//.test(options.name)
  return createHostEmbedder(options, care, {
    path: '/embeddings',
    // OpenAI takes 2,048 texts and 300,000 tokens; others less. What one request holds is lost by a kill.
    textsPerRequest: 96,
    tokensPerRequest: 60_000,
    usualWindow: 512,
    body(model) {
      const wanted = options.dimensions ?? model?.usual
      // Where a beginning of the vector is one too, codi cuts it itself: hosts do not agree on how to ask.
      const asks = wanted !== undefined && (base64 || model?.shortens !== true)
      return {
        encoding_format: base64 ? 'base64' : 'float',
        ...(asks ? { dimensions: wanted } : {}),
      }
    },
    vectors: (answer) => inOrder(answer, options.name),
  })
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
