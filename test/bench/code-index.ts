/**
 * `bun run bench index [--files 1000,20000] [--real DIR] [--json]`: what the symbol index costs, on generated
 * repositories and on a real one (this one by default, copied), beside `ctags -R` on the same tree in the same run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { IndexFigures } from './code-index-process.ts'
import { median, weigh } from './measure.ts'
import { generateRepository } from './repository.ts'

const here = resolve(import.meta.dir, '../..')

export async function runIndexBench(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      files: { type: 'string', default: '1000,20000' },
      real: { type: 'string', default: here },
      json: { type: 'boolean', default: false },
    },
  })
  const counts = values.files.split(',').map(Number)
  if (counts.some((count) => !Number.isInteger(count) || count < 1))
    throw new Error(`--files ${values.files} is not a list of numbers of files`)
  const scratch = mkdtempSync(join(tmpdir(), 'codi-index-bench-'))
  try {
    const results: Record<string, Measured> = {}
    for (const count of counts) {
      const root = join(scratch, `generated-${count}`)
      generateRepository(root, count)
      results[`${count} generated files`] = await measure(root, scratch)
    }
    const root = join(scratch, 'real')
    copyTracked(resolve(values.real), root)
    results['a real repository'] = await measure(root, scratch)
    if (values.json) console.log(JSON.stringify(results, null, 2))
    else for (const [name, measured] of Object.entries(results)) print(name, measured)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Measured extends IndexFigures {
  ctagsMs: number | undefined
  ctagsCpuMs: number | undefined
}

async function measure(root: string, scratch: string): Promise<Measured> {
  const ctags = Bun.which('ctags')
  const options = { cwd: root, env: { PATH: process.env.PATH ?? '' } }
  const argv = [ctags ?? '', '-R', '-f', join(scratch, 'tags'), '.']
  const weights = ctags ? [await weigh(argv, options), await weigh(argv, options)] : []
  const script = join(import.meta.dir, 'code-index-process.ts')
  const database = join(scratch, crypto.randomUUID(), 'index.db')
  const child = Bun.spawn([process.execPath, script, root, database], { stderr: 'inherit' })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(`measuring ${root} failed`)
  const figures: IndexFigures = JSON.parse(text)
  if (ctags) weights.push(await weigh(argv, options))
  return {
    ...figures,
    ctagsMs: ctags ? median(weights.map((one) => one.wallMs)) : undefined,
    ctagsCpuMs: ctags ? median(weights.map((one) => one.cpuMs)) : undefined,
  }
}

/** The files that git tracks, as they are on disk: the measurement changes some. */
function copyTracked(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  const command =
    'git ls-files -z | xargs -0 cp --parents --target-directory "$1" 2>/dev/null; true'
  const ran = Bun.spawnSync(['sh', '-c', command, 'sh', to], { cwd: from })
  if (ran.exitCode !== 0)
    throw new Error(`${from} is not a git repository: name one with --real DIR`)
}

function print(name: string, one: Measured): void {
  const rate = Math.round((one.files * 1000) / one.fullMs)
  const rows: [string, string][] = [
    ['full index', `${ms(one.fullMs)}, CPU ${ms(one.fullCpuMs)}, ${rate} files a second`],
    ['  against ctags -R', ratio(one)],
    ['check of every file, unwatched', ms(one.checkMs)],
    ['nothing changed, watched', pair(one.nothingMs)],
    ['one file changed', ms(one.oneMs)],
    ['a hundred files changed', ms(one.hundredMs)],
    ['find_symbol', pair(one.findSymbolMs)],
    ['find_references', pair(one.findReferencesMs)],
    ['memory, first index', megabytes(one.firstBytes)],
    [
      'memory, after a rebuild, after ten',
      `${megabytes(one.rebuiltBytes)}, ${megabytes(one.lastBytes)}`,
    ],
    ['database', megabytes(one.databaseBytes)],
  ]
  console.log(`\n${name}: ${one.files} files, ${one.symbols} symbols`)
  for (const [what, value] of rows) console.log(`  ${what.padEnd(36)}${value}`)
}

function ratio({ fullMs, fullCpuMs, ctagsMs, ctagsCpuMs }: Measured): string {
  if (ctagsMs === undefined || ctagsCpuMs === undefined) return 'there is no ctags here'
  const times = (value: number) => `${value.toFixed(1)} x`
  return `${times(fullMs / ctagsMs)} wall, ${times(fullCpuMs / ctagsCpuMs)} CPU (${ms(ctagsMs)})`
}

function ms(value: number): string {
  return `${value >= 100 ? Math.round(value) : value.toFixed(value >= 10 ? 1 : 2)} ms`
}

function pair([p50, p99]: [number, number]): string {
  return `${ms(p50)} p50, ${ms(p99)} p99`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
