/**
 * `bun run bench hnsw [--count N] [--sweep] [--avx]`: the graph of 100,000 vectors that the built-in embedder
 * makes of the code in node_modules (pieces of 14 lines), asked with sentences from its comments. Recall@10 against
 * the exact search (of equal distances any counts), time of a search and of building, memory, the file. `--sweep` tries
 * other parameters, `--avx` an addon compiled for AVX2.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { quantize, unitVector } from '../../workers/vectors/embed.ts'
import { createFlatVectors } from '../../workers/vectors/flat-vectors.ts'
import { createGraph, type GraphShape } from '../../workers/vectors/graph.ts'
import type { HierarchicalNswConstructor } from '../../workers/vectors/hnsw-addon.ts'
import { loadHnsw } from '../../workers/vectors/hnsw-addon.ts'
import { loadTrainedWords } from '../../workers/vectors/trained-words.ts'
import { createStemmer, questionWords } from '../../workers/vectors/words.ts'

const root = resolve(import.meta.dir, '../..')
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    queries: { type: 'string', default: '500' },
    sweep: { type: 'boolean', default: false },
    avx: { type: 'boolean', default: false },
  },
})
const count = Number(values.count)
const queryCount = Number(values.queries)
const nearestCount = 10
const linesPerPiece = 14
/** Every so many pieces one gives a question. */
const piecesPerQuery = 20
const maxFileChars = 12_000_000
const maxLineChars = 300
const saturation = 2.4
const rounding = 1e-6

const words = loadTrainedWords()
const { dimensions } = words
const stemmer = createStemmer()
const vectors: Int8Array[] = []
const queries: Float32Array[] = []
for (const path of sourceFiles()) {
  if (vectors.length >= count) break
  readPieces(await Bun.file(path).text())
}
console.log(`${vectors.length} vectors, ${queries.length} questions`)

/** In a fixed order. */
function sourceFiles(): string[] {
  const cwd = join(root, 'node_modules')
  const found = new Bun.Glob('**/*.{ts,mts,js,mjs}').scanSync({ cwd, followSymlinks: false })
  return [...found]
    .filter((path) => !path.includes('.min.'))
    .sort()
    .map((path) => join(cwd, path))
}

function readPieces(text: string): void {
  if (text.length > maxFileChars) return
  const lines = text.split('\n')
  for (let from = 0; from < lines.length && vectors.length < count; from += linesPerPiece) {
    const piece = lines.slice(from, from + linesPerPiece)
    if (piece.some((line) => line.length > maxLineChars)) continue
    const isComment = (line: string) => /^\s*(\*|\/\/|\/\*)/.test(line)
    const vector = codeVector(piece.filter((line) => !isComment(line)).join('\n'))
    if (!vector) continue
    vectors.push(vector)
    const sentence = /(?:\*|\/\/) +([A-Z][a-z]+ [^\n.]{15,90})/.exec(piece.join('\n'))?.[1]
    if (sentence && queries.length < queryCount && vectors.length % piecesPerQuery === 0)
      queries.push(queryVector(sentence))
  }
}

function codeVector(text: string): Int8Array | undefined {
  const counts = new Map<string, number>()
  for (const stem of stemmer.stems(text)) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  if (counts.size < 5) return undefined
  const sum = new Float32Array(dimensions)
  for (const [stem, often] of counts) words.addCode(sum, stem, often / (often + saturation))
  return quantize(sum)
}

function queryVector(sentence: string): Float32Array {
  const sum = new Float32Array(dimensions)
  for (const { stem } of questionWords(stemmer, sentence)) words.addQuery(sum, stem, 1)
  return unitVector(quantize(sum))
}

const flatMemory = process.memoryUsage.rss()
const flat = createFlatVectors(dimensions)
for (const [id, vector] of vectors.entries()) flat.put(id, vector)
/** The worst score that the ten nearest have. */
const worst: number[] = []
const exactMs = times(queries, (query) => {
  worst.push(flat.nearest(query, nearestCount).at(-1)?.score ?? 0)
})
report('exact, int8', {
  recall: 1,
  ms: exactMs,
  buildMs: 0,
  memory: process.memoryUsage.rss() - flatMemory,
})

const addon = loadHnsw()
if (!addon) console.log('no addon: run `bun run build` first')
else {
  const shapes = values.sweep ? sweep() : [undefined]
  for (const shape of shapes) measure(name(shape), addon, shape)
  if (values.avx) {
    const avx = compileAvx()
    if (avx) measure('hnsw, AVX2 and FMA', avx, undefined)
  }
}

function sweep(): GraphShape[] {
  const shapes: GraphShape[] = []
  for (const m of [12, 16, 24])
    for (const efConstruction of [100, 150, 200])
      for (const efSearch of [200, 400]) shapes.push({ m, efConstruction, efSearch })
  return shapes
}

function name(shape: GraphShape | undefined): string {
  if (!shape) return 'hnsw'
  return `hnsw M ${shape.m} efConstruction ${shape.efConstruction} efSearch ${shape.efSearch}`
}

function measure(
  what: string,
  Hnsw: HierarchicalNswConstructor,
  shape: GraphShape | undefined,
): void {
  const before = process.memoryUsage.rss()
  const started = performance.now()
  const graph = createGraph(Hnsw, dimensions, shape)
  for (const [id, vector] of vectors.entries()) graph.put(id, vector)
  const buildMs = performance.now() - started
  const memory = process.memoryUsage.rss() - before
  let found = 0
  const ms = times(queries, (query, at) => {
    for (const row of graph.nearest(query, nearestCount))
      if (row.score >= (worst[at] ?? 0) - rounding) found++
  })
  const recall = found / (queries.length * nearestCount)
  report(what, { recall, ms, buildMs, memory })
  const directory = mkdtempSync(join(tmpdir(), 'codi-hnsw-'))
  const file = join(directory, 'graph')
  graph.write?.(file)
  console.log(`  file ${(statSync(file).size / 1e6).toFixed(1)} MB`)
  rmSync(directory, { recursive: true })
}

function times<T>(items: readonly T[], run: (item: T, at: number) => void): number[] {
  return items.map((item, at) => {
    const started = performance.now()
    run(item, at)
    return performance.now() - started
  })
}

function report(
  what: string,
  row: { recall: number; ms: number[]; buildMs: number; memory: number },
): void {
  const sorted = [...row.ms].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(3)
  console.log(
    `${what.padEnd(40)} recall@10 ${row.recall.toFixed(4)}  p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)} ms  ` +
      `built in ${(row.buildMs / 1000).toFixed(1)} s  +${(row.memory / 1e6).toFixed(0)} MB`,
  )
}

/** The addon as the build makes it, but for newer processors; undefined without a compiler. */
function compileAvx(): HierarchicalNswConstructor | undefined {
  const output = join(mkdtempSync(join(tmpdir(), 'codi-avx-')), 'hnsw.node')
  const modules = join(root, 'node_modules')
  const run = Bun.spawnSync([
    ...['c++', '-std=c++17', '-O3', '-mavx2', '-mfma', '-DNDEBUG', '-DNAPI_DISABLE_CPP_EXCEPTIONS'],
    ...['-fPIC', '-shared', `-I${modules}/node-addon-api`],
    ...[`-I${modules}/node-api-headers/include`, `${modules}/hnswlib-node/src/addon.cc`],
    ...['-o', output],
  ])
  if (run.exitCode !== 0) {
    console.log(`no AVX2 build: ${run.stderr}`)
    return undefined
  }
  return require(output).HierarchicalNSW
}
