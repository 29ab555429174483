/**
 * What a question needs of the index at hand: the columns of all segments one after another, and how often each term
 * stands. Postings stay in the database. It follows the database's version; segments do not change, so an edit loads
 * only what is new.
 */
import { deadDocs } from './dead-docs.ts'
import {
  type Columns,
  concatenated,
  decodeColumns,
  decodePostings,
  decodeTerms,
  indexOfSorted,
  type PostingList,
  postingKey,
  type SegmentTerms,
} from './segment.ts'
import { type Spelling, spellingOf } from './spelling.ts'
import type { SearchStore } from './store.ts'

export interface LoadedSegment {
  id: number
  columns: Columns
  terms: SegmentTerms
  /** Ordinal of its first chunk, and of its first file, over all segments. */
  base: number
  fileBase: number
  /** Made when it is first needed: see placesOf. */
  places: { sorted?: Float64Array }
}

/** Chunks and files go by ordinals that hold for this snapshot only. */
export interface SearchIndex {
  readonly segments: readonly LoadedSegment[]
  /** Chunks, dead ones included. */
  readonly total: number
  readonly files: number
  readonly live: number
  /** 1 for a chunk that is in the index. */
  readonly alive: Uint8Array
  readonly chunkIds: Uint32Array
  readonly info: Uint32Array
  readonly fileOf: Uint32Array
  readonly docIds: Uint32Array
  readonly docLengths: Uint32Array
  readonly docLanguages: Uint32Array
  readonly averageFileLength: number
  /** Chunks with the term; dead ones count until their segment is merged. */
  frequency(term: number): number
  idOf(stem: string): number | undefined
  spellingOf(term: number): Spelling
  postings(segment: LoadedSegment, term: number): PostingList | undefined
  segmentOf(ordinal: number): LoadedSegment
  /** -1 for a chunk that is not here. */
  ordinalOf(chunkId: number): number
  /** Arrays for one question at a time, all zeros between. */
  readonly scratch: Scratch
}

export interface Scratch {
  scores: Float32Array
  sums: Float32Array
  /** Ordinals whose sum is not 0; only as far as its user filled it. */
  summed: Uint32Array
  fileScores: Float32Array
}

export interface IndexReader {
  /** As the database is now. */
  current(): SearchIndex
}

/** Of words in names: a few thousand in most projects. */
const maxRememberedTerms = 20_000

export function createIndexReader(store: SearchStore): IndexReader {
  let version: string | undefined
  let index: SearchIndex | undefined
  const terms = createTermReader(store)
  return {
    current() {
      const now = store.meta('version')
      if (!index || now !== version) {
        index = load(store, terms, index?.segments ?? [])
        version = now
      }
      return index
    },
  }
}

interface TermReader {
  idOf(stem: string): number | undefined
  spellingOf(term: number): Spelling
}

/** A term keeps its number for the life of a database, so both ways may be remembered. */
function createTermReader(store: SearchStore): TermReader {
  const ids = new Map<string, number>()
  const spellings = new Map<number, Spelling>()
  const byStem = store.query<{ id: number }, [string]>('SELECT id FROM terms WHERE term = ?')
  const byId = store.query<{ term: string }, [number]>('SELECT term FROM terms WHERE id = ?')
  return {
    idOf(stem) {
      let id = ids.get(stem)
      if (id === undefined) {
        id = byStem.get(stem)?.id
        if (ids.size >= maxRememberedTerms) ids.clear()
        // One that is not there may come with the next edit.
        if (id !== undefined) ids.set(stem, id)
      }
      return id
    },
    spellingOf(id) {
      let spelling = spellings.get(id)
      if (!spelling) {
        spelling = spellingOf(byId.get(id)?.term ?? '')
        if (spellings.size >= maxRememberedTerms) spellings.clear()
        spellings.set(id, spelling)
      }
      return spelling
    },
  }
}

function load(
  store: SearchStore,
  terms: TermReader,
  before: readonly LoadedSegment[],
): SearchIndex {
  const segments = loadSegments(store, before)
  const join = (of: (columns: Columns) => Uint32Array) =>
    concatenated(segments.map((segment) => of(segment.columns)))
  const fileOf = join((columns) => columns.fileOf)
  for (const segment of segments)
    if (segment.fileBase > 0)
      for (let at = 0; at < segment.columns.fileOf.length; at++)
        fileOf[segment.base + at] = (fileOf[segment.base + at] as number) + segment.fileBase
  const total = fileOf.length
  const docIds = join((columns) => columns.docIds)
  const docLengths = join((columns) => columns.docLengths)
  const deadFiles = findDead(store, segments, docIds.length)
  const alive = new Uint8Array(total)
  let live = 0
  for (let at = 0; at < total; at++)
    if (deadFiles[fileOf[at] as number] === 0) {
      alive[at] = 1
      live++
    }
  const frequencies = countFrequencies(segments)
  const chunkIds = join((columns) => columns.chunkIds)
  const select = store.query<{ data: Uint8Array }, [number]>(
    'SELECT data FROM postings WHERE key = ?',
  )
  return {
    segments,
    total,
    files: docIds.length,
    live,
    alive,
    chunkIds,
    info: join((columns) => columns.info),
    fileOf,
    docIds,
    docLengths,
    docLanguages: join((columns) => columns.docLanguages),
    averageFileLength: averageOf(docLengths, deadFiles),
    frequency: (term) => frequencies[term] ?? 0,
    ...terms,
    postings(segment, term) {
      if (indexOfSorted(segment.terms.ids, term) < 0) return undefined
      const row = select.get(postingKey(segment.id, term))
      return row ? decodePostings(row.data) : undefined
    },
    segmentOf(ordinal) {
      let low = 0
      let high = segments.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((segments[middle]?.base ?? 0) <= ordinal) low = middle
        else high = middle - 1
      }
      const found = segments[low]
      if (!found) throw new Error(`no chunk has the ordinal ${ordinal}`)
      return found
    },
    ordinalOf(chunkId) {
      for (const { base, columns, places } of segments) {
        places.sorted ??= placesOf(columns.chunkIds)
        const at = placeOf(places.sorted, chunkId)
        // The chunk's older states lie dead in other segments.
        if (at >= 0 && alive[base + at] === 1) return base + at
      }
      return -1
    },
    scratch: {
      scores: new Float32Array(total),
      sums: new Float32Array(total),
      summed: new Uint32Array(total),
      fileScores: new Float32Array(docIds.length),
    },
  }
}

function loadSegments(store: SearchStore, before: readonly LoadedSegment[]): LoadedSegment[] {
  const known = new Map(before.map((segment) => [segment.id, segment]))
  const select = store.query<{ columns: Uint8Array; terms: Uint8Array }, [number]>(
    'SELECT columns, terms FROM segments WHERE id = ?',
  )
  let base = 0
  let fileBase = 0
  return store
    .query<{ id: number }, []>('SELECT id FROM segments ORDER BY id')
    .all()
    .flatMap(({ id }) => {
      const old = known.get(id)
      const row = old ? undefined : select.get(id)
      const columns = old?.columns ?? (row ? decodeColumns(row.columns) : undefined)
      const terms = old?.terms ?? (row ? decodeTerms(row.terms) : undefined)
      if (!columns || !terms) return []
      const segment = { id, columns, terms, base, fileBase, places: old?.places ?? {} }
      base += columns.chunkIds.length
      fileBase += columns.docIds.length
      return [segment]
    })
}

function findDead(store: SearchStore, segments: readonly LoadedSegment[], files: number) {
  const dead = new Uint8Array(files)
  for (const { id, columns, fileBase } of segments) {
    const gone = deadDocs(store, id)
    if (gone.size > 0)
      columns.docIds.forEach((docId, file) => {
        if (gone.has(docId)) dead[fileBase + file] = 1
      })
  }
  return dead
}

function countFrequencies(segments: readonly LoadedSegment[]): Uint32Array {
  const size = Math.max(0, ...segments.map((segment) => (segment.terms.ids.at(-1) ?? 0) + 1))
  const counts = new Uint32Array(size)
  for (const { terms } of segments)
    for (let at = 0; at < terms.ids.length; at++) {
      const id = terms.ids[at] as number
      counts[id] = (counts[id] as number) + (terms.counts[at] as number)
    }
  return counts
}

function averageOf(lengths: Uint32Array, dead: Uint8Array): number {
  let sum = 0
  let count = 0
  for (let file = 0; file < lengths.length; file++)
    if (dead[file] === 0) {
      sum += lengths[file] as number
      count++
    }
  return Math.max(1, sum / Math.max(1, count))
}

/** Chunk id and ordinal in one number, sorted: a map of a few bytes a chunk. */
const ordinalRange = 2 ** 21

function placesOf(chunkIds: Uint32Array): Float64Array {
  return Float64Array.from(chunkIds, (id, at) => id * ordinalRange + at).sort()
}

function placeOf(places: Float64Array, chunkId: number): number {
  const wanted = chunkId * ordinalRange
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  const found = places[low]
  return found !== undefined && found < wanted + ordinalRange ? found - wanted : -1
}
