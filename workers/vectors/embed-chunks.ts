/**
 * Gives every chunk a vector of a configured embedder, resuming where it stopped: each batch is kept before the next
 * is sent, and a text that was embedded before is not sent again. One process at a time does it.
 */
import { cancelled } from '../../src/base/async.ts'
import { CodiError } from '../../src/base/errors.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import { quantize } from './embed.ts'
import {
  chunksWithout,
  countWithout,
  type EmbedderRow,
  ensureEmbedder,
  markComplete,
  setDimensions,
} from './embedder-rows.ts'
import { batchesOf, embedBatch } from './embedders/batches.ts'
import { type ChunkText, chunkTexts } from './embedders/chunk-text.ts'
import type { Embedder } from './embedders/embedder.ts'
import { takeLease } from './lease.ts'
import type { SearchStore } from './store.ts'
import { putVector, vectorOfText } from './vector-table.ts'

export interface EmbedContext {
  root: string
  store: SearchStore
  embedder: Embedder
  row: EmbedderRow
  emit(event: WorkerEvent): void
}

/** Chunks that are looked at together: a few requests' worth. */
const chunksPerRound = 512
const renewMs = 2_000

/** Answers how many chunks got a vector. */
export async function embedChunks(context: EmbedContext, signal: AbortSignal): Promise<number> {
  if (countWithout(context.store, context.row.id) === 0) {
    if (!context.row.complete) markComplete(context.store, context.row)
    return 0
  }
  const lease = await takeLease(context.store, signal, 'embedder')
  const lost = new AbortController()
  // A request may take minutes; whoever waits for the lease must see that its holder lives.
  const timer = setInterval(() => {
    try {
      context.store.transaction(() => lease.renew())
    } catch {
      lost.abort()
    }
  }, renewMs)
  try {
    return await embedAll(context, AbortSignal.any([signal, lost.signal]))
  } finally {
    clearInterval(timer)
    lease.release()
  }
}

async function embedAll(context: EmbedContext, signal: AbortSignal): Promise<number> {
  const { store, emit } = context
  const total = countWithout(store, context.row.id)
  let done = 0
  const progress = () => emit({ type: 'progress', what: 'embeddings', done, total })
  progress()
  for (let after = 0; ; ) {
    if (signal.aborted) throw cancelled()
    const ids = chunksWithout(store, context.row.id, { after, limit: chunksPerRound })
    const last = ids.at(-1)
    if (last === undefined) break
    after = last
    const texts = chunkTexts(
      { store, root: context.root, maxTokens: context.embedder.limits.tokensPerText },
      ids,
    )
    const fresh = reuse(context, texts)
    done += texts.length - fresh.length
    for (const batch of batchesOf(
      fresh.map((chunk) => chunk.text),
      context.embedder,
    )) {
      const chunks = batch.map((at) => fresh[at] as ChunkText)
      const vectors = await embedBatch(
        context.embedder,
        chunks.map((chunk) => chunk.text),
        { kind: 'document', signal },
      )
      keep(context, chunks, vectors)
      done += chunks.length
      progress()
    }
  }
  // Not so when the vectors turned out to be of another length and the first of them had to go.
  if (countWithout(store, context.row.id) === 0) markComplete(store, context.row)
  return done
}

/** Gives chunks the vectors that the same text has or had; answers the others. */
function reuse({ store, row }: EmbedContext, texts: readonly ChunkText[]): ChunkText[] {
  const fresh: ChunkText[] = []
  store.transaction(() => {
    for (const chunk of texts) {
      const vector = vectorOfText(store, row.id, chunk.hash)
      if (vector) putIfThere(store, row, { ...chunk, vector })
      else fresh.push(chunk)
    }
  })
  return fresh
}

function keep(
  context: EmbedContext,
  chunks: readonly ChunkText[],
  vectors: readonly (Float32Array | undefined)[],
): void {
  const { store, row } = context
  const dimensions = vectors.find((vector) => vector !== undefined)?.length
  if (dimensions === undefined) {
    // Nothing of the whole batch was taken, and nothing before: not the texts are to blame.
    if (row.dimensions === 0)
      throw new CodiError(
        'provider',
        `${row.name} takes no text at all; is it an embedding model, and embeddingDimensions right?`,
      )
  } else if (dimensions !== row.dimensions) {
    setDimensions(store, row, dimensions)
    context.row = ensureEmbedder(store, row.options)
  }
  store.transaction(() => {
    for (const [at, chunk] of chunks.entries()) {
      const vector = vectors[at]
      // An empty one is none, and keeps the text from being sent again and again.
      putIfThere(store, context.row, {
        ...chunk,
        vector: vector ? quantize(vector) : new Int8Array(0),
      })
    }
  })
}

/** The chunk may have gone while its text was away. */
function putIfThere(
  store: SearchStore,
  row: EmbedderRow,
  { chunkId, hash, vector }: { chunkId: number; hash: string; vector: Int8Array },
): void {
  const there = store
    .query<{ id: number }, [number]>('SELECT id FROM chunks WHERE id = ?')
    .get(chunkId)
  if (there) putVector(store, { embedder: row.id, chunkId, hash, vector })
}
