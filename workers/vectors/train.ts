/**
 * From packages on disk to the two products of `bun run train`: the association table and the word vectors, with a
 * manifest that says where they come from. The same packages and seed give the same bytes.
 */
import { createHash } from 'node:crypto'
import { encodeAssociations } from './associations-file.ts'
import { createPairCollector, type Pair } from './train/pairs.ts'
import { trainTranslation } from './train/translation.ts'
import { trainWordVectors } from './train/word-vectors.ts'
import { encodeWordVectors } from './word-vectors-file.ts'
import { createStemmer } from './words.ts'

export interface TrainingSource {
  name: string
  version: string
  licence: string
  directory: string
}

export interface TrainingOptions {
  dimensions: number
  maxStems: number
  epochs: number
  seed: number
  onProgress?(text: string): void
}

export interface Products {
  associations: Uint8Array
  words: Uint8Array
  manifest: TrainingManifest
}

export interface TrainingManifest {
  seed: number
  dimensions: number
  epochs: number
  pairs: number
  /** SHA-256 of each product. */
  associations: { rows: number; entries: number; bytes: number; sha256: string }
  words: { stems: number; bytes: number; sha256: string }
  packages: { name: string; version: string; licence: string; pairs: number }[]
}

/** A package with more pairs gives this many, evenly spread, so that no one subject rules. */
const maxPackagePairs = 16_000

export const standardTraining: TrainingOptions = {
  dimensions: 128,
  maxStems: 6_600,
  epochs: 6,
  seed: 1,
}

export function train(sources: readonly TrainingSource[], options: TrainingOptions): Products {
  const { pairs, counts } = collectPairs(sources, options)
  options.onProgress?.(`${pairs.length} pairs; associations`)
  const rows = trainTranslation(pairs)
  const associations = encodeAssociations(rows)
  options.onProgress?.(`${rows.length} associated words; vectors`)
  const vectors = trainWordVectors(pairs, {
    ...options,
    onEpoch: (epoch, loss) => options.onProgress?.(`epoch ${epoch}: loss ${loss.toFixed(3)}`),
  })
  const words = encodeWordVectors(vectors)
  return {
    associations,
    words,
    manifest: {
      seed: options.seed,
      dimensions: options.dimensions,
      epochs: options.epochs,
      pairs: pairs.length,
      associations: {
        rows: rows.length,
        entries: rows.reduce((sum, row) => sum + row.entries.length, 0),
        bytes: associations.length,
        sha256: sha256(associations),
      },
      words: { stems: vectors.stems.length, bytes: words.length, sha256: sha256(words) },
      packages: sources.map(({ name, version, licence }, index) => ({
        name,
        version,
        licence,
        pairs: counts[index] ?? 0,
      })),
    },
  }
}

function collectPairs(sources: readonly TrainingSource[], options: TrainingOptions) {
  const collector = createPairCollector(createStemmer())
  const pairs: Pair[] = []
  const counts: number[] = []
  for (const source of sources) {
    const before = collector.pairs.length
    collector.addDirectory(source.directory)
    const own = spread(collector.pairs.slice(before), maxPackagePairs)
    for (const pair of own) pairs.push(pair)
    counts.push(own.length)
    options.onProgress?.(`${source.name} ${source.version}: ${own.length} pairs`)
  }
  return { pairs, counts }
}

function spread<T>(list: readonly T[], limit: number): readonly T[] {
  if (list.length <= limit) return list
  return Array.from({ length: limit }, (_, index) => {
    return list[Math.floor((index * list.length) / limit)] as T
  })
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
