/** A project in a temporary directory with its symbol index and its search index. */
import { afterAll } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import type {
  EmbeddingOptions,
  SearchHit,
  SearchQuery,
} from '../../../src/contract/vector-service.ts'
import { loadHnsw } from '../../../workers/vectors/hnsw-addon.ts'
import { createVectorService } from '../../../workers/vectors/service.ts'
import { makeProject, type Project } from '../indexer/project.ts'

export const hnsw = loadHnsw()

export interface Searchable extends Project {
  directory: string
  vectors: ReturnType<typeof createVectorService>
  vectorEvents: WorkerEvent[]
  /** Both indexes, in order. */
  update(): ReturnType<ReturnType<typeof createVectorService>['update']>
  search(text: string, more?: Partial<SearchQuery>): Promise<SearchHit[]>
  /** Closes the service and opens it again over the same files. */
  reopen(exact?: boolean): void
  /** Likewise, with another embedder. */
  embedWith(embedding: EmbeddingOptions | undefined): void
  /** Resolves when there has been such an event. */
  heard(test: (event: WorkerEvent) => boolean): Promise<void>
}

const made: Searchable[] = []

afterAll(() => {
  for (const one of made.splice(0)) {
    one.vectors.close()
    rmSync(one.directory, { recursive: true, force: true })
  }
})

export function makeSearchable(
  files: Record<string, string> | { from: string },
  options: { exact?: boolean; exactUpTo?: number; embedding?: EmbeddingOptions } = {},
): Searchable {
  const project = makeProject(files)
  const directory = mkdtempSync(join(tmpdir(), 'codi-vectors-'))
  const vectorEvents: WorkerEvent[] = []
  const { exactUpTo } = options
  let { embedding } = options
  const open = (exact: boolean) =>
    createVectorService(
      {
        root: project.root,
        indexDatabase: project.database,
        directory,
        ...(embedding ? { embedding } : {}),
      },
      (event) => {
        vectorEvents.push(event)
        for (const hear of [...waiting]) hear()
      },
      () => ({
        hnsw: exact ? undefined : hnsw,
        ...(exactUpTo === undefined ? {} : { exactUpTo }),
      }),
    )
  const waiting = new Set<() => void>()
  const searchable: Searchable = {
    ...project,
    directory,
    vectorEvents,
    vectors: open(options.exact === true),
    async update() {
      await project.index.update({})
      return searchable.vectors.update({})
    },
    search: (text, more) => searchable.vectors.search({ text, limit: 10, ...more }),
    reopen(exact = options.exact === true) {
      searchable.vectors.close()
      searchable.vectors = open(exact)
    },
    embedWith(other) {
      embedding = other
      searchable.reopen()
    },
    async heard(test) {
      while (!vectorEvents.some(test)) {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
      }
    },
  }
  made.push(searchable)
  return searchable
}
