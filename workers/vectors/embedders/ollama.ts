/** Models of an Ollama host, by `/api/embed`. */
import { CodiError } from '../../../src/base/errors.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import type { Embedder } from './embedder.ts'
import { createHostEmbedder, type EmbeddingCare } from './host-embedder.ts'

export function createOllamaEmbedder(options: EmbeddingOptions, care: EmbeddingCare): Embedder {
  return createHostEmbedder(options, care, {
    path: '/api/embed',
    // Few, so that little is lost by a kill and progress is seen on a slow machine.
    textsPerRequest: 16,
    usualWindow: 2_048,
    body: (model) => ({
      truncate: true,
      // Where a beginning of the vector is one too, codi cuts it itself: older versions do not.
      ...(options.dimensions !== undefined && model?.shortens !== true
        ? { dimensions: options.dimensions }
        : {}),
    }),
    vectors({ embeddings }) {
      if (Array.isArray(embeddings)) return embeddings
      throw new CodiError(
        'provider',
        `${options.name} answered without embeddings; update Ollama to 0.3 or newer`,
      )
    },
  })
}
