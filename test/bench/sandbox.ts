/**
 * `bun run bench sandbox [--runs N]`: what each way to confine adds to a command, `sh -c true`, in one run: the ways take
 * turns, so that a busy moment is shared by all. From posix_spawn to the end, by median and minimum of N (200); and from
 * the worker's side, where the thread can be compared. Targets: at most 3 ms with namespaces, 0.5 ms without.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildHelper } from '../../.ci/build/helper.ts'
import { hostTarget } from '../../.ci/build/targets.ts'
import { credentialPlaces } from '../../src/permissions/places.ts'
import type { Backend } from '../../workers/sandbox/confine/backend.ts'
import { openBubblewrap } from '../../workers/sandbox/confine/bubblewrap.ts'
import type { Process } from '../../workers/sandbox/confine/command.ts'
import { openHelper, openWeakHelper } from '../../workers/sandbox/confine/helper-backend.ts'
import { openLifeline } from '../../workers/sandbox/confine/lifeline.ts'
import type { Plan } from '../../workers/sandbox/confine/plan.ts'
import { startProcess } from '../../workers/sandbox/confine/spawn.ts'
import { openThread } from '../../workers/sandbox/confine/thread.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '200' } } })
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 60) throw new Error(`--runs ${values.runs}: give 60 or more`)
const target = hostTarget()
if (!target) throw new Error('codi cannot be built for this machine')
const helper = buildHelper(resolve(import.meta.dir, '../..'), target)
if (helper.path === undefined) throw new Error(`no helper: ${helper.reason}`)

const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-bench-')))
const workspace = join(root, 'workspace')
const temporary = join(root, 'tmp')
for (const directory of [temporary, join(workspace, '.git')]) {
  mkdirSync(directory, { recursive: true })
}
/** As codi protects a workspace: one of them exists. */
const protectedPaths = ['.git', '.codi', '.codi.json', '.agents', '.claude', '.codex'].map((name) =>
  join(workspace, name),
)
const unreadable = credentialPlaces
  .map((place) => join(homedir(), place))
  .filter((place) => existsSync(place))
const program = ['sh', '-c', 'true']

try {
  console.log(
    `helper: ${Math.round(statSync(helper.path).size / 1000)} KB; ${unreadable.length} hidden places`,
  )
  await printTable('from posix_spawn to the end', directWays(helper.path))
  await printTable('from the worker, with pipes', workerWays())
} finally {
  rmSync(root, { recursive: true, force: true })
}

type Way = [name: string, once: () => Promise<void> | void]

function directWays(path: string): Way[] {
  const usual = [
    ...['--write', workspace, '--tmp', temporary, '--cwd', workspace],
    ...unreadable.flatMap((place) => ['--unreadable', place]),
  ]
  const guarded = [...usual, ...protectedPaths.flatMap((place) => ['--protect', place])]
  const ways: Record<string, string[]> = {
    'not confined': program,
    'helper, keep': [path, '--mode', 'keep', '--', ...program],
    'helper, weak': [path, '--mode', 'weak', ...guarded, '--', ...program],
    'helper, full': [path, '--mode', 'full', ...guarded, '--', ...program],
    'helper, full, nothing to reserve': [path, '--mode', 'full', ...usual, '--', ...program],
    'helper, full, network on': [
      path,
      '--mode',
      'full',
      '--net',
      'on',
      ...guarded,
      '--',
      ...program,
    ],
  }
  if (Bun.which('bwrap')) {
    ways.bubblewrap = [
      ...['bwrap', '--new-session', '--die-with-parent', '--ro-bind', '/', '/', '--dev', '/dev'],
      ...['--bind', workspace, workspace, '--unshare-user', '--unshare-pid', '--unshare-net'],
      ...['--unshare-ipc', '--proc', '/proc', '--cap-drop', 'ALL', ...program],
    ]
  }
  return Object.entries(ways).map(([name, argv]) => [
    name,
    () => {
      const run = Bun.spawnSync(argv, { cwd: workspace, stdio: ['ignore', 'ignore', 'inherit'] })
      if (run.exitCode !== 0) throw new Error(`${name}: exit ${run.exitCode}`)
    },
  ])
}

function workerWays(): Way[] {
  const lifeline = openLifeline()
  const plan: Plan = {
    writable: [workspace],
    visible: [],
    protected: protectedPaths,
    unreadable,
    gitWrite: [],
    gitNames: [],
    watched: [],
    temporary,
    network: 'off',
    limits: { cpuSeconds: 0, memoryBytes: 0, processes: 0, fileBytes: 0 },
  }
  const process: Process = {
    argv: program,
    cwd: workspace,
    env: { PATH: Bun.env.PATH ?? '/usr/bin:/bin' },
    stdin: 'ignore',
    output: 'pipe',
  }
  const backends: Backend[] = [
    openHelper(lifeline),
    openWeakHelper(lifeline),
    openThread(),
    openBubblewrap(),
  ].filter((backend) => backend.missing() === undefined)
  const finish = async (child: { exited: Promise<unknown>; exitCode: number | null }) => {
    await child.exited
    if (child.exitCode !== 0) throw new Error(`exit ${child.exitCode}`)
  }
  return [
    ['not confined', () => finish(startProcess(process))],
    ...backends.map(
      (backend): Way => [
        backend.name,
        async () => {
          const child = await backend.start(process, plan)
          await finish(child)
          child.ending?.()
        },
      ],
    ),
  ]
}

async function printTable(title: string, ways: Way[]): Promise<void> {
  const times = new Map(ways.map(([name]) => [name, [] as number[]]))
  for (let round = -5; round < runs; round++) {
    for (const [name, once] of ways) {
      const started = performance.now()
      await once()
      if (round >= 0) times.get(name)?.push(performance.now() - started)
    }
  }
  console.log(
    `\n${title}, ${runs} runs each\n${row('way', 'median ms', 'min', 'adds', 'adds (min)')}`,
  )
  const plain = summary(times.get('not confined') ?? [])
  for (const [name, list] of times) {
    const { median, min } = summary(list)
    console.log(row(name, ...[median, min, median - plain.median, min - plain.min].map(round2)))
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

function round2(value: number): string {
  return value.toFixed(2)
}
