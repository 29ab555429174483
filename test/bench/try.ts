/**
 * `bun run bench try [--runs N]`: what a copy adds to a command (`true`), in turns with the plain sandbox; and how long
 * it takes to list and to apply 3 and 10,000 changes, in a tree of 12,000 files. From the worker's side, medians.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectWorker } from '../../src/rpc/connect.ts'
import { sandboxOptions } from '../support/sandbox-options.ts'
import { median } from './measure.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '60' } } })
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 5) throw new Error(`--runs ${values.runs}: give 5 or more`)
const files = 12_000
const filesADirectory = 100
const maxDiffChars = 2_000_000

const base = realpathSync(mkdtempSync(join(tmpdir(), 'codi-bench-try-')))
const root = join(base, 'work')
for (let number = 0; number < files; number++) {
  const directory = join(root, `d${Math.floor(number / filesADirectory)}`)
  if (number % filesADirectory === 0) mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, `f${number % filesADirectory}`), `line ${number}\nand another\n`)
}
const options = {
  ...sandboxOptions({ mode: 'workspace', writable: [root], network: 'off' }),
  tries: join(base, 'tries'),
}
const { service, close } = connectWorker('sandbox', options, { onEvent: () => {} })

/** Three changes; and 8,000 changed, 1,000 new and 1,000 deleted files. */
const scripts = {
  '3 changes': 'echo x >> d0/f0; rm d1/f1; echo n > d2/new',
  '10,000 changes':
    'for d in d?  d[1-7]?; do sed -i s/another/other/ $d/*; done; for d in d8? d9[0-9]; do for i in 0 1 2 3 4; do for j in 0 1 2 3 4 5 6 7 8 9; do echo new > $d/n$i$j; done; done; rm -f $d/f?? ; done 2>/dev/null; true',
}

try {
  const { works, note } = await service.overlay({})
  if (!works) throw new Error(`no overlays here: ${note}`)
  await printAddedTime()
  for (const [name, script] of Object.entries(scripts)) await printChanges(name, script)
} finally {
  await close()
  rmSync(base, { recursive: true, force: true })
  rmSync(options.directory, { recursive: true, force: true })
}

async function run(command: string, tried: boolean): Promise<string | undefined> {
  const result = await service.run({
    id: 'bench',
    command,
    cwd: root,
    timeoutMs: 300_000,
    maxOutputBytes: 1000,
    ...(tried ? { access: { tried: true as const } } : {}),
  })
  if (result.exitCode !== 0) throw new Error(`${command}: exit ${result.exitCode}`)
  return result.tried
}

async function printAddedTime(): Promise<void> {
  const plain: number[] = []
  const tried: number[] = []
  for (let count = 0; count < runs; count++) {
    plain.push(await timed(() => run('true', false)))
    tried.push(await timed(() => run('true', true)))
  }
  const row = (name: string, times: number[]) =>
    console.log(`${name.padEnd(28)} median ${ms(median(times))}, least ${ms(Math.min(...times))}`)
  row('true in the sandbox', plain)
  row('true on a copy', tried)
}

async function printChanges(name: string, script: string): Promise<void> {
  const began = performance.now()
  const id = await run(script, true)
  if (id === undefined) throw new Error(`${name}: nothing was changed`)
  const ran = performance.now() - began
  const began2 = performance.now()
  const { changes } = await service.tryReport({ id, maxDiffChars })
  const listed = performance.now() - began2
  const began3 = performance.now()
  const { conflicts, paths } = await service.applyTry({ id })
  const applied = performance.now() - began3
  if (conflicts.length > 0) throw new Error(`${name}: ${conflicts.length} conflicts`)
  console.log(
    `${name.padEnd(28)} ${changes.length} changes, ${paths.length} paths: run ${ms(ran)}, list with diff ${ms(listed)}, apply ${ms(applied)}`,
  )
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
