/**
 * Commands confined by codi's own helper (helper/main.c): with namespaces, or by Landlock and seccomp alone; and
 * commands that are only kept, so that they end with codi although nothing confines them.
 */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { CodiError } from '../../../src/base/errors.ts'
import { helperPath } from '../helper.ts'
import type { Backend, Confined, Ending } from './backend.ts'
import type { Process } from './command.ts'
import { type Lifeline, readStatus } from './lifeline.ts'
import type { Plan } from './plan.ts'
import { startProcess } from './spawn.ts'

const lifeDescriptor = 3
const statusDescriptor = 4

export function openHelper(lifeline: Lifeline | undefined): Backend {
  return {
    name: 'helper',
    holds: 'full',
    gaps: {},
    ownTmp: true,
    ownNetwork: true,
    endsWithAll: true,
    notifies: true,
    missing: () => missingHelper(lifeline),
    start: async (process, plan) => run(process, ['--mode', 'full', ...flagsOf(plan)], lifeline),
    enclose: (plan) => enclosedBy(['--mode', 'full', ...flagsOf(plan)], lifeline),
  }
}

/** What Landlock cannot say: it knows no modes and owners, and no exception inside what it grants. */
export const weakGaps: Backend['gaps'] = {
  metadata: 'chmod and times of the person’s own files can be changed anywhere',
  protected: 'watched: what a command changes in them is put back afterwards, and told',
  processes: 'other processes can be seen; they cannot be signalled or traced',
}

export const weakRemarks: NonNullable<Backend['remarks']> = {
  credentials: 'those outside the workspace; what is closed inside it, a command can read',
  network: 'no socket at all, not even a loopback, or the whole network; no single host',
}

export function openWeakHelper(lifeline: Lifeline | undefined): Backend {
  return {
    name: 'helper-no-namespaces',
    holds: 'partial',
    gaps: weakGaps,
    remarks: weakRemarks,
    ownTmp: false,
    ownNetwork: false,
    endsWithAll: true,
    notifies: true,
    missing: () => missingHelper(lifeline),
    start: async (process, plan) => run(process, ['--mode', 'weak', ...flagsOf(plan)], lifeline),
    enclose: (plan) => enclosedBy(['--mode', 'weak', ...flagsOf(plan)], lifeline),
  }
}

/** Starts a command that nothing confines, under a helper that ends it with codi. */
export function keepByHelper(process: Process, lifeline: Lifeline | undefined): Confined {
  return run(process, ['--mode', 'keep'], lifeline)
}

export function missingHelper(lifeline: Lifeline | undefined): string | undefined {
  if (!lifeline) return 'there is no C library that codi can call'
  const path = helperPath()
  return typeof path === 'string' ? undefined : path.reason
}

function run(process: Process, flags: string[], lifeline: Lifeline | undefined): Confined {
  const path = helperPath()
  if (typeof path !== 'string') throw new CodiError('unsupported', `No helper: ${path.reason}`)
  const status = lifeline?.openStatus()
  if (!lifeline || status === undefined) {
    throw new CodiError('io', 'Cannot make a file in memory for the sandbox; close some programs')
  }
  const argv = [
    path,
    ...flags,
    ...['--cwd', process.cwd],
    ...['--life', String(lifeDescriptor), '--status', String(statusDescriptor)],
    ...(process.output === 'pipe' ? [] : ['--no-new-session']),
    '--',
    ...process.argv,
  ]
  try {
    const child = startProcess({ ...process, argv, descriptors: [lifeline.life, status] })
    return Object.assign(child, {
      init: () => initOf(readStatus(status)),
      ending() {
        const text = readStatus(status)
        closeSync(status)
        return readEnding(text)
      },
    })
  } catch (thrown) {
    closeSync(status)
    throw thrown
  }
}

/** Whoever starts it reads what went wrong on its stderr: there is no status. */
function enclosedBy(flags: string[], lifeline: Lifeline | undefined) {
  const path = helperPath()
  if (!lifeline || typeof path !== 'string')
    throw new CodiError('unsupported', 'There is no helper to enclose a program')
  return {
    argv: [path, ...flags, '--life', String(lifeDescriptor), '--'],
    descriptors: [lifeline.life],
  }
}

function flagsOf(plan: Plan): string[] {
  const { limits, network } = plan
  return [
    ...plan.writable.flatMap((path) => ['--write', path, ...overlayOf(plan, path)]),
    ...each('--visible', plan.visible),
    ...each('--protect', plan.protected),
    ...each('--unreadable', plan.unreadable),
    ...each('--git-write', plan.gitNames),
    ...['--tmp', plan.temporary],
    ...(plan.writable.length === 0 ? ['--read-only'] : []),
    ...(typeof network === 'string'
      ? ['--net', network]
      : ['--net', 'proxy', '--proxy-socket', network.socket, '--proxy-port', String(network.port)]),
    ...(plan.join === undefined ? [] : ['--join', String(plan.join)]),
    ...(plan.capture === undefined ? [] : ['--capture', plan.capture.directory]),
    ...each('--uncaptured', plan.capture?.leftOut ?? []),
    ...limit('--cpu', limits.cpuSeconds),
    ...limit('--memory', limits.memoryBytes),
    ...limit('--processes', limits.processes),
    ...limit('--file-size', limits.fileBytes),
  ]
}

function overlayOf({ overlays }: Plan, path: string): string[] {
  const overlay = overlays?.find(({ root }) => root === path)
  return overlay ? ['--overlay', overlay.directory] : []
}

function each(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value])
}

function limit(flag: string, value: number): string[] {
  return value > 0 ? [flag, String(Math.floor(value))] : []
}

/** The process that stands for the namespaces of a command, as soon as it is told. */
function initOf(text: string): number | undefined {
  for (const line of text.split('\n')) {
    const { init } = parse(line)
    if (typeof init === 'number') return init
  }
  return undefined
}

/** Lines of JSON; one that is cut off or of another shape says nothing. */
export function readEnding(text: string): Ending {
  const ending: Ending = { warnings: [] }
  for (const line of text.split('\n')) {
    const row = parse(line)
    if (typeof row.warning === 'string') ending.warnings.push(row.warning)
    if (typeof row.exit === 'number') ending.exitCode = row.exit
    if (typeof row.leftovers === 'number') ending.leftovers = row.leftovers
    if (typeof row.signal === 'number') ending.signal = signalName(row.signal)
    if (typeof row.capture === 'boolean') ending.capture = captureOf(row)
    if (typeof row.stage !== 'string') continue
    const text = typeof row.text === 'string' ? row.text : 'it failed'
    ending.failure = row.stage === 'exec' ? text : `${row.stage}: ${text}`
  }
  return ending
}

function captureOf(row: Record<string, unknown>): NonNullable<Ending['capture']> {
  const count = (value: unknown) => (typeof value === 'number' ? value : 0)
  return {
    lost: count(row.lost),
    missed: count(row.missed),
    ...(row.capture === true ? {} : { failure: String(row.why) }),
  }
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function signalName(number: number): string {
  const named = Object.entries(constants.signals).find(([, value]) => value === number)
  return named?.[0] ?? `signal ${number}`
}
