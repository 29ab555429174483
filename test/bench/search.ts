/**
 * `bun run bench search [--functions 100000] [--questions 400] [--keep DIRECTORY]`: how long a warm question takes
 * over a generated project, what find_symbol and find_references take there, and what building its index costs in
 * time, memory and bytes on disk. Uses the services of the workers directly, without a thread around them. On a busy
 * machine the CPU time says more than the rest.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rgPath } from '@vscode/ripgrep'
import { createIndexService } from '../../workers/indexer/service.ts'
import { createVectorService } from '../../workers/vectors/service.ts'
import { decodeWordVectors } from '../../workers/vectors/word-vectors-file.ts'
import { generateFunctions } from './functions.ts'

const { values } = parseArgs({
  options: {
    functions: { type: 'string', default: '100000' },
    questions: { type: 'string', default: '400' },
    keep: { type: 'string' },
  },
})
const functions = wholeNumber('functions')
const questionCount = wholeNumber('questions')
const directory = values.keep ?? mkdtempSync(join(tmpdir(), 'codi-bench-search-'))
const root = join(directory, 'project')
const database = join(directory, 'index.db')
try {
  mkdirSync(directory, { recursive: true })
  const words = trainedStems()
  const { questions } = generateFunctions(root, { functions, questions: questionCount, words })
  const index = createIndexService({ root, database, ripgrep: rgPath }, () => {})
  if (!existsSync(database)) print('symbol index', await timed(() => index.update({})), 'ms')
  const names = (await index.findSymbols({ name: '', match: 'exact', limit: 5_000 }))
    .map((row) => row.name)
    .filter((_, at) => at % 10 === 0)
  await percentiles('find_symbol', names, (name) =>
    index.findSymbols({ name, match: 'fuzzy', limit: 20 }),
  )
  await percentiles('find_references', names, (name) => index.findReferences({ name, limit: 100 }))
  index.close()
  await measure(questions)
} finally {
  if (values.keep === undefined) rmSync(directory, { recursive: true, force: true })
}

async function measure(questions: string[]): Promise<void> {
  Bun.gc(true)
  const before = process.memoryUsage()
  const vectors = createVectorService({ root, indexDatabase: database, directory }, () => {})
  print('search index, first build', await timed(() => vectors.update({})), 'ms')
  // The graph follows in the background; what is measured below is a quiet worker.
  print('graph of vectors', await timed(() => vectors.embed({})), 'ms')
  const bytes = statSync(join(directory, 'search.db')).size
  print('search.db', bytes / 1e6, 'MB')
  const first = await timed(() => vectors.search({ text: questions[0] ?? '', limit: 10 }))
  print('first question', first, 'ms')
  for (const text of questions.slice(0, 50)) await vectors.search({ text, limit: 10 })
  const cpu = process.cpuUsage()
  await percentiles('question', questions, (text) => vectors.search({ text, limit: 10 }))
  const { user, system } = process.cpuUsage(cpu)
  print('question, CPU of all threads', (user + system) / 1000 / questions.length, 'ms')
  Bun.gc(true)
  const after = process.memoryUsage()
  print(
    'heap and arrays more than before',
    (after.heapUsed + after.external - before.heapUsed - before.external) / 1e6,
    'MB',
  )
  print('resident more than before', (after.rss - before.rss) / 1e6, 'MB')
  vectors.close()
}

async function percentiles(
  what: string,
  inputs: readonly string[],
  run: (input: string) => Promise<unknown>,
): Promise<void> {
  const times: number[] = []
  for (const input of inputs) times.push(await timed(() => run(input)))
  times.sort((a, b) => a - b)
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
    ['max', 1],
  ] as const)
    print(`${what} ${name}`, times[Math.ceil(share * times.length) - 1] ?? Number.NaN, 'ms')
}

function trainedStems(): string[] {
  const path = join(import.meta.dir, '../../workers/vectors/trained/words.bin')
  return decodeWordVectors(readFileSync(path)).stems.filter((stem) => /^[a-z]{3,}$/.test(stem))
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

function print(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(36)} ${value >= 100 ? value.toFixed(0) : value.toFixed(2)} ${unit}`)
}

function wholeNumber(option: 'functions' | 'questions'): number {
  const value = Number(values[option])
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option} ${values[option]} is not a whole number above 0`)
  return value
}
