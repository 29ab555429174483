/** The embedder of a person's settings. */
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import type { Embedder, TextKind } from './embedder.ts'
import type { EmbeddingUsage } from './host-embedder.ts'
import { createOllamaEmbedder } from './ollama.ts'
import { createOpenAiEmbedder } from './openai.ts'
import { type Patience, usualPatience } from './request.ts'

const wires = { ollama: createOllamaEmbedder, openai: createOpenAiEmbedder }

export function createEmbedderFor(
  options: EmbeddingOptions,
  patience: Readonly<Record<TextKind, Patience>> = usualPatience,
  counted: (usage: EmbeddingUsage) => void = () => undefined,
): Embedder {
  return wires[options.provider](options, { patience, counted })
}

/**
 * What vectors must share to be compared: the model as it was asked. An Ollama model is the same wherever it runs;
 * elsewhere only the host knows what it serves under a name.
 */
export function embedderKey(options: EmbeddingOptions): string {
  const where = options.provider === 'ollama' ? '' : ` ${options.baseUrl}`
  return `${options.name} ${options.dimensions ?? ''}${where}`
}
