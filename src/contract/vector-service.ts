/**
 * The vectors worker: chunks that follow symbols, word statistics, vectors, one order. Vectors never leave the worker.
 */
import type { SymbolKind } from './symbol.ts'

export interface VectorService {
  /**
   * Brings chunks, word statistics and vectors up to date with the index. The caller updates the index first. With
   * `background` nobody waits: the worker stands back behind other threads, as long as it lives.
   */
  update(request: { background?: boolean }, signal?: AbortSignal): Promise<VectorReport>
  search(query: SearchQuery, signal?: AbortSignal): Promise<SearchHit[]>
  /** What embedding everything that has no vector yet would take; nothing is sent. */
  estimate(signal?: AbortSignal): Promise<EmbeddingEstimate>
  /**
   * Embeds what has no vector of the chosen embedder yet, resuming where it stopped. `update` does it by itself where
   * it is free; where it costs money only this call does. Searches meanwhile use what there is.
   */
  embed(request: Record<string, never>, signal?: AbortSignal): Promise<VectorReport>
  status(signal?: AbortSignal): Promise<VectorStatus>
}

export interface SearchQuery {
  text: string
  limit: number
  /** Only below this file or directory, relative to the root. */
  path?: string
  language?: string
  /** Milliseconds after which the best of what was found is answered. */
  deadlineMs?: number
}

export interface SearchHit {
  path: string
  /** 1-based, inclusive. */
  line: number
  endLine: number
  /** Only comparable within one answer. */
  score: number
  /** Name of the symbol, with its container (`Class.method`); empty for a chunk of top-level text. */
  symbol: string
  kind: SymbolKind | 'text'
  /** The lines that matched best, at most 12, as they stand in the file. */
  snippet: string
  snippetLine: number
  /** Lines of the file, 1-based, that hold words of the query; within the snippet. */
  matchedLines: number[]
  /** Nearest, but nothing of the query is in it: neither its words nor their like. */
  weak?: boolean
}

export interface VectorReport {
  chunks: number
  embedded: number
  removed: number
  durationMs: number
}

export interface VectorStatus {
  chunks: number
  bytes: number
  /** `builtin`, `ollama/nomic-embed-text`, `openai/text-embedding-3-small` … */
  embedder: string
  dimensions: number
  /** Chunks that have a vector of this embedder. */
  embedded: number
  /** Why not all have: still working, refused, waiting for a yes. */
  note?: string
  /** `hnsw` where there are many vectors and the native addon, else `exact`. */
  search: 'hnsw' | 'exact'
}

/** Which embedder; without one the built-in embedder, which needs nothing. */
export interface EmbeddingOptions {
  /** Which wire: Ollama's own, or OpenAI's as its host and many others speak it. */
  provider: 'ollama' | 'openai'
  /** As people write it: `ollama/nomic-embed-text`, `mistral/codestral-embed`. */
  name: string
  model: string
  baseUrl: string
  apiKey?: string
  /** Where the key is looked for, to be named when it is refused. */
  keyName?: string
  /** The header that takes the key as it is; absent: `Authorization: Bearer`. */
  keyHeader?: string
  /** Wanted length of the vectors, where the model lets one choose. */
  dimensions?: number
  /** US dollars a million tokens; undefined: not known; 0: free. */
  pricePerMillion?: number
  /** PEM with further certificate authorities. */
  caFile?: string
  /** The proxy that leads to `baseUrl`; undefined: none. */
  proxy?: string
}

export interface EmbeddingEstimate {
  chunks: number
  tokens: number
  /** Undefined when the price is not known. */
  costUsd?: number
}
