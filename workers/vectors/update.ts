/**
 * Brings the search index up to date with the symbol index: files whose hash differs are cut and counted again, in
 * slices, and written in batches of one transaction each, so that a kill costs one batch and searches are answered
 * between slices. One updater at a time; whoever comes second finds the work done.
 */
import { cancelled } from '../../src/base/async.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import { compareFiles } from './compare-files.ts'
import { createDictionary } from './dictionary.ts'
import type { BuiltinEmbedder } from './embed.ts'
import { createWordCounter } from './fields.ts'
import {
  type IndexedFile,
  type IndexSource,
  type IndexState,
  openIndexSource,
} from './index-source.ts'
import { type CountedFile, createIndexWriter } from './index-writer.ts'
import { type Lease, takeLease } from './lease.ts'
import { mergeSegments } from './merge.ts'
import type { SearchStore } from './store.ts'
import type { VectorTable } from './vector-table.ts'

export interface VectorUpdateContext {
  root: string
  indexDatabase: string
  store: SearchStore
  embedder: BuiltinEmbedder
  vectors: VectorTable
  emit(event: WorkerEvent): void
}

const sliceMs = 30
const minBatchChunks = 256
const maxBatchChunks = 2_048
const maxBatchMs = 2_000
const progressEveryMs = 100
/** With more changed files than this, all terms are read at once rather than each when it is met. */
const manyFiles = 100

export async function runVectorUpdate(
  context: VectorUpdateContext,
  signal: AbortSignal,
): Promise<{ embedded: number; removed: number }> {
  const source = openIndexSource(context.indexDatabase, context.root)
  try {
    if (isCurrent(context.store, source)) return { embedded: 0, removed: 0 }
    const lease = await takeLease(context.store, signal)
    try {
      const counts = await followFiles(context, { source, lease }, signal)
      await mergeSegments(context.store, lease, signal)
      return counts
    } finally {
      lease.release()
    }
  } finally {
    source.close()
  }
}

function isCurrent(store: SearchStore, source: IndexSource): boolean {
  const seen = seenState(store)
  const { epoch, generation } = source.state()
  return seen?.epoch === epoch && seen.generation === generation
}

/** The state of the symbol index that the search index has followed. */
function seenState(store: SearchStore): IndexState | undefined {
  const [, epoch, generation] = /^(\S+) (\d+)$/.exec(store.meta('index_state') ?? '') ?? []
  return epoch === undefined ? undefined : { epoch, generation: Number(generation) }
}

async function followFiles(
  context: VectorUpdateContext,
  { source, lease }: { source: IndexSource; lease: Lease },
  signal: AbortSignal,
): Promise<{ embedded: number; removed: number }> {
  const { store } = context
  const counts = { embedded: 0, removed: 0 }
  if (isCurrent(store, source)) return counts
  const { epoch, generation } = source.state()
  const { changed, gone } = compareFiles(store, source, seenState(store))
  const dictionary = createDictionary(store, { preload: changed.length > manyFiles })
  const counter = createWordCounter(dictionary)
  const writer = createIndexWriter({ ...context, dictionary, lease })
  if (gone.length > 0) counts.removed += writer.remove(gone).removed
  const progress = createProgress(context.emit, changed.length)
  const batch = createBatch()
  for (let next = 0; next < changed.length; ) {
    if (signal.aborted) throw cancelled()
    const end = performance.now() + sliceMs
    while (next < changed.length && performance.now() < end && !batch.isFull()) {
      const file = changed[next++] as IndexedFile
      const words = counter.file(file.path, file.language)
      const chunks = source
        .chunks(file)
        .map((chunk) => ({ chunk, words: counter.count(chunk, words) }))
      batch.add({ ...file, calls: source.calls(file), chunks })
    }
    if (batch.isFull() || next === changed.length) {
      const { embedded, removed } = writer.write(batch.take())
      counts.embedded += embedded
      counts.removed += removed
      progress(next)
    }
    await new Promise(setImmediate)
  }
  store.setMeta('index_state', `${epoch} ${generation}`)
  return counts
}

/** Counted files on their way to one transaction. The first batches are small: what is done soon can be found soon. */
function createBatch() {
  let files: CountedFile[] = []
  let chunks = 0
  let start = performance.now()
  let limit = minBatchChunks
  return {
    add(file: CountedFile): void {
      files.push(file)
      chunks += file.chunks.length
    },
    isFull: () => chunks >= limit || performance.now() - start > maxBatchMs,
    take(): CountedFile[] {
      const taken = files
      files = []
      chunks = 0
      start = performance.now()
      limit = Math.min(limit * 2, maxBatchChunks)
      return taken
    },
  }
}

/** Told of what is written: no kill takes that back. */
function createProgress(emit: VectorUpdateContext['emit'], total: number): (done: number) => void {
  let last = 0
  return (done) => {
    const now = performance.now()
    if (now - last < progressEveryMs && done < total) return
    last = now
    emit({ type: 'progress', what: 'vectors', done, total })
  }
}
