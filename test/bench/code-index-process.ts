/**
 * One process that keeps an index of the directory given and measures it from within, where a call costs no thread
 * switch: prints one JSON object. Medians and percentiles in milliseconds, memory of the whole process in bytes.
 */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rgPath } from '@vscode/ripgrep'
import { createIndexService } from '../../workers/indexer/service.ts'
import { median } from './measure.ts'

export interface IndexFigures {
  files: number
  symbols: number
  fullMs: number
  fullCpuMs: number
  checkMs: number
  nothingMs: [p50: number, p99: number]
  oneMs: number
  hundredMs: number
  findSymbolMs: [p50: number, p99: number]
  findReferencesMs: [p50: number, p99: number]
  firstBytes: number
  rebuiltBytes: number
  lastBytes: number
  databaseBytes: number
}

const rebuilds = 10
const questions = 200
const [root = '', database = ''] = process.argv.slice(2)

const index = createIndexService({ root, database, ripgrep: rgPath }, () => {})
const cpuBefore = process.cpuUsage()
const full = await index.update({})
const cpu = process.cpuUsage(cpuBefore)
const firstBytes = process.memoryUsage.rss()
const checks: number[] = []
for (let turn = 0; turn < 5; turn++) checks.push(await time(() => index.update({})))

const names = (await index.findSymbols({ name: '', match: 'exact', limit: 5_000 })).map(
  (row) => row.name,
)
const nameAt = (turn: number) => names[(turn * 7919) % names.length] ?? ''
const symbolTimes = await times((turn) =>
  index.findSymbols({ name: nameAt(turn), match: 'fuzzy', limit: 20 }),
)
const referenceTimes = await times((turn) =>
  index.findReferences({ name: nameAt(turn), limit: 100 }),
)

await index.watch({})
const nothing = await times(() => index.update({}))
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^.].*\.(?:ts|py|go|rs|java|c)$/.test(path) && !path.includes('node_modules'))
  .sort()
const one: number[] = []
const hundred: number[] = []
for (let turn = 0; turn < 5; turn++) {
  one.push(await afterChanging(sources.slice(turn, turn + 1)))
  hundred.push(await afterChanging(sources.slice(0, 100)))
}

const rebuilt: number[] = []
for (let turn = 0; turn < rebuilds; turn++) {
  await index.update({ rebuild: true })
  Bun.gc(true)
  rebuilt.push(process.memoryUsage.rss())
}
const { databaseBytes } = await index.status()
const figures: IndexFigures = {
  files: full.files,
  symbols: full.symbols,
  fullMs: full.durationMs,
  fullCpuMs: (cpu.user + cpu.system) / 1000,
  checkMs: median(checks),
  nothingMs: percentiles(nothing),
  oneMs: median(one),
  hundredMs: median(hundred),
  findSymbolMs: percentiles(symbolTimes),
  findReferencesMs: percentiles(referenceTimes),
  firstBytes,
  rebuiltBytes: rebuilt[0] ?? 0,
  lastBytes: rebuilt.at(-1) ?? 0,
  databaseBytes,
}
index.close()
console.log(JSON.stringify(figures))

/** Files as they were, but for a line at the end that goes again. */
async function afterChanging(paths: string[]): Promise<number> {
  const before = paths.map((path) => readFileSync(join(root, path)))
  for (const path of paths) appendFileSync(join(root, path), '\n')
  const ms = await time(() => index.update({}))
  paths.forEach((path, at) => {
    writeFileSync(join(root, path), before[at] ?? '')
  })
  await index.update({})
  return ms
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

async function times(run: (turn: number) => Promise<unknown>): Promise<number[]> {
  const all: number[] = []
  for (let turn = 0; turn < questions; turn++) all.push(await time(() => run(turn)))
  return all
}

function percentiles(values: number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return [at(0.5), at(0.99)]
}
