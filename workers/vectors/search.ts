/**
 * A question's way: stems; candidates from FTS5, from names and paths that it spells out, and from the nearest
 * vectors; then one order over all of them, at most three places a file.
 */
import type { SymbolKind } from '../../src/contract/symbol.ts'
import type { SearchHit, SearchQuery } from '../../src/contract/vector-service.ts'
import type { Embedder } from './embed.ts'
import { languageIds } from './language-names.ts'
import type { Neighbours } from './neighbours.ts'
import { type Candidate, createRanker, type QueryWord, type RankQuery } from './rank.ts'
import { createSnippets } from './snippet.ts'
import type { SearchStore, SqlValue } from './store.ts'
import { decodeChunkTerms, decodeFileTerms, decodePairs } from './terms-blob.ts'
import { questionNames, questionPaths, questionWords, type Stemmer } from './words.ts'

export interface SearchContext {
  root: string
  store: SearchStore
  neighbours: Neighbours
  stemmer: Stemmer
  embedder: Embedder
}

const codeCandidates = 200
const testCandidates = 60
const vectorCandidates = 60
const namedCandidates = 60
const maxHitsPerFile = 3
const maxLimit = 200
const maxQuestionChars = 4_000
const maxMatchWords = 16
/** Vectors that a search inserts itself when the graph is behind; more would be felt. */
const followPerSearch = 200
/** FTS5's weights of the columns, in the order of `fieldNames`; only for choosing candidates. */
const columnWeights = [10, 4, 1, 2, 3, 1, 1, 0.7, 3]

export function runSearch(context: SearchContext, query: SearchQuery): SearchHit[] {
  const limit = Math.min(maxLimit, Math.max(0, Math.floor(query.limit)))
  const text = query.text.slice(0, maxQuestionChars)
  if (limit === 0 || text.trim() === '') return []
  const deadline = performance.now() + (query.deadlineMs ?? Number.POSITIVE_INFINITY)
  const asked = readQuestion(context, text)
  const filter = scopeFilter(query)
  const ids = new Set<number>()
  addNamed(context.store, asked, filter, ids)
  addMatches(context.store, asked, filter, ids)
  if (performance.now() < deadline) addNeighbours(context, asked, ids)
  const rank = createRanker(asked)
  const scored: { candidate: LoadedCandidate; score: number }[] = []
  for (const candidate of loadCandidates(context.store, [...ids], filter)) {
    scored.push({ candidate, score: rank(candidate) })
    if (scored.length >= limit && performance.now() > deadline) break
  }
  scored.sort((a, b) => b.score - a.score || a.candidate.id - b.candidate.id)
  return toHits(context, asked, diversify(scored, limit), limit)
}

function readQuestion({ store, stemmer, embedder }: SearchContext, text: string): RankQuery {
  const chunks =
    store.query<{ count: number }, []>('SELECT count(*) AS count FROM chunks').get()?.count ?? 0
  const files = store
    .query<{ average: number | null }, []>('SELECT avg(length) AS average FROM docs')
    .get()
  const find = store.query<{ id: number; df: number }, [string]>(
    'SELECT id, df FROM terms WHERE term = ?',
  )
  const idfs = new Map<string, number>()
  const idf = (df: number) => Math.log(1 + (chunks - df + 0.5) / (df + 0.5))
  const idfOf = (stem: string) => {
    let value = idfs.get(stem)
    if (value === undefined) {
      value = Math.max(0, idf(Math.max(1, find.get(stem)?.df ?? 0)))
      idfs.set(stem, value)
    }
    return value
  }
  const idOf = (stem: string) => {
    const term = find.get(stem)
    return term && term.df > 0 ? term.id : undefined
  }
  const words = questionWords(stemmer, text).map(({ stem, kin }): QueryWord => {
    const value = idfOf(stem)
    return {
      stem,
      id: idOf(stem),
      idf: value,
      damped: value ** 0.8,
      kin: kin.flatMap((other) => {
        const id = idOf(other.stem)
        return id === undefined ? [] : [{ ...other, id }]
      }),
    }
  })
  return {
    words,
    names: questionNames(text),
    paths: questionPaths(text),
    vector: embedder.embed(words.map((word) => [word.stem, word.idf])),
    wantsTests:
      /\b(?:tests?|tested|testing|specs?|mock(?:s|ed)?|fixtures?|bench(?:es|marks?)?)\b/i.test(
        text,
      ),
    idfOf,
    averageFileLength: files?.average ?? 1,
  }
}

interface Scope {
  sql: string
  values: string[]
  active: boolean
}

function scopeFilter(query: SearchQuery): Scope {
  let sql = ''
  const values: string[] = []
  const path = (query.path ?? '').replace(/^\.\/?/, '').replace(/\/+$/, '')
  if (path !== '') {
    sql += ' AND (d.path = ? OR substr(d.path, 1, length(?)) = ?)'
    values.push(path, `${path}/`, `${path}/`)
  }
  if (query.language) {
    const ids = languageIds(query.language)
    sql += ` AND d.language IN (${ids.map(() => '?').join(', ')})`
    values.push(...ids)
  }
  return { sql, values, active: sql !== '' }
}

/** Chunks whose name or file the question spells out. */
function addNamed(store: SearchStore, asked: RankQuery, scope: Scope, ids: Set<number>): void {
  for (const name of asked.names)
    for (const row of store
      .query<{ id: number }, SqlValue[]>(
        `SELECT c.id FROM chunks c JOIN docs d ON d.id = c.doc_id
         WHERE c.name = ? COLLATE NOCASE ${scope.sql} ORDER BY c.test, c.id LIMIT ${namedCandidates}`,
      )
      .all(name, ...scope.values))
      ids.add(row.id)
  for (const path of asked.paths)
    for (const row of store
      .query<{ id: number }, SqlValue[]>(
        `SELECT c.id FROM chunks c JOIN docs d ON d.id = c.doc_id
         WHERE (d.path = ? OR substr(d.path, -length(?)) = ? OR substr(d.path, 1, length(?)) = ?)
           ${scope.sql} ORDER BY c.test, c.id LIMIT ${namedCandidates}`,
      )
      .all(path, `/${path}`, `/${path}`, `${path}/`, `${path}/`, ...scope.values))
      ids.add(row.id)
}

/** The best of FTS5, tests apart so that they cannot crowd out the rest. */
function addMatches(store: SearchStore, asked: RankQuery, scope: Scope, ids: Set<number>): void {
  const words = asked.words
    .filter((word) => word.id !== undefined || word.kin.length > 0)
    .sort((a, b) => b.idf - a.idf)
    .slice(0, maxMatchWords)
  if (words.length === 0) return
  const stems = words.flatMap((word) => [word.stem, ...word.kin.map((other) => other.stem)])
  const match = [...new Set(stems)].map((stem) => `"${stem}"`).join(' OR ')
  const within = scope.active
    ? `AND rowid IN (SELECT c.id FROM chunks c JOIN docs d ON d.id = c.doc_id WHERE 1 ${scope.sql})`
    : ''
  const take = (table: string, limit: number) => {
    const rows = store
      .query<{ id: number }, SqlValue[]>(
        `SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? ${within}
         ORDER BY bm25(${table}, ${columnWeights.join(', ')}) LIMIT ${limit}`,
      )
      .all(match, ...scope.values)
    for (const row of rows) ids.add(row.id)
  }
  take('code_words', codeCandidates)
  take('test_words', asked.wantsTests ? codeCandidates : testCandidates)
}

function addNeighbours(context: SearchContext, asked: RankQuery, ids: Set<number>): void {
  context.neighbours.follow(followPerSearch)
  for (const id of context.neighbours.nearest(asked.vector, vectorCandidates)) ids.add(id)
}

interface LoadedCandidate extends Candidate {
  line: number
  endLine: number
  container: string
  language: string
}

function* loadCandidates(
  store: SearchStore,
  ids: number[],
  scope: Scope,
): Iterable<LoadedCandidate> {
  const docs = new Map<number, { path: string; language: string; file: Candidate['file'] }>()
  const findDoc = store.query<
    { path: string; language: string; terms: Uint8Array; length: number },
    [number]
  >('SELECT path, language, terms, length FROM docs WHERE id = ?')
  const rows = store
    .query<
      {
        id: number
        doc_id: number
        line: number
        end_line: number
        kind: string
        name: string
        container: string
        test: number
        name_stems: string
        terms: Uint8Array
        pairs: Uint8Array
        vector: Uint8Array
      },
      SqlValue[]
    >(
      `SELECT c.* FROM chunks c JOIN docs d ON d.id = c.doc_id
       WHERE c.id IN (SELECT value FROM json_each(?)) ${scope.sql}`,
    )
    .all(JSON.stringify(ids), ...scope.values)
  for (const row of rows) {
    let doc = docs.get(row.doc_id)
    if (!doc) {
      const found = findDoc.get(row.doc_id)
      if (!found) continue
      doc = {
        path: found.path,
        language: found.language,
        file: { ...decodeFileTerms(found.terms), length: found.length },
      }
      docs.set(row.doc_id, doc)
    }
    yield {
      id: row.id,
      path: doc.path,
      language: doc.language,
      file: doc.file,
      line: row.line,
      endLine: row.end_line,
      lines: row.end_line - row.line + 1,
      kind: row.kind,
      name: row.name,
      container: row.container,
      test: row.test === 1,
      nameStems: row.name_stems === '' ? [] : row.name_stems.split(' '),
      terms: decodeChunkTerms(row.terms),
      pairs: decodePairs(row.pairs),
      vector: new Int8Array(row.vector.buffer, row.vector.byteOffset, row.vector.length),
    }
  }
}

/** Best first, at most three a file; some more than asked, because a file may be gone from disk. */
function diversify(
  scored: { candidate: LoadedCandidate; score: number }[],
  limit: number,
): { candidate: LoadedCandidate; score: number }[] {
  const perFile = new Map<string, number>()
  const chosen: typeof scored = []
  for (const row of scored) {
    const count = perFile.get(row.candidate.path) ?? 0
    if (count >= maxHitsPerFile) continue
    perFile.set(row.candidate.path, count + 1)
    chosen.push(row)
    if (chosen.length >= limit * 2) break
  }
  return chosen
}

function toHits(
  context: SearchContext,
  asked: RankQuery,
  rows: { candidate: LoadedCandidate; score: number }[],
  limit: number,
): SearchHit[] {
  const snippets = createSnippets(context.root, context.stemmer, asked)
  const hits: SearchHit[] = []
  for (const { candidate, score } of rows) {
    if (hits.length >= limit) break
    const snippet = snippets(candidate.path, candidate.line, candidate.endLine)
    if (!snippet) continue
    hits.push({
      path: candidate.path,
      line: candidate.line,
      endLine: candidate.endLine,
      score: Math.round(score * 1000) / 1000,
      symbol:
        candidate.container && candidate.name
          ? `${candidate.container}.${candidate.name}`
          : candidate.name,
      kind: candidate.kind as SymbolKind | 'text',
      ...snippet,
    })
  }
  return hits
}
