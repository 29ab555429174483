/**
 * The words of a chunk by the place where they stand, weighted and normalized by length: `weight` is what the field
 * is worth, `norm` how much its length counts against `average`. Fixed averages keep a chunk independent of the rest
 * of the index, so an edit rewrites only its own chunks.
 */
import type { Chunk } from './chunk.ts'
import type { Dictionary } from './dictionary.ts'
import { type Lexed, lex } from './lexer.ts'
import { pairHash } from './segment.ts'

export const fieldNames = [
  'name',
  'container',
  'path',
  'base',
  'signature',
  'body',
  'strings',
  'comments',
  'doc',
  'callers',
] as const
export type FieldName = (typeof fieldNames)[number]

const fieldWeights: Record<FieldName, { weight: number; norm: number; average: number }> = {
  name: { weight: 4.8, norm: 1, average: 2.4 },
  container: { weight: 2.56, norm: 1, average: 1.1 },
  path: { weight: 0.4, norm: 0.8, average: 7 },
  base: { weight: 1, norm: 0.3, average: 2 },
  signature: { weight: 1.6, norm: 0.25, average: 12 },
  body: { weight: 0.5, norm: 0.95, average: 75 },
  strings: { weight: 0.5, norm: 0.7, average: 12 },
  comments: { weight: 0.25, norm: 0.2, average: 10 },
  doc: { weight: 1.2, norm: 0.5, average: 14 },
  callers: { weight: 2, norm: 0.7, average: 5 },
}

/** What a field's words count for the file as a whole. */
const fileWeights: Record<FieldName, number> = {
  name: 2,
  container: 0,
  path: 1,
  base: 5,
  signature: 1,
  body: 1,
  strings: 1,
  comments: 1,
  doc: 1,
  callers: 0,
}

export interface ChunkWords {
  /** Distinct terms; the arrays below go by place in it. */
  ids: Uint32Array
  /** Sum over fields of weight x frequency / length norm. */
  weights: Float32Array
  /** Bit i: stands in `fieldNames[i]`. */
  fields: Uint16Array
  /** For the file's own score. */
  fileWeights: Uint16Array
  /** The name's words, in order. */
  name: readonly number[]
  /** Sorted hashes of neighbouring words inside one identifier of name, signature or body. */
  pairs: Uint32Array
}

/** Where a file's chunks stand, in words. */
export interface FileWords {
  language: string
  path: readonly number[]
  base: readonly number[]
}

export interface WordCounter {
  file(path: string, language: string): FileWords
  count(chunk: Chunk, file: FileWords): ChunkWords
}

const maxFieldWords = 3_000
const maxWeight = 0xffff

/** Counts with arrays that it keeps from chunk to chunk, by term id. */
export function createWordCounter(dictionary: Dictionary): WordCounter {
  let weights = new Float32Array(4_096)
  let bits = new Uint16Array(4_096)
  let inFile = new Float32Array(4_096)
  let touched: number[] = []

  function add(field: FieldName, bit: number, words: readonly number[]): void {
    if (words.length === 0) return
    if (dictionary.size() > weights.length) grow()
    const { weight, norm, average } = fieldWeights[field]
    const each = weight / Math.max(0.001, 1 - norm + (norm * words.length) / average)
    const forFile = fileWeights[field]
    for (const id of words) {
      if (bits[id] === 0) touched.push(id)
      weights[id] = (weights[id] as number) + each
      bits[id] = (bits[id] as number) | (1 << bit)
      inFile[id] = (inFile[id] as number) + forFile
    }
  }

  function grow(): void {
    const size = Math.ceil(dictionary.size() * 1.5)
    weights = grown(new Float32Array(size), weights)
    bits = grown(new Uint16Array(size), bits)
    inFile = grown(new Float32Array(size), inFile)
  }

  function take(): Pick<ChunkWords, 'ids' | 'weights' | 'fields' | 'fileWeights'> {
    const count = touched.length
    const taken = {
      ids: Uint32Array.from(touched),
      weights: new Float32Array(count),
      fields: new Uint16Array(count),
      fileWeights: new Uint16Array(count),
    }
    for (let at = 0; at < count; at++) {
      const id = touched[at] as number
      taken.weights[at] = weights[id] as number
      taken.fields[at] = bits[id] as number
      taken.fileWeights[at] = Math.min(maxWeight, inFile[id] as number)
      weights[id] = 0
      bits[id] = 0
      inFile[id] = 0
    }
    touched = []
    return taken
  }

  return {
    file(path, language) {
      const { directory, base } = splitPath(path)
      const baseWords = dictionary.idsOf(base)
      return { language, path: [...dictionary.idsOf(directory), ...baseWords], base: baseWords }
    },
    count(chunk, file) {
      const lexed = file.language === '' ? undefined : lex(chunk.text, file.language)
      const words = fieldsOf(dictionary, { chunk, file, lexed })
      fieldNames.forEach((field, bit) => {
        add(field, bit, words[field])
      })
      return { ...take(), name: words.name, pairs: pairsOf(dictionary, chunk.name, lexed) }
    },
  }
}

function grown<T extends Float32Array | Uint16Array>(larger: T, old: T): T {
  larger.set(old)
  return larger
}

function fieldsOf(
  dictionary: Dictionary,
  { chunk, file, lexed }: { chunk: Chunk; file: FileWords; lexed: Lexed | undefined },
): Record<FieldName, readonly number[]> {
  const all = (texts: readonly string[]) => {
    const ids: number[] = []
    for (const text of texts) {
      for (const id of dictionary.idsOf(text)) ids.push(id)
      if (ids.length >= maxFieldWords) return ids.slice(0, maxFieldWords)
    }
    return ids
  }
  const head = {
    name: dictionary.idsOf(chunk.name),
    container: dictionary.idsOf(chunk.container),
    path: file.path,
    base: file.base,
    callers: all(chunk.callers),
  }
  if (!lexed) {
    return {
      ...head,
      signature: dictionary.idsOf(chunk.signature),
      body: dictionary.idsOf(chunk.text).slice(0, maxFieldWords),
      strings: [],
      comments: [],
      doc: [],
    }
  }
  const signature = lex(chunk.signature, file.language).identifiers
  const inSignature = countWords(signature)
  // The body is what the lexer found minus the head's own identifiers.
  const body = lexed.identifiers.filter((word) => {
    const left = inSignature.get(word) ?? 0
    if (left > 0) inSignature.set(word, left - 1)
    return left === 0
  })
  const isText = chunk.kind === 'text'
  return {
    ...head,
    signature: all(signature.filter((word) => word !== chunk.name)),
    body: all(body),
    strings: all(lexed.strings),
    comments: isText ? [] : all(lexed.comments),
    doc: isText ? all(lexed.comments) : dictionary.idsOf(chunk.doc),
  }
}

function pairsOf(dictionary: Dictionary, name: string, lexed: Lexed | undefined): Uint32Array {
  const pairs = new Set<number>()
  if (lexed)
    for (const identifier of new Set([name, ...lexed.identifiers])) {
      const ids = dictionary.idsOf(identifier)
      for (let index = 1; index < ids.length; index++)
        pairs.add(pairHash(ids[index - 1] as number, ids[index] as number))
    }
  return Uint32Array.from(pairs).sort()
}

/** The name that says what the file is: its folder's for `index`, `mod`, `main` … */
function splitPath(path: string): { directory: string; base: string } {
  const plain = path.replace(/\.[^/]*$/, '')
  const parts = plain.split('/')
  const last = parts.pop() ?? ''
  const generic = /^(?:index|mod|lib|main|__init__)$/.test(last)
  const base = generic && parts.length > 0 ? (parts.at(-1) ?? last) : last
  return { directory: parts.join('/'), base }
}

function countWords(words: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
