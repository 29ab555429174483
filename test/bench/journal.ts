/**
 * `bun run bench journal [--runs N]`: what it costs that the changes of a command are captured, over the plain sandbox,
 * in turns, so that a busy moment of the machine meets both. Target: under 2 ms for a shell command that touches three
 * files of a work tree of 50,000. `bun run bench undo` measures what becomes of a capture afterwards.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildHelper } from '../../.ci/build/helper.ts'
import { hostTarget } from '../../.ci/build/targets.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100' } } })
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1)
  throw new Error(`--runs ${values.runs} is not a number of runs`)
const target = hostTarget()
if (process.platform !== 'linux' || !target) throw new Error('The helper is for Linux')
const helper = buildHelper(resolve(import.meta.dir, '../..'), target)
if (helper.path === undefined) throw new Error(`no helper: ${helper.reason}`)
const program = helper.path

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'codi-bench-journal-')))
const workspace = join(scratch, 'work')
const capture = join(scratch, 'capture')
const filesInDirectory = 100

try {
  fill(50_000)
  console.log(row('', 'plain', 'min', 'captured', 'min', 'adds', 'adds (min)'))
  print('three files of 50,000, ms', runs, () => 'echo x >> 0/1; echo x >> 77/2; echo x > 400/3')
  print('nothing changed, ms', runs, () => 'true')
  print('10,000 new files (tar), ms', Math.min(runs, 7), prepareArchive())
  print('rm -rf of 2,500 files, ms', Math.min(runs, 7), removal())
  perCall()
  scans()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function fill(count: number): void {
  for (let directory = 0; directory < count / filesInDirectory; directory++) {
    const path = join(workspace, String(directory))
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < filesInDirectory; file++)
      writeFileSync(join(path, String(file)), `file ${file} of ${directory}\n`.repeat(20))
  }
}

/** Milliseconds of one command, from posix_spawn to the end. */
function time(script: string, captured: boolean): number {
  rmSync(capture, { recursive: true, force: true })
  mkdirSync(capture)
  const flags = [
    ...['--mode', 'full', '--cwd', workspace, '--write', workspace, '--tmp', tmp()],
    ...(captured ? ['--capture', capture] : []),
  ]
  const started = performance.now()
  const run = Bun.spawnSync([program, ...flags, '--', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ms = performance.now() - started
  if (run.exitCode !== 0) throw new Error(`${script}: exit ${run.exitCode}`)
  return ms
}

function tmp(): string {
  const path = join(scratch, 'tmp')
  mkdirSync(path, { recursive: true })
  return path
}

function print(name: string, count: number, script: (captured: boolean) => string): void {
  const times: Record<'plain' | 'captured', number[]> = { plain: [], captured: [] }
  for (let round = -2; round < count; round++) {
    for (const way of ['plain', 'captured'] as const) {
      const text = script(way === 'captured')
      const ms = time(text, way === 'captured')
      if (round >= 0) times[way].push(ms)
    }
  }
  const [plain, captured] = [summary(times.plain), summary(times.captured)]
  const cells = [plain.median, plain.min, captured.median, captured.min]
  const added = [captured.median - plain.median, captured.min - plain.min]
  console.log(row(name, ...[...cells, ...added].map((value) => value.toFixed(2))))
}

function prepareArchive(): () => string {
  const archive = join(workspace, 'packed.tar')
  Bun.spawnSync(
    [
      'sh',
      '-c',
      `mkdir packed && cp -r ? ?? packed/ && tar cf "${archive}" packed && rm -r packed`,
    ],
    {
      cwd: workspace,
    },
  )
  return () => {
    rmSync(join(workspace, 'packed'), { recursive: true, force: true })
    return `tar xf "${archive}"`
  }
}

function removal(): () => string {
  return () => {
    Bun.spawnSync(
      ['sh', '-c', 'rm -rf gone packed; mkdir gone; cp -r 1? 2? 30 31 32 33 34 gone/'],
      { cwd: workspace },
    )
    return 'rm -rf gone'
  }
}

/** One more call by which a file that is known already is changed. */
function perCall(): void {
  if (!Bun.which('python3')) return
  const count = 20_000
  const loop = `python3 -c "
import os, time
open('0/1', 'a').close()
start = time.perf_counter()
for i in range(${count}): os.close(os.open('0/1', os.O_WRONLY))
print(time.perf_counter() - start)"`
  const micros = (captured: boolean) => {
    const seen = Array.from({ length: 5 }, () => {
      rmSync(capture, { recursive: true, force: true })
      mkdirSync(capture)
      const flags = ['--mode', 'full', '--cwd', workspace, '--write', workspace]
      const argv = [
        program,
        ...flags,
        ...(captured ? ['--capture', capture] : []),
        '--',
        'sh',
        '-c',
        loop,
      ]
      return (Number(Bun.spawnSync(argv).stdout) / count) * 1e6
    })
    return summary(seen)
  }
  const [plain, captured] = [micros(false), micros(true)]
  const cells = [plain.median, plain.min, captured.median, captured.min]
  const added = [captured.median - plain.median, captured.min - plain.min]
  console.log(
    row('open for writing and close, µs', ...[...cells, ...added].map((value) => value.toFixed(2))),
  )
}

function scans(): void {
  for (const [name, roots] of [
    ['scan of 1,000 files, ms', Array.from({ length: 10 }, (_, at) => join(workspace, String(at)))],
    ['scan of 50,000 files, ms', [workspace]],
  ] as const) {
    const times: number[] = []
    const state = join(scratch, `state-${roots.length}`)
    for (let round = -1; round < Math.min(runs, 15); round++) {
      const started = performance.now()
      const run = Bun.spawnSync([program, 'scan', '--state', state, '--', ...roots])
      if (run.exitCode !== 0) throw new Error(`scan: ${run.stderr}`)
      if (round >= 0) times.push(performance.now() - started)
    }
    const { median, min } = summary(times)
    console.log(row(name, median.toFixed(2), min.toFixed(2)))
  }
}

function summary(list: number[]): { median: number; min: number } {
  const sorted = [...list].sort((a, b) => a - b)
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    min: sorted[0] ?? Number.NaN,
  }
}

function row(name: string, ...cells: string[]): string {
  return [name.padEnd(34), ...cells.map((cell) => cell.padStart(11))].join('')
}
