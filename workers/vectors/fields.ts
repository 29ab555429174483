/**
 * The words of a chunk by the place where they stand, weighted and normalized by length: `weight` is what the field
 * is worth, `norm` how much its length counts against `average`. Fixed averages keep a chunk independent of the rest
 * of the index, so an edit rewrites only its own chunks.
 */
import type { Chunk } from './chunk.ts'
import { type Lexed, lex } from './lexer.ts'
import type { Stemmer } from './words.ts'

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
}

export interface WeightedTerm {
  /** Sum over fields of weight x frequency / length norm. */
  weight: number
  /** Bit i: stands in `fieldNames[i]`. */
  fields: number
  /** For the file's own score. */
  fileWeight: number
}

export interface ChunkWords {
  /** Stems of each field, in order. */
  fields: Record<FieldName, string[]>
  terms: Map<string, WeightedTerm>
  /** Neighbouring stems inside one identifier of name, signature or body. */
  pairs: Set<string>
}

const maxFieldWords = 3_000

export function chunkWords(
  stemmer: Stemmer,
  chunk: Chunk,
  file: { path: string; language: string },
): ChunkWords {
  const lexed = file.language === '' ? undefined : lex(chunk.text, file.language)
  const fields = fieldsOf(stemmer, chunk, file, lexed)
  const terms = new Map<string, WeightedTerm>()
  fieldNames.forEach((field, bit) => {
    const words = fields[field]
    const { weight, norm, average } = fieldWeights[field]
    const length = Math.max(0.001, 1 - norm + (norm * words.length) / average)
    const each = weight / length
    const inFile = fileWeights[field]
    for (const word of words) {
      const term = terms.get(word)
      if (term) {
        term.weight += each
        term.fields |= 1 << bit
        term.fileWeight += inFile
      } else terms.set(word, { weight: each, fields: 1 << bit, fileWeight: inFile })
    }
  })
  return { fields, terms, pairs: pairsOf(stemmer, chunk.name, lexed) }
}

function fieldsOf(
  stemmer: Stemmer,
  chunk: Chunk,
  file: { path: string; language: string },
  lexed: Lexed | undefined,
): Record<FieldName, string[]> {
  const { directory, base } = splitPath(file.path)
  const head = {
    name: stemmer.stems(chunk.name),
    container: stemmer.stems(chunk.container),
    path: [...stemmer.stems(directory), ...stemmer.stems(base)],
    base: stemmer.stems(base),
  }
  if (!lexed) {
    return {
      ...head,
      signature: stemmer.stems(chunk.signature),
      body: stemmer.stems(chunk.text).slice(0, maxFieldWords),
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
  const stemAll = (words: string[]) =>
    words.flatMap((word) => stemmer.stems(word)).slice(0, maxFieldWords)
  const doc = chunk.kind === 'text' ? stemAll(lexed.comments) : stemmer.stems(chunk.doc)
  return {
    ...head,
    signature: stemAll(signature.filter((word) => word !== chunk.name)),
    body: stemAll(body),
    strings: stemAll(lexed.strings),
    comments: chunk.kind === 'text' ? [] : stemAll(lexed.comments),
    doc,
  }
}

function pairsOf(stemmer: Stemmer, name: string, lexed: Lexed | undefined): Set<string> {
  const pairs = new Set<string>()
  if (!lexed) return pairs
  for (const identifier of new Set([name, ...lexed.identifiers])) {
    const stems = stemmer.stems(identifier)
    for (let index = 1; index < stems.length; index++)
      pairs.add(`${stems[index - 1]} ${stems[index]}`)
  }
  return pairs
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
