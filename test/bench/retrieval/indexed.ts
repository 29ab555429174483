/** A directory with its symbol index and its search index: the parts of the workers themselves, in this process. */
import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { rgPath } from '@vscode/ripgrep'
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import { createIndexService } from '../../../workers/indexer/service.ts'
import type { Associations } from '../../../workers/vectors/associations.ts'
import { createBuiltinEmbedder } from '../../../workers/vectors/embed.ts'
import { loadHnsw } from '../../../workers/vectors/hnsw-addon.ts'
import { createSearcher, type Searcher } from '../../../workers/vectors/search.ts'
import { openSearchStore } from '../../../workers/vectors/store.ts'
import { runVectorUpdate } from '../../../workers/vectors/update.ts'
import { builtinId } from '../../../workers/vectors/vector-schema.ts'
import { openVectorSpace } from '../../../workers/vectors/vector-space.ts'
import { createVectorTable } from '../../../workers/vectors/vector-table.ts'
import { createStemmer } from '../../../workers/vectors/words.ts'

export interface IndexedSymbol {
  path: string
  name: string
  kind: SymbolKind
  line: number
  endLine: number
  container: string
  test: boolean
  doc: string
}

/** A chunk of the search index and where it stands. */
export interface Place {
  id: number
  path: string
  line: number
  endLine: number
  name: string
  kind: string
}

export interface SearchIndexed {
  places: Map<number, Place>
  /** With the product's table, or with another. */
  searcher(associations?: Associations): Searcher
  close(): void
}

const ignoreEvents = () => {}

export async function readSymbols(root: string, directory: string): Promise<IndexedSymbol[]> {
  const path = await indexSymbols(root, directory)
  const database = new Database(path, { readonly: true })
  try {
    return database
      .query<Omit<IndexedSymbol, 'test'> & { test: number }, []>(
        `SELECT path, name, kind, line, end_line AS endLine, container, s.test, doc
         FROM symbols s JOIN files f ON f.id = s.file_id ORDER BY path, line, name`,
      )
      .all()
      .map((row) => ({ ...row, test: row.test === 1 }))
  } finally {
    database.close()
  }
}

export async function indexForSearch(root: string, directory: string): Promise<SearchIndexed> {
  const indexDatabase = await indexSymbols(root, directory)
  const store = openSearchStore(join(directory, 'search'))
  const stemmer = createStemmer()
  const embedder = createBuiltinEmbedder()
  const builtin = openVectorSpace({
    store,
    directory,
    embedder: builtinId,
    dimensions: embedder.dimensions,
    hnsw: loadHnsw(),
  })
  const vectors = createVectorTable(store)
  const parts = { root, indexDatabase, store, stemmer, embedder, vectors, emit: ignoreEvents }
  await runVectorUpdate(parts, new AbortController().signal)
  const rows = store
    .query<Place, []>(
      `SELECT c.id, d.path, c.line, c.end_line AS endLine, c.name, c.kind
       FROM chunks c JOIN docs d ON d.id = c.doc_id ORDER BY c.id`,
    )
    .all()
  return {
    places: new Map(rows.map((row) => [row.id, row])),
    searcher: (associations) =>
      createSearcher({
        ...{ root, store, stemmer, embedder, builtin },
        ...(associations && { associations }),
      }),
    close: () => store.close(),
  }
}

async function indexSymbols(root: string, directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true })
  const database = join(directory, 'index.db')
  const index = createIndexService({ root, database, ripgrep: rgPath }, ignoreEvents)
  try {
    await index.update({})
  } finally {
    index.close()
  }
  return database
}
