/** Segments as parts of one: their columns and postings without what is dead, ordinals counted anew. */
import { deadDocs } from './dead-docs.ts'
import {
  type Columns,
  concatenated,
  decodeColumns,
  decodePostings,
  decodeTerms,
  fileOrdinal,
  fileWeight,
  lowerBound,
  type PostingList,
  packFile,
  postingKey,
  type SegmentTerms,
} from './segment.ts'
import type { SearchStore } from './store.ts'

const postingsPerSlice = 60_000

export interface Part {
  id: number
  columns: Columns
  terms: SegmentTerms
  isDead(file: number): boolean
}

export function openPart(store: SearchStore, id: number): Part {
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

/** Where an old ordinal is in the new segment; `gone` where it is not. */
export interface Moved extends Part {
  chunks: Uint32Array
  files: Uint32Array
}

const gone = 0xffffffff

export function joinColumns(parts: readonly Part[]): { parts: Moved[]; columns: Columns } {
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

export function mergedTerms(parts: readonly Part[]): Uint32Array {
  const ids = new Set<number>()
  for (const part of parts) for (const id of part.terms.ids) ids.add(id)
  return Uint32Array.from(ids).sort()
}

/** The place of the first term that no longer fits into one slice. */
export function sliceEnd(parts: readonly Part[], termIds: Uint32Array, from: number): number {
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
export function* joinPostings(
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
