/**
 * Semantic search as a service over one root. It reads the symbol index and keeps its own database and graph beside
 * it; both are rebuilt when damaged. Updates run in slices; searches between them see what is there so far.
 */
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cancelled } from '../../src/base/async.ts'
import { sharedRun } from '../../src/base/shared-run.ts'
import type { WorkerEvent, WorkerOptions } from '../../src/contract/services.ts'
import type { VectorService } from '../../src/contract/vector-service.ts'
import { createEmbedder, dimensions, embedderName } from './embed.ts'
import { type HierarchicalNswConstructor, loadHnsw } from './hnsw-addon.ts'
import { type Neighbours, openNeighbours } from './neighbours.ts'
import { runSearch } from './search.ts'
import { isDamage, openSearchStore, removeSearchDatabase, type SearchStore } from './store.ts'
import { runVectorUpdate } from './update.ts'
import { createStemmer } from './words.ts'

interface Opened {
  store: SearchStore
  neighbours: Neighbours
}

type Counts = { embedded: number; removed: number }

export interface VectorParts {
  /** What `loadHnsw` gives; undefined forces exact search. */
  hnsw: HierarchicalNswConstructor | undefined
}

export function createVectorService(
  options: WorkerOptions['vectors'],
  emit: (event: WorkerEvent) => void,
  parts: () => VectorParts = () => ({ hnsw: loadHnsw() }),
): VectorService & { close(): void } {
  const root = resolve(options.root)
  const stemmer = createStemmer()
  const embedder = createEmbedder()
  let state: Opened | undefined

  function opened(): Opened {
    if (!state) {
      const store = openSearchStore(options.directory)
      state = { store, neighbours: openNeighbours(store, options.directory, parts().hnsw) }
    }
    return state
  }
  function replace(): void {
    state?.store.close()
    state = undefined
    removeSearchDatabase(options.directory)
    emit({
      type: 'notice',
      level: 'warning',
      text: 'The search index was damaged and is built again',
    })
  }
  function ask<T>(read: (opened: Opened) => T, signal?: AbortSignal): T {
    if (signal?.aborted) throw cancelled()
    try {
      return read(opened())
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      replace()
      return read(opened())
    }
  }

  async function run(signal: AbortSignal): Promise<Counts> {
    const attempt = () =>
      runVectorUpdate(
        {
          root,
          indexDatabase: options.indexDatabase,
          ...opened(),
          stemmer,
          embedder,
          emit,
        },
        signal,
      )
    try {
      return await attempt()
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      replace()
      return await attempt()
    }
  }

  const running = sharedRun(run)

  const countChunks = () =>
    ask(
      ({ store }) =>
        store.query<{ count: number }, []>('SELECT count(*) AS count FROM chunks').get()?.count ??
        0,
    )

  return {
    async update(_request, signal) {
      const start = performance.now()
      if (signal?.aborted) throw cancelled()
      const counts = await running.join(signal)
      return {
        chunks: countChunks(),
        embedded: counts.embedded,
        removed: counts.removed,
        durationMs: Math.round(performance.now() - start),
      }
    },
    async search(query, signal) {
      return ask((parts) => runSearch({ root, ...parts, stemmer, embedder }, query), signal)
    },
    async estimate() {
      return { chunks: 0, tokens: 0, costUsd: 0 }
    },
    async embed() {
      return { chunks: countChunks(), embedded: 0, removed: 0, durationMs: 0 }
    },
    async status(signal) {
      const chunks = ask(() => countChunks(), signal)
      return {
        chunks,
        bytes: sizeOf(join(options.directory, 'search.db')),
        embedder: embedderName,
        dimensions,
        embedded: chunks,
        search: opened().neighbours.kind,
      }
    },
    close() {
      running.stop()
      state?.store.close()
      state = undefined
    },
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
