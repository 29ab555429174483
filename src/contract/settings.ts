/** What a person can set, after all layers are merged. The table of keys is config/schema.ts. */
import type { Mode } from './permission.ts'
import type { Effort } from './provider.ts'

export interface Settings {
  provider?: string
  model?: string
  baseUrl?: string
  mode: Mode
  effort?: Effort
  maxTurns: number
  maxCostUsd?: number
  /** Seconds for one run. */
  timeoutSeconds?: number
  contextWindow?: number
  maxOutputTokens?: number
  temperature?: number
  tools: boolean
  /** Only these tools, when given. */
  toolNames?: string[]
  index: boolean
  /** `builtin`, or what embeds the code instead: `ollama/MODEL`, `openai/MODEL`, `HOST/MODEL`. */
  embedding: string
  embeddingBaseUrl?: string
  /** Wanted length of the vectors. */
  embeddingDimensions?: number
  /** US dollars a million tokens, where codi does not know better. */
  embeddingPrice?: number
  addDirs: string[]
  systemPrompt?: string
  appendSystemPrompt?: string
  color: 'auto' | 'always' | 'never'
  /** Seconds without a byte from the model's host before the request counts as stalled. */
  stallSeconds: number
  /** Extra certificate authorities, a PEM file. */
  caFile?: string
}
