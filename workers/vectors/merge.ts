/**
 * Keeps the segments few and clean: neighbours in size become one, and what is dead is left behind. The new segment is
 * written in slices beside the old ones and takes their place in one transaction; a kill before that leaves postings
 * that nobody reads, which the next run sweeps.
 */
import { cancelled } from '../../src/base/async.ts'
import { bumpVersion, nextSegment } from './index-writer.ts'
import type { Lease } from './lease.ts'
import {
  type Columns,
  decodeColumns,
  decodePostings,
  decodeTerms,
  encodeColumns,
  encodePostings,
  encodeTerms,
  fileOrdinal,
  fileWeight,
  lowerBound,
  type PostingList,
  packFile,
  postingKey,
  type SegmentTerms,
  segmentOfKey,
} from './segment.ts'
import type { SearchStore } from './store.ts'

/** A segment joins its smaller ones when it is not larger than so many times their sum. */
const growth = 2
const minMerged = 4
/** Together so small that merging costs less than another segment for every question. */
const smallChunks = 256
/** A segment with a larger share of dead chunks is written anew. */
const worn = 0.25
const postingsPerSlice = 60_000
const keysPerSweep = 5_000
const freePagesKept = 2_000
const pagesPerSlice = 1_000

export async function mergeSegments(
  store: SearchStore,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  await sweep(store, lease, signal)
  for (let chosen = choose(store); chosen.length > 0; chosen = choose(store)) {
    await merge(store, { ids: chosen, lease }, signal)
    await sweep(store, lease, signal)
  }
  await shrink(store, signal)
}

/** Ids of the segments that shall become one; empty when all is well. */
function choose(store: SearchStore): number[] {
  const rows = store
    .query<{ id: number; chunks: number; live: number }, []>(
      `SELECT s.id, s.chunks, s.chunks -
         (SELECT coalesce(sum(d.chunks), 0) FROM dead d WHERE d.segment = s.id) AS live
       FROM segments s ORDER BY live`,
    )
    .all()
  let sum = 0
  let end = 0
  rows.forEach((row, index) => {
    const several = index + 1 >= minMerged || sum + row.live <= smallChunks
    if (index > 0 && several && row.live <= growth * sum) end = index + 1
    sum += row.live
  })
  if (end > 0) return rows.slice(0, end).map((row) => row.id)
  const old = rows.find((row) => row.live < row.chunks * (1 - worn))
  return old ? [old.id] : []
}

interface Part {
  id: number
  columns: Columns
  terms: SegmentTerms
  isDead(file: number): boolean
}

function openPart(store: SearchStore, id: number): Part {
  const row = store
    .query<{ columns: Uint8Array; terms: Uint8Array }, [number]>(
      'SELECT columns, terms FROM segments WHERE id = ?',
    )
    .get(id)
  if (!row) throw new Error(`segment ${id} is gone`)
  const columns = decodeColumns(row.columns)
  const dead = deadDocs(store, id)
  return {
    id,
    columns,
    terms: decodeTerms(row.terms),
    isDead: (file) => dead.has(columns.docIds[file] as number),
  }
}

export function deadDocs(store: SearchStore, segment: number): Set<number> {
  return new Set(
    store
      .query<{ doc_id: number }, [number]>('SELECT doc_id FROM dead WHERE segment = ?')
      .all(segment)
      .map((row) => row.doc_id),
  )
}

/** Where an old ordinal is in the new segment; `gone` where it is not. */
interface Moved extends Part {
  chunks: Uint32Array
  files: Uint32Array
}

const gone = 0xffffffff

async function merge(
  store: SearchStore,
  { ids, lease }: { ids: readonly number[]; lease: Lease },
  signal: AbortSignal,
): Promise<void> {
  const { parts, columns } = joinColumns(ids.map((id) => openPart(store, id)))
  let segment = 0
  store.transaction(() => {
    lease.renew()
    segment = nextSegment(store)
  })
  const termIds = mergedTerms(parts)
  const kept: number[] = []
  const counts: number[] = []
  const insert = store.query<never, [number, Uint8Array]>(
    'INSERT INTO postings (key, data) VALUES (?, ?)',
  )
  for (let from = 0; from < termIds.length; ) {
    if (signal.aborted) throw cancelled()
    const to = sliceEnd(parts, termIds, from)
    store.transaction(() => {
      lease.renew()
      for (const [term, list] of joinPostings(store, parts, termIds, from, to)) {
        kept.push(term)
        counts.push(list.ordinals.length)
        insert.run(postingKey(segment, term), encodePostings(list))
      }
    })
    from = to
    await new Promise(setImmediate)
  }
  store.transaction(() => {
    lease.renew()
    const remove = store.query<never, [number]>('DELETE FROM segments WHERE id = ?')
    const forget = store.query<never, [number]>('DELETE FROM dead WHERE segment = ?')
    const move = store.query<never, [number, number, number]>(
      'UPDATE docs SET segment = ? WHERE id = ? AND segment = ?',
    )
    for (const part of parts) {
      part.columns.docIds.forEach((docId, file) => {
        if (!part.isDead(file)) move.run(segment, docId, part.id)
      })
      remove.run(part.id)
      forget.run(part.id)
    }
    if (columns.chunkIds.length > 0)
      store
        .query<never, [number, number, Uint8Array, Uint8Array]>(
          'INSERT INTO segments (id, chunks, columns, terms) VALUES (?, ?, ?, ?)',
        )
        .run(
          segment,
          columns.chunkIds.length,
          encodeColumns(columns),
          encodeTerms({ ids: Uint32Array.from(kept), counts: Uint32Array.from(counts) }),
        )
    bumpVersion(store)
  })
}

function joinColumns(parts: readonly Part[]): { parts: Moved[]; columns: Columns } {
  const rows = {
    chunkIds: [] as number[],
    fileOf: [] as number[],
    info: [] as number[],
    nameAt: [0],
    names: [] as number[],
    pairAt: [0],
    pairs: [] as number[],
    docIds: [] as number[],
    docLengths: [] as number[],
    docLanguages: [] as number[],
  }
  const moved = parts.map((part): Moved => {
    const { columns } = part
    const files = Uint32Array.from(columns.docIds, (docId, file) => {
      if (part.isDead(file)) return gone
      rows.docLengths.push(columns.docLengths[file] as number)
      rows.docLanguages.push(columns.docLanguages[file] as number)
      return rows.docIds.push(docId) - 1
    })
    const chunks = Uint32Array.from(columns.chunkIds, (chunkId, at) => {
      const file = files[columns.fileOf[at] as number] as number
      if (file === gone) return gone
      rows.fileOf.push(file)
      rows.info.push(columns.info[at] as number)
      for (let i = columns.nameAt[at] as number; i < (columns.nameAt[at + 1] as number); i++)
        rows.names.push(columns.names[i] as number)
      rows.nameAt.push(rows.names.length)
      for (let i = columns.pairAt[at] as number; i < (columns.pairAt[at + 1] as number); i++)
        rows.pairs.push(columns.pairs[i] as number)
      rows.pairAt.push(rows.pairs.length)
      return rows.chunkIds.push(chunkId) - 1
    })
    return { ...part, chunks, files }
  })
  return {
    parts: moved,
    columns: {
      chunkIds: Uint32Array.from(rows.chunkIds),
      fileOf: Uint32Array.from(rows.fileOf),
      info: Uint32Array.from(rows.info),
      nameAt: Uint32Array.from(rows.nameAt),
      names: Uint32Array.from(rows.names),
      pairAt: Uint32Array.from(rows.pairAt),
      pairs: Uint32Array.from(rows.pairs),
      docIds: Uint32Array.from(rows.docIds),
      docLengths: Uint32Array.from(rows.docLengths),
      docLanguages: Uint32Array.from(rows.docLanguages),
    },
  }
}

function mergedTerms(parts: readonly Part[]): Uint32Array {
  const ids = new Set<number>()
  for (const part of parts) for (const id of part.terms.ids) ids.add(id)
  return Uint32Array.from(ids).sort()
}

/** The place of the first term that no longer fits into one slice. */
function sliceEnd(parts: readonly Part[], termIds: Uint32Array, from: number): number {
  const places = parts.map((part) => lowerBound(part.terms.ids, termIds[from] as number))
  let postings = 0
  let to = from
  while (to < termIds.length && postings < postingsPerSlice) {
    const term = termIds[to++] as number
    parts.forEach((part, index) => {
      const place = places[index] as number
      if (part.terms.ids[place] !== term) return
      postings += part.terms.counts[place] as number
      places[index] = place + 1
    })
  }
  return to
}

/** Terms from one place up to another, with their lists over all parts. */
function* joinPostings(
  store: SearchStore,
  parts: readonly Moved[],
  termIds: Uint32Array,
  from: number,
  to: number,
): Generator<[number, PostingList]> {
  const first = termIds[from] as number
  const last = termIds[to - 1] as number
  const select = store.query<{ key: number; data: Uint8Array }, [number, number]>(
    'SELECT key, data FROM postings WHERE key BETWEEN ? AND ? ORDER BY key',
  )
  const lists = new Map<number, PostingList[]>()
  for (const part of parts)
    for (const { key, data } of select.all(postingKey(part.id, first), postingKey(part.id, last))) {
      const list = moveList(part, decodePostings(data))
      if (list.ordinals.length === 0) continue
      const term = key - postingKey(part.id, 0)
      const others = lists.get(term)
      if (others) others.push(list)
      else lists.set(term, [list])
    }
  for (let at = from; at < to; at++) {
    const term = termIds[at] as number
    const found = lists.get(term)
    if (found) yield [term, joinLists(found)]
  }
}

function moveList(part: Moved, list: PostingList): PostingList {
  const ordinals: number[] = []
  const words: number[] = []
  const files: number[] = []
  for (let at = 0; at < list.ordinals.length; at++) {
    const to = part.chunks[list.ordinals[at] as number] as number
    if (to === gone) continue
    ordinals.push(to)
    words.push(list.words[at] as number)
  }
  for (const packed of list.files) {
    const to = part.files[fileOrdinal(packed)] as number
    if (to !== gone) files.push(packFile(to, fileWeight(packed)))
  }
  return {
    ordinals: Uint32Array.from(ordinals),
    words: Uint32Array.from(words),
    files: Uint32Array.from(files),
  }
}

/** Parts come in the order of their new ordinals. */
function joinLists(lists: readonly PostingList[]): PostingList {
  const [only] = lists
  if (only && lists.length === 1) return only
  return {
    ordinals: concatenated(lists.map((list) => list.ordinals)),
    words: concatenated(lists.map((list) => list.words)),
    files: concatenated(lists.map((list) => list.files)),
  }
}

function concatenated(arrays: readonly Uint32Array[]): Uint32Array {
  const joined = new Uint32Array(arrays.reduce((total, array) => total + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}

/** Postings of segments that are no longer, or never came to be. */
async function sweep(store: SearchStore, lease: Lease, signal: AbortSignal): Promise<void> {
  const living = new Set(
    store
      .query<{ id: number }, []>('SELECT id FROM segments')
      .all()
      .map((row) => row.id),
  )
  const nextKey = store.query<{ key: number }, [number]>(
    'SELECT key FROM postings WHERE key >= ? ORDER BY key LIMIT 1',
  )
  const remove = store.query<never, [number, number, number]>(
    `DELETE FROM postings WHERE key IN
       (SELECT key FROM postings WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)`,
  )
  for (let row = nextKey.get(0); row; ) {
    const segment = segmentOfKey(row.key)
    const end = postingKey(segment + 1, 0)
    if (!living.has(segment)) {
      for (let changes = keysPerSweep; changes >= keysPerSweep; ) {
        if (signal.aborted) throw cancelled()
        store.transaction(() => {
          lease.renew()
          changes = remove.run(postingKey(segment, 0), end - 1, keysPerSweep).changes
        })
        await new Promise(setImmediate)
      }
    }
    row = nextKey.get(end)
  }
  store.transaction(() => {
    lease.renew()
    store.query<never, []>('DELETE FROM dead WHERE segment NOT IN (SELECT id FROM segments)').run()
  })
}

/** Gives pages back that nothing uses, but for some that the next write will want. */
async function shrink(store: SearchStore, signal: AbortSignal): Promise<void> {
  const freePages = () =>
    store.query<{ freelist_count: number }, []>('PRAGMA freelist_count').get()?.freelist_count ?? 0
  for (let free = freePages(); free > freePagesKept; ) {
    if (signal.aborted) throw cancelled()
    store.database.run(`PRAGMA incremental_vacuum(${pagesPerSlice})`)
    const left = freePages()
    if (left >= free) break
    free = left
    await new Promise(setImmediate)
  }
}
