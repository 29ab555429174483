/**
 * Semantic search as a service over one root. It reads the symbol index and keeps its own database and graphs beside
 * it; all are rebuilt when damaged. Updates run in slices; searches between them see what is there so far. Graphs and
 * free embeddings follow in the background.
 */
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { abortable, cancelled } from '../../src/base/async.ts'
import { errorMessage, toCodiError } from '../../src/base/errors.ts'
import { sharedRun } from '../../src/base/shared-run.ts'
import { standBack } from '../../src/base/thread-priority.ts'
import type { WorkerEvent, WorkerOptions } from '../../src/contract/services.ts'
import type { VectorService } from '../../src/contract/vector-service.ts'
import { background } from './background.ts'
import { createBuiltinEmbedder } from './embed.ts'
import { type HierarchicalNswConstructor, loadHnsw } from './hnsw-addon.ts'
import { type ModelVectors, openModelVectors } from './model-vectors.ts'
import { createSearcher } from './search.ts'
import { isDamage, openSearchStore, removeSearchDatabase, type SearchStore } from './store.ts'
import { runVectorUpdate } from './update.ts'
import { builtinId } from './vector-schema.ts'
import { openVectorSpace, type VectorSpace } from './vector-space.ts'
import { countVectors, createVectorTable, type VectorTable } from './vector-table.ts'
import { createStemmer } from './words.ts'

interface Opened {
  store: SearchStore
  /** Of its file: another one means that it was deleted, or built anew by somebody else. */
  inode: number
  /** Of its contents: another one means that they were made anew in the same file. */
  epoch: string | undefined
  vectors: VectorTable
  builtin: VectorSpace
  model: ModelVectors | undefined
  searcher: ReturnType<typeof createSearcher>
}

type Counts = { embedded: number; removed: number }

export interface VectorParts {
  /** What `loadHnsw` gives; undefined forces exact search. */
  hnsw: HierarchicalNswConstructor | undefined
  /** More vectors than this get a graph; tests have few. */
  exactUpTo?: number
}

/** Of background work between two looks at what else is asked. */
const sliceMs = 15
/** A host that failed is not tried again by itself for so long. */
const quietMs = 60_000

export function createVectorService(
  options: WorkerOptions['vectors'],
  emit: (event: WorkerEvent) => void,
  parts: () => VectorParts = () => ({ hnsw: loadHnsw() }),
): VectorService & { close(): void } {
  const root = resolve(options.root)
  const file = join(options.directory, 'search.db')
  const stemmer = createStemmer()
  const embedder = createBuiltinEmbedder()
  const told = new Set<string>()
  /** Databases whose file is gone; what still runs over one may end. */
  const retired: SearchStore[] = []
  let state: Opened | undefined
  let quietUntil = 0

  function opened(): Opened {
    if (state && state.inode === inodeOf(file) && state.epoch === state.store.meta('epoch'))
      return state
    if (state) retired.push(state.store)
    const store = openCurrentStore(options.directory, embedder.version)
    const { directory, embedding } = options
    const shared = { store, directory, ...parts() }
    const { dimensions } = embedder
    const builtin = openVectorSpace({ ...shared, embedder: builtinId, dimensions })
    state = {
      store,
      inode: inodeOf(file),
      epoch: store.meta('epoch'),
      vectors: createVectorTable(store),
      builtin,
      searcher: createSearcher({ root, store, stemmer, embedder, builtin }),
      model: embedding && openModelVectors({ ...shared, root, embedding, emit }),
    }
    return state
  }
  function replace(): void {
    state?.store.close()
    state = undefined
    removeSearchDatabase(options.directory)
    warn('The search index was damaged and is built again')
  }
  function warn(text: string): void {
    emit({ type: 'notice', level: 'warning', text })
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
  async function askLater<T>(read: (opened: Opened) => Promise<T>): Promise<T> {
    try {
      return await read(opened())
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      replace()
      return await read(opened())
    }
  }

  const running = sharedRun(
    (signal: AbortSignal): Promise<Counts> =>
      askLater((parts) =>
        runVectorUpdate(
          { ...parts, root, indexDatabase: options.indexDatabase, embedder, emit },
          signal,
        ),
      ),
  )

  /** The graph of the built-in embedder, and of the configured one where it has one. */
  async function followGraphs(signal: AbortSignal): Promise<void> {
    for (const space of [opened().builtin, opened().model]) {
      while (space && space.follow(sliceMs) > 0) {
        await new Promise(setImmediate)
        if (signal.aborted) throw cancelled()
      }
      space?.save()
    }
  }

  async function embedWithModel(signal: AbortSignal): Promise<number> {
    const { model } = opened()
    if (!model) return 0
    try {
      const embedded = await model.embed(signal)
      model.noteFailure(undefined)
      return embedded
    } catch (thrown) {
      if (toCodiError(thrown).kind !== 'cancelled') model.noteFailure(thrown)
      throw thrown
    }
  }

  /** Every reason once: a host that is down would be told of with every edit. */
  function tellOnce(thrown: unknown): void {
    quietUntil = performance.now() + quietMs
    const { kind, message } = toCodiError(thrown)
    if (kind === 'cancelled' || told.has(message)) return
    told.add(message)
    warn(`${message}; search uses the built-in vectors meanwhile`)
  }

  const graphs = background(followGraphs, (thrown) => {
    if (isDamage(thrown)) replace()
  })
  const embedding = background(async (signal) => {
    await embedWithModel(signal)
    graphs.start()
  }, tellOnce)

  const countChunks = ({ store }: Opened) =>
    store.query<{ count: number }, []>('SELECT count(*) AS count FROM chunks').get()?.count ?? 0

  return {
    async update(request, signal) {
      const start = performance.now()
      if (signal?.aborted) throw cancelled()
      if (request.background) standBack()
      const counts = await running.join(signal)
      graphs.start()
      const free = opened().model?.price === 0
      if (free && performance.now() >= quietUntil) embedding.start()
      return {
        chunks: ask(countChunks),
        embedded: counts.embedded,
        removed: counts.removed,
        durationMs: Math.round(performance.now() - start),
      }
    },
    async search(query, signal) {
      if (signal?.aborted) throw cancelled()
      const found = askLater(({ searcher, model }) =>
        searcher.search(query, model?.question(query.text)),
      )
      return signal ? abortable(found, signal) : found
    },
    async estimate(signal) {
      return ask(({ model }) => model?.estimate() ?? { chunks: 0, tokens: 0, costUsd: 0 }, signal)
    },
    async embed(_request, signal) {
      const start = performance.now()
      const never = new AbortController().signal
      const embedded = await embedWithModel(signal ?? never)
      const finished = graphs.finish()
      await (signal ? abortable(finished, signal) : finished)
      return {
        chunks: ask(countChunks),
        embedded,
        removed: 0,
        durationMs: Math.round(performance.now() - start),
      }
    },
    async status(signal) {
      return ask(
        (parts) => ({
          chunks: countChunks(parts),
          bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0,
          search: parts.builtin.kind,
          ...(parts.model?.status() ?? {
            embedder: 'builtin',
            dimensions: embedder.dimensions,
            embedded: countVectors(parts.store, builtinId),
          }),
        }),
        signal,
      )
    },
    close() {
      running.stop()
      embedding.stop()
      graphs.stop()
      try {
        state?.builtin.save()
        state?.model?.save()
      } catch (thrown) {
        warn(`The vector graph could not be kept: ${errorMessage(thrown)}`)
      }
      for (const store of retired.splice(0)) store.close()
      state?.store.close()
      state = undefined
    },
  }
}

/** A database with vectors of other trained words is as good as none. */
function openCurrentStore(directory: string, version: string): SearchStore {
  let store = openSearchStore(directory)
  const found = store.meta('builtin')
  if (found !== undefined && found !== version) {
    // As if it were of another version: its tables are made anew, and what was paid for stays.
    store.database.run('PRAGMA user_version = 0')
    store.close()
    store = openSearchStore(directory)
  }
  if (found !== version) store.setMeta('builtin', version)
  return store
}

function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? 0
}
