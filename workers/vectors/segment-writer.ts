/** Gathers counted files and makes a segment of them: columns, terms, one posting list a term. */

import type { Chunk } from './chunk.ts'
import { packInfo } from './chunk-info.ts'
import type { ChunkWords } from './fields.ts'
import { languageCode } from './language-names.ts'
import {
  type Columns,
  encodePostings,
  type PostingList,
  packFile,
  packWord,
  type SegmentTerms,
} from './segment.ts'

export interface SegmentFile {
  docId: number
  path: string
  language: string
  chunks: { id: number; chunk: Chunk; words: ChunkWords }[]
}

export interface BuiltSegment {
  columns: Columns
  terms: SegmentTerms
  /** Terms rising. */
  postings: Iterable<{ term: number; data: Uint8Array }>
}

export function buildSegment(files: readonly SegmentFile[]): BuiltSegment {
  const chunks = files.flatMap((file, fileAt) =>
    file.chunks.map((entry) => ({ ...entry, path: file.path, fileAt })),
  )
  const fileTerms = files.map((file) => fileWords(file.chunks))
  const lists = collectPostings(chunks, fileTerms)
  return {
    columns: {
      chunkIds: Uint32Array.from(chunks, (entry) => entry.id),
      fileOf: Uint32Array.from(chunks, (entry) => entry.fileAt),
      info: Uint32Array.from(chunks, (entry) => packInfo(entry.chunk, entry.path)),
      ...jagged(chunks, (entry) => entry.words.name, 'nameAt', 'names'),
      ...jagged(chunks, (entry) => entry.words.pairs, 'pairAt', 'pairs'),
      docIds: Uint32Array.from(files, (file) => file.docId),
      docLengths: Uint32Array.from(fileTerms, (terms) => sum(terms.values())),
      docLanguages: Uint32Array.from(files, (file) => languageCode(file.language)),
    },
    terms: lists.terms,
    postings: lists.postings(),
  }
}

/** The values of all rows one after another, and where each row's begin. */
function jagged<Row, At extends string, Values extends string>(
  rows: readonly Row[],
  valuesOf: (row: Row) => ArrayLike<number>,
  at: At,
  values: Values,
): Record<At | Values, Uint32Array> {
  const starts = new Uint32Array(rows.length + 1)
  rows.forEach((row, index) => {
    starts[index + 1] = (starts[index] as number) + valuesOf(row).length
  })
  const joined = new Uint32Array(starts[rows.length] as number)
  rows.forEach((row, index) => {
    joined.set(valuesOf(row), starts[index])
  })
  return { [at]: starts, [values]: joined } as Record<At | Values, Uint32Array>
}

/** Terms of a file with what they count in it. */
function fileWords(chunks: SegmentFile['chunks']): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { words } of chunks)
    for (let at = 0; at < words.ids.length; at++) {
      const weight = words.fileWeights[at] as number
      if (weight === 0) continue
      const id = words.ids[at] as number
      counts.set(id, (counts.get(id) ?? 0) + weight)
    }
  return counts
}

/** A counting sort by term: chunks come in order, so each list is sorted as it is filled. */
function collectPostings(
  chunks: readonly { words: ChunkWords }[],
  fileTerms: readonly Map<number, number>[],
): { terms: SegmentTerms; postings(): Generator<{ term: number; data: Uint8Array }> } {
  const places = new Map<number, number>()
  const counts: number[] = []
  const fileCounts: number[] = []
  for (const { words } of chunks)
    for (const id of words.ids) {
      const place = places.get(id)
      if (place === undefined) {
        places.set(id, counts.length)
        counts.push(1)
        fileCounts.push(0)
      } else counts[place] = (counts[place] as number) + 1
    }
  for (const terms of fileTerms)
    for (const id of terms.keys()) {
      const place = places.get(id) as number
      fileCounts[place] = (fileCounts[place] as number) + 1
    }
  const starts = startsOf(counts)
  const fileStarts = startsOf(fileCounts)
  const ordinals = new Uint32Array(starts[counts.length] as number)
  const packed = new Uint32Array(ordinals.length)
  const files = new Uint32Array(fileStarts[counts.length] as number)
  const next = starts.slice()
  chunks.forEach(({ words }, ordinal) => {
    for (let at = 0; at < words.ids.length; at++) {
      const place = places.get(words.ids[at] as number) as number
      const to = next[place] as number
      next[place] = to + 1
      ordinals[to] = ordinal
      packed[to] = packWord(words.weights[at] as number, words.fields[at] as number)
    }
  })
  const nextFile = fileStarts.slice()
  fileTerms.forEach((terms, ordinal) => {
    for (const [id, weight] of terms) {
      const place = places.get(id) as number
      const to = nextFile[place] as number
      nextFile[place] = to + 1
      files[to] = packFile(ordinal, weight)
    }
  })
  const ids = Uint32Array.from(places.keys()).sort()
  const listOf = (term: number): PostingList => {
    const place = places.get(term) as number
    const from = starts[place] as number
    const to = starts[place + 1] as number
    return {
      ordinals: ordinals.subarray(from, to),
      words: packed.subarray(from, to),
      files: files.subarray(fileStarts[place] as number, fileStarts[place + 1] as number),
    }
  }
  return {
    terms: {
      ids,
      counts: Uint32Array.from(ids, (id) => counts[places.get(id) as number] as number),
    },
    *postings() {
      for (const term of ids) yield { term, data: encodePostings(listOf(term)) }
    },
  }
}

function startsOf(counts: readonly number[]): Uint32Array {
  const starts = new Uint32Array(counts.length + 1)
  for (let at = 0; at < counts.length; at++)
    starts[at + 1] = (starts[at] as number) + (counts[at] as number)
  return starts
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
