/**
 * A question's way: its words; candidates from the postings, from names and paths that it spells out, and from the
 * nearest vectors; features of each; one order over all of them, at most three places a file.
 */
import type { SymbolKind } from '../../src/contract/symbol.ts'
import type { SearchHit, SearchQuery } from '../../src/contract/vector-service.ts'
import { type Associations, loadAssociations } from './associations.ts'
import type { BuiltinEmbedder } from './embed.ts'
import { createFeatures, type Evidence, type Features, isWeak } from './features.ts'
import { createIndexReader, type SearchIndex } from './index-reader.ts'
import { nameHash } from './names.ts'
import { type Question, readQuestion } from './question.ts'
import { scoreOf } from './rank.ts'
import { retrieve } from './retrieve.ts'
import { allowedChunks, filesBelow, readScope, type Scope } from './scope.ts'
import { createSnippets } from './snippet.ts'
import type { SearchStore } from './store.ts'
import { standardized, type VectorSpace } from './vector-space.ts'
import type { Stemmer } from './words.ts'

export interface SearcherParts {
  root: string
  store: SearchStore
  stemmer: Stemmer
  embedder: BuiltinEmbedder
  builtin: VectorSpace
  /** Undefined: the table that comes with codi, read on the first question. */
  associations?: Associations
}

/** A configured embedder's part in one question. */
export interface ModelSearch {
  space: VectorSpace
  /** The question's vector; undefined when it could not be had. Never rejects. */
  vector: Promise<Float32Array | undefined> | Float32Array
}

/** A candidate in the order of its score. */
export interface Candidate {
  chunkId: number
  docId: number
  score: number
  features: Features
}

export interface Searcher {
  search(query: SearchQuery, model?: ModelSearch): Promise<SearchHit[]>
  /** Every candidate with its features, best first: what the constants are fitted on. */
  candidates(query: SearchQuery, model?: ModelSearch): Promise<Candidate[]>
}

const bestChunks = 140
const nearestChunks = 50
const namedChunks = 60
const otherCase = 0.7
const maxHitsPerFile = 3
const maxLimit = 200
const maxQuestionChars = 4_000
/** Of a question that names none: far more than the index needs, and as long as a far embedder may take. */
const usualDeadlineMs = 10_000

export function createSearcher(parts: SearcherParts): Searcher {
  const { store } = parts
  const reader = createIndexReader(store)
  let table = parts.associations

  async function ask<T>(
    query: SearchQuery,
    model: ModelSearch | undefined,
    use: (question: Question, candidates: Candidate[]) => T,
  ): Promise<T | undefined> {
    const text = query.text.slice(0, maxQuestionChars)
    if (text.trim() === '') return undefined
    const deadline = performance.now() + (query.deadlineMs ?? usualDeadlineMs)
    table ??= loadAssociations()
    const associations = table
    const vector = model && (await withinDeadline(model.vector, deadline))
    return inSnapshot(store, () => {
      const index = reader.current()
      const question = readQuestion({ ...parts, index, associations }, text)
      const scope = readScope(store, index, query)
      const asked: Asked = {
        index,
        question,
        scope,
        deadline,
        model: model && vector ? { space: model.space, vector } : undefined,
      }
      return use(question, findCandidates(parts, asked))
    })
  }

  return {
    async search(query, model) {
      const limit = Math.min(maxLimit, Math.max(0, Math.floor(query.limit)))
      if (limit === 0) return []
      const hits = await ask(query, model, (question, candidates) =>
        toHits(parts, question, { candidates, limit }),
      )
      return hits ?? []
    },
    async candidates(query, model) {
      return (await ask(query, model, (_question, candidates) => candidates)) ?? []
    },
  }
}

/** All that one question reads is of one state of the database, whoever writes meanwhile. */
function inSnapshot<T>(store: SearchStore, read: () => T): T {
  store.database.run('BEGIN')
  try {
    return read()
  } finally {
    // Nothing was written; an error of SQLite may have ended it already.
    if (store.database.inTransaction) store.database.run('ROLLBACK')
  }
}

async function withinDeadline<T>(value: Promise<T> | T, deadline: number): Promise<T | undefined> {
  if (!(value instanceof Promise)) return value
  const left = deadline - performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), Math.max(0, left))
  })
  return Promise.race([value, late]).finally(() => clearTimeout(timer))
}

interface Asked {
  index: SearchIndex
  question: Question
  scope: Scope
  deadline: number
  model: { space: VectorSpace; vector: Float32Array } | undefined
}

function findCandidates(parts: SearcherParts, asked: Asked): Candidate[] {
  const { index, question, scope, deadline, model } = asked
  const query = parts.embedder.query(question.words.map((word) => [word.stem, 1]))
  const exactNames = findNames(parts.store, asked)
  const namedFiles = findFiles(parts.store, question)
  const within = scope.filtered ? allowedChunks(index, scope) : undefined
  const near =
    performance.now() < deadline
      ? model
        ? model.space.nearest(model.vector, nearestChunks, within)
        : parts.builtin.nearest(query, nearestChunks, within)
      : []
  const wanted = [
    ...exactNames.keys(),
    ...chunksOfFiles(index, namedFiles),
    ...near.map((id) => index.ordinalOf(id)),
  ].filter((ordinal) => ordinal >= 0 && scope.allowed[ordinal] === 1)
  const options = { count: bestChunks, wanted, allowed: scope.allowed, deadline }
  return retrieve(index, question, options, (retrieved) => {
    const { ordinals } = retrieved
    const ids = ordinals.map((ordinal) => index.chunkIds[ordinal] as number)
    const evidence: Evidence = {
      embedder: parts.embedder,
      query,
      emb: byOrdinal(ordinals, parts.builtin.cosines(query, ids)),
      model: model
        ? byOrdinal(ordinals, standardized(model.space.cosines(model.vector, ids)))
        : noEvidence,
      exactNames,
      namedFiles,
    }
    const featuresOf = createFeatures(index, question, { retrieved, evidence })
    return ordinals
      .map((ordinal): Candidate => {
        const features = featuresOf(ordinal)
        return {
          chunkId: index.chunkIds[ordinal] as number,
          docId: index.docIds[index.fileOf[ordinal] as number] as number,
          score: scoreOf(features),
          features,
        }
      })
      .sort((a, b) => b.score - a.score || a.chunkId - b.chunkId)
  })
}

const noEvidence: ReadonlyMap<number, number> = new Map()

function byOrdinal(ordinals: readonly number[], values: Float32Array): Map<number, number> {
  const found = new Map<number, number>()
  ordinals.forEach((ordinal, at) => {
    const value = values[at] ?? 0
    if (!Number.isNaN(value)) found.set(ordinal, value)
  })
  return found
}

/** Chunks whose name the question spells out. */
function findNames(store: SearchStore, { index, question, scope }: Asked): Map<number, number> {
  const found = new Map<number, number>()
  const select = store.query<{ id: number; name: string }, [number]>(
    'SELECT id, name FROM chunks WHERE name_hash = ? ORDER BY id',
  )
  for (const name of question.names) {
    let count = 0
    for (const row of select.iterate(nameHash(name))) {
      const ordinal = index.ordinalOf(row.id)
      if (ordinal < 0 || scope.allowed[ordinal] !== 1) continue
      const value = question.nameShare * (row.name === name ? 1 : otherCase)
      found.set(ordinal, Math.max(value, found.get(ordinal) ?? 0))
      if (++count >= namedChunks) break
    }
  }
  return found
}

/** Ids of the files that the question names by their path or its end. */
function findFiles(store: SearchStore, question: Question): Set<number> {
  const ids = new Set<number>()
  for (const path of question.paths) {
    for (const id of filesBelow(store, path)) ids.add(id)
    for (const { id } of store
      .query<{ id: number }, [string, string]>(
        'SELECT id FROM docs WHERE substr(path, -length(?)) = ?',
      )
      .all(`/${path}`, `/${path}`))
      ids.add(id)
  }
  return ids
}

function chunksOfFiles(index: SearchIndex, files: ReadonlySet<number>): number[] {
  const found: number[] = []
  if (files.size === 0) return found
  const named = Uint8Array.from(index.docIds, (docId) => (files.has(docId) ? 1 : 0))
  for (let ordinal = 0; ordinal < index.total && found.length < namedChunks; ordinal++)
    if (named[index.fileOf[ordinal] as number] === 1 && index.alive[ordinal] === 1)
      found.push(ordinal)
  return found
}

interface ChunkRow {
  path: string
  line: number
  end_line: number
  kind: string
  name: string
  container: string
}

/** Best first, at most three a file; a file that is gone from disk is passed over. */
function toHits(
  parts: SearcherParts,
  question: Question,
  { candidates, limit }: { candidates: readonly Candidate[]; limit: number },
): SearchHit[] {
  const snippets = createSnippets(parts.root, parts.stemmer, question)
  const select = parts.store.query<ChunkRow, [number]>(
    `SELECT d.path, c.line, c.end_line, c.kind, c.name, c.container
     FROM chunks c JOIN docs d ON d.id = c.doc_id WHERE c.id = ?`,
  )
  const perFile = new Map<number, number>()
  const hits: SearchHit[] = []
  for (const candidate of candidates) {
    if (hits.length >= limit) break
    const count = perFile.get(candidate.docId) ?? 0
    if (count >= maxHitsPerFile) continue
    const row = select.get(candidate.chunkId)
    const snippet = row ? snippets(row.path, row.line, row.end_line) : undefined
    if (!row || !snippet) continue
    perFile.set(candidate.docId, count + 1)
    hits.push({
      path: row.path,
      line: row.line,
      endLine: row.end_line,
      score: Math.round(candidate.score * 1000) / 1000,
      symbol: row.container && row.name ? `${row.container}.${row.name}` : row.name,
      kind: row.kind as SymbolKind | 'text',
      ...snippet,
      ...(isWeak(candidate.features) && { weak: true }),
    })
  }
  return hits
}
