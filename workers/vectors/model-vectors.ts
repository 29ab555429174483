/**
 * The configured embedder (Ollama, OpenAI …) beside the built-in one: which of its vectors searches may use, how a
 * question gets one without being held up, what is still to be embedded and why it is not.
 */
import { settledWithin } from '../../src/base/async.ts'
import { errorMessage } from '../../src/base/errors.ts'
import { plural } from '../../src/base/text.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import type { EmbeddingEstimate, EmbeddingOptions } from '../../src/contract/vector-service.ts'
import { embedChunks } from './embed-chunks.ts'
import {
  chunksWithout,
  countWithout,
  type EmbedderRow,
  ensureEmbedder,
  findEmbedder,
  usableEmbedder,
} from './embedder-rows.ts'
import { chunkTexts } from './embedders/chunk-text.ts'
import { createEmbedderFor } from './embedders/create.ts'
import { type Embedder, estimateTokens } from './embedders/embedder.ts'
import { listPrice } from './embedders/models.ts'
import type { HierarchicalNswConstructor } from './hnsw-addon.ts'
import type { SearchStore } from './store.ts'
import { openVectorSpace, type VectorSpace } from './vector-space.ts'
import { countVectors, vectorOfText } from './vector-table.ts'

export interface QuestionVector {
  space: VectorSpace
  /** Undefined when the host is not in reach. Never rejects. */
  vector: Promise<Float32Array | undefined>
}

export interface ModelVectors {
  /** US dollars a million tokens; undefined: not known. */
  readonly price: number | undefined
  /** The place of a question among the vectors that are there; undefined while there are none. */
  question(text: string): QuestionVector | undefined
  estimate(): EmbeddingEstimate
  /** Embeds what has no vector yet; answers how many chunks got one. */
  embed(signal: AbortSignal): Promise<number>
  /** Brings the graph up to date for about so long; how much is still to come. */
  follow(budgetMs: number): number
  save(): void
  /** A run ended with this; undefined: it went well. */
  noteFailure(thrown: unknown): void
  status(): { embedder: string; dimensions: number; embedded: number; note?: string }
}

export interface ModelVectorsOptions {
  store: SearchStore
  root: string
  directory: string
  hnsw: HierarchicalNswConstructor | undefined
  exactUpTo?: number
  embedding: EmbeddingOptions
  emit(event: WorkerEvent): void
}

const maxRemembered = 32
/** A search waits no longer for its question's vector. The request goes on: a host may have a model to load first. */
const questionMs = 3_000
/** A host that failed is not asked again for so long: every search would wait for it. */
const silenceMs = 30_000
/** More chunks than these are estimated from so many of them. */
const sampledChunks = 2_000

export function openModelVectors(options: ModelVectorsOptions): ModelVectors {
  const { store, embedding } = options
  const embedder = embedderFor(embedding)
  const price = priceOf(embedding)
  const remembered = new Map<string, Float32Array>()
  let asking: { row: EmbedderRow; embedder: Embedder; space: VectorSpace } | undefined
  let silentUntil = 0
  /** A question's vector is late. */
  let waiting = false
  let failure: string | undefined

  /** One whose requests are told, with what they cost. */
  function embedderFor(about: EmbeddingOptions): Embedder {
    const perMillion = priceOf(about)
    return createEmbedderFor(about, undefined, (usage) => {
      const costUsd = perMillion === undefined ? null : (usage.tokens * perMillion) / 1e6
      options.emit({ type: 'embedded', name: about.name, ...usage, costUsd })
    })
  }

  /** The embedder that searches use now, with its space. */
  function usable(): typeof asking {
    const row = usableEmbedder(store, embedding)
    if (!row || row.dimensions === 0) return undefined
    if (asking?.row.id === row.id && asking.row.dimensions === row.dimensions) return asking
    remembered.clear()
    asking = {
      row,
      embedder: embedderFor(row.options),
      space: openVectorSpace({ ...options, embedder: row.id, dimensions: row.dimensions }),
    }
    return asking
  }

  async function vectorOf(
    text: string,
    { embedder: asked, row }: { embedder: Embedder; row: EmbedderRow },
  ): Promise<Float32Array | undefined> {
    const known = remembered.get(text)
    if (known) return known
    if (waiting || performance.now() < silentUntil) return undefined
    const answer = ask(text, { embedder: asked, row })
    if (await settledWithin(answer, questionMs)) return answer
    waiting = true
    answer.finally(() => {
      waiting = false
    })
    return undefined
  }

  /** Never rejects. */
  async function ask(
    text: string,
    { embedder: asked, row }: { embedder: Embedder; row: EmbedderRow },
  ): Promise<Float32Array | undefined> {
    try {
      const [vector] = await asked.embed([text], 'query', new AbortController().signal)
      failure = undefined
      if (vector?.length !== row.dimensions) return undefined
      if (remembered.size >= maxRemembered) remembered.clear()
      remembered.set(text, vector)
      return vector
    } catch (thrown) {
      silentUntil = performance.now() + silenceMs
      failure = errorMessage(thrown)
      return undefined
    }
  }

  function waitingNote(): string | undefined {
    if (failure !== undefined) return failure
    const missing = countWithout(store, findEmbedder(store, embedding)?.id)
    if (missing === 0) return undefined
    const what = `${plural(missing, 'chunk')} without a vector`
    return price === 0
      ? `${what}: they are embedded in the background`
      : `${what}: \`codi index\` embeds them once you agree to the cost`
  }

  return {
    price,
    question(text) {
      const current = usable()
      return current && { space: current.space, vector: vectorOf(text, current) }
    },
    estimate() {
      const id = findEmbedder(store, embedding)?.id
      const chunks = countWithout(store, id)
      const ids = chunksWithout(store, id ?? -1, { after: 0, limit: sampledChunks })
      const { tokensPerText } = embedder.limits
      const texts = chunkTexts({ store, root: options.root, maxTokens: tokensPerText }, ids)
      const fresh = texts.filter(
        (chunk) => id === undefined || !vectorOfText(store, id, chunk.hash),
      )
      const sample = fresh.reduce((sum, chunk) => sum + estimateTokens(chunk.text), 0)
      const scale = ids.length === 0 ? 0 : chunks / ids.length
      const tokens = Math.round(sample * scale)
      return {
        chunks: Math.round(fresh.length * scale),
        tokens,
        ...(price === undefined ? {} : { costUsd: (tokens * price) / 1e6 }),
      }
    },
    async embed(signal) {
      const row = ensureEmbedder(store, embedding)
      return embedChunks({ ...options, embedder, row }, signal)
    },
    follow: (budgetMs) => usable()?.space.follow(budgetMs) ?? 0,
    save: () => asking?.space.save(),
    noteFailure(thrown) {
      failure = thrown === undefined ? undefined : errorMessage(thrown)
      if (thrown === undefined) silentUntil = 0
    },
    status() {
      const row = findEmbedder(store, embedding)
      const note = waitingNote()
      return {
        embedder: embedding.name,
        dimensions: row?.dimensions || (embedder.dimensions ?? 0),
        embedded: row ? countVectors(store, row.id) : 0,
        ...(note === undefined ? {} : { note }),
      }
    },
  }
}

function priceOf({ pricePerMillion, name }: EmbeddingOptions): number | undefined {
  return pricePerMillion ?? listPrice(name)
}
