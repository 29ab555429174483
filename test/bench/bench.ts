/**
 * `bun run bench [--runs N] [--json]`: what dist/codi weighs, as medians, beside its targets and beside a compiled
 * hello-world of the same Bun in the same run: milliseconds differ between machines, the ratio much less. Linux only.
 * `bun run bench index` measures the symbol index instead; README.md here says which bench has which figure.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench } from './context.ts'
import { indexingFigures, interactiveFigures } from './interactive.ts'
import { median, peakMemory, weigh } from './measure.ts'
import { generateRepository, question } from './repository.ts'
import { startBenchServer } from './server.ts'
import { type Figure, printTable } from './table.ts'

if (process.argv[2] === 'index') {
  await (await import('./code-index.ts')).runIndexBench(process.argv.slice(3))
  process.exit(0)
}
/** Benches that are scripts of their own, with options of their own. */
const scripts: Record<string, string> = {
  compaction: './compaction.ts',
  search: './search.ts',
  hnsw: './hnsw.ts',
  journal: './journal.ts',
  mask: './mask.ts',
  policy: './policy.ts',
  retrieval: './retrieval/run.ts',
  sandbox: './sandbox.ts',
  sessions: './sessions.ts',
  transfer: './transfer.ts',
  try: './try.ts',
  undo: './undo.ts',
  usage: './usage.ts',
}
const script = scripts[process.argv[2] ?? '']
if (script !== undefined) {
  process.argv.splice(2, 1)
  await import(script)
  process.exit(0)
}

const codi = resolve(import.meta.dir, '../../dist/codi')
const callCount = 10

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } },
})
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1)
  throw new Error(`--runs ${values.runs} is not a number of runs`)
if (process.platform !== 'linux') throw new Error('The figures are read from /proc: Linux only')
if (!existsSync(codi)) throw new Error(`${codi} is missing: run \`bun run build\` first`)

const scratch = mkdtempSync(join(tmpdir(), 'codi-bench-'))
const server = startBenchServer()
try {
  const bench = prepare(scratch)
  const hello = await compileHello(scratch)
  const figures: Figure[] = []
  const add = (more: Figure[]) => {
    figures.push(...more)
    for (const { name } of more) console.error(`measured: ${name}`)
  }
  add(await startFigures(bench, hello))
  add(await oneShotFigures(bench))
  add(await callFigures(bench))
  add(await streamFigures(bench))
  add(await interactiveFigures(bench))
  add(await repositoryFigures(bench, scratch))
  if (values.json) console.log(JSON.stringify(figures, null, 2))
  else printTable(figures)
} finally {
  server.close()
  rmSync(scratch, { recursive: true, force: true })
}

function prepare(directory: string): Bench {
  const cwd = join(directory, 'work')
  mkdirSync(cwd)
  for (let index = 0; index < callCount; index++) {
    writeFileSync(join(cwd, `file-${index}.txt`), `line of file ${index}\n`.repeat(50))
  }
  const home = join(directory, 'home')
  mkdirSync(home)
  return {
    codi,
    runs,
    server,
    options: {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: home, CODI_HOME: home, LANG: 'C.UTF-8' },
    },
    model: ['--provider', 'vllm', '--base-url', server.url, '--model', 'bench'],
  }
}

async function compileHello(directory: string): Promise<string> {
  const source = join(directory, 'hello.ts')
  const outfile = join(directory, 'hello')
  writeFileSync(source, "console.log('hello')\n")
  const built = await Bun.build({ entrypoints: [source], compile: { outfile }, bytecode: true })
  if (!built.success) throw new Error(`hello did not compile: ${built.logs.join('\n')}`)
  return outfile
}

async function startFigures(bench: Bench, hello: string): Promise<Figure[]> {
  const { options } = bench
  const count = bench.runs * 2 + 1
  // In turns, so that a busy moment of the machine meets all of them.
  const walls: Record<string, number[]> = {}
  const cpus: number[] = []
  for (let run = 0; run < count; run++) {
    for (const [name, argv] of Object.entries({
      hello: [hello],
      git: ['git', '--version'],
      version: [bench.codi, '--version'],
      help: [bench.codi, '--help'],
    })) {
      const weight = await weigh(argv, options)
      walls[name] = [...(walls[name] ?? []), weight.wallMs]
      if (name === 'version') cpus.push(weight.cpuMs)
    }
  }
  const wall = (name: string) => median(walls[name] ?? [])
  return [
    { name: 'the executable', value: statSync(bench.codi).size / 1e6, unit: 'MB', target: 130 },
    { name: 'git --version, wall', value: wall('git'), unit: 'ms', reference: 'git' },
    { name: 'compiled hello, wall', value: wall('hello'), unit: 'ms', reference: 'hello' },
    { name: '--version, wall', value: wall('version'), unit: 'ms', target: 15 },
    { name: '--version, CPU', value: median(cpus), unit: 'ms', target: 12 },
    { name: '--help, wall', value: wall('help'), unit: 'ms', target: 25 },
  ]
}

async function oneShotFigures(bench: Bench): Promise<Figure[]> {
  const argv = [bench.codi, ...bench.model, 'hello']
  const weights = await repeat(bench.runs, () => weigh(argv, bench.options))
  const peaks = await repeat(Math.min(bench.runs, 5), () => peakMemory(argv, bench.options))
  return [
    {
      name: 'one shot, wall',
      value: median(weights.map((one) => one.wallMs)),
      unit: 'ms',
      target: 120,
    },
    {
      name: 'one shot, CPU',
      value: median(weights.map((one) => one.cpuMs)),
      unit: 'ms',
      target: 120,
    },
    { name: 'one shot, peak RSS', value: median(peaks) / 1e6, unit: 'MB', target: 90 },
    {
      name: 'first request body',
      value: bench.server.firstRequestBytes / 1024,
      unit: 'KB',
      target: 16,
    },
  ]
}

/** What one more call costs: the difference between ten calls, one a turn, and one, divided by nine. */
async function callFigures(bench: Bench): Promise<Figure[]> {
  const run = (prompt: string) =>
    weigh([bench.codi, ...bench.model, '--yes', prompt], bench.options)
  const one = { read: [] as number[], shell: [] as number[] }
  const added = { read: [] as number[], shell: [] as number[] }
  const cpus: number[] = []
  for (let index = 0; index < bench.runs; index++) {
    for (const kind of ['read', 'shell'] as const) {
      const first = await run(`${kind} 1`)
      const many = await run(`${kind} ${callCount}`)
      one[kind].push(first.wallMs)
      added[kind].push((many.wallMs - first.wallMs) / (callCount - 1))
      if (kind === 'read') cpus.push(first.cpuMs)
    }
  }
  return [
    { name: 'one file read, wall', value: median(one.read), unit: 'ms', target: 140 },
    { name: 'one file read, CPU', value: median(cpus), unit: 'ms', target: 140 },
    { name: 'added by a read call', value: median(added.read), unit: 'ms', target: 3 },
    { name: 'one shell call, wall', value: median(one.shell), unit: 'ms' },
    { name: 'added by a shell call', value: median(added.shell), unit: 'ms', target: 10 },
  ]
}

async function streamFigures(bench: Bench): Promise<Figure[]> {
  const argv = [bench.codi, ...bench.model, 'stream']
  const count = Math.min(bench.runs, 5)
  const weights = await repeat(count, () => weigh(argv, bench.options))
  if (weights.some((weight) => weight.stdoutBytes < 150_000)) {
    throw new Error('the streamed answer did not arrive whole on stdout')
  }
  const peaks = await repeat(Math.min(count, 3), () => peakMemory(argv, bench.options))
  return [
    {
      name: '200 KB piped, wall',
      value: median(weights.map((one) => one.wallMs)),
      unit: 'ms',
      target: 250,
    },
    {
      name: '200 KB piped, CPU',
      value: median(weights.map((one) => one.cpuMs)),
      unit: 'ms',
      target: 250,
    },
    { name: '200 KB piped, peak RSS', value: median(peaks) / 1e6, unit: 'MB', target: 100 },
  ]
}

/** A repository of 1,001 files: the REPL while it indexes, a question without any model before the index and after. */
async function repositoryFigures(bench: Bench, directory: string): Promise<Figure[]> {
  const cwd = join(directory, 'repository')
  generateRepository(cwd)
  const argv = [bench.codi, '--provider', 'builtin', question]
  const cold: number[] = []
  const warm: number[] = []
  const peaks: number[] = []
  for (let run = 0; run < Math.min(bench.runs, 3); run++) {
    const home = join(directory, `cold-${run}`)
    mkdirSync(home)
    const options = { cwd, env: { ...bench.options.env, HOME: home, CODI_HOME: home } }
    cold.push((await weigh(argv, options)).wallMs)
    warm.push((await weigh(argv, options)).wallMs, (await weigh(argv, options)).wallMs)
    peaks.push(await peakMemory(argv, options))
  }
  const fresh = join(directory, 'indexing')
  mkdirSync(fresh)
  const options = { cwd, env: { ...bench.options.env, HOME: fresh, CODI_HOME: fresh } }
  return [
    ...(await indexingFigures({ ...bench, options })),
    { name: 'builtin, 1,001 files, cold', value: median(cold), unit: 'ms' },
    { name: 'builtin, 1,001 files, warm', value: median(warm), unit: 'ms' },
    { name: 'builtin, warm, peak RSS', value: median(peaks) / 1e6, unit: 'MB' },
  ]
}

async function repeat<T>(count: number, run: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let index = 0; index < count; index++) results.push(await run())
  return results
}
