/**
 * `codi sandbox run` runs a program as codi runs commands, with this process's own streams and terminal; `codi sandbox
 * explain` says what holds here.
 */
import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import { exitCodes } from '../app/exit-code.ts'
import { captureText } from '../app/sandbox-text.ts'
import { errorMessage, toCodiError } from '../base/errors.ts'
import { neutralize } from '../base/text.ts'
import type { PassedSignal, SandboxPolicy, SandboxState } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { AppCommand } from './app-command.ts'
import { type Arguments, flagValue, has, usage } from './args.ts'
import { printJson } from './code/command.ts'

/** As env, timeout and their kin have it: what went wrong before the program ran is told apart from its own status. */
export const notSetUp = 125
const notExecutable = 126
const notFound = 127
export const afterSignal = 128

/** What the flags of `codi sandbox` make of the settings: there is always a sandbox, whatever is set. */
export function sandboxSettings(settings: Settings, args: Arguments, cwd: string): Settings {
  const mode = has(args, 'read-only') ? 'read-only' : 'workspace'
  const isRun = args.words[0] === 'run'
  return {
    ...settings,
    addDirs: [...settings.addDirs, ...further(args, cwd)],
    sandbox: isRun && settings.sandbox !== 'read-only' ? mode : settings.sandbox,
    network: has(args, 'net') ? 'on' : settings.network,
  }
}

/** The directory that the program may write: where codi is, unless another is named. */
export function sandboxWorkspace(args: Arguments, cwd: string): string {
  if (has(args, 'read-only') && has(args, 'write'))
    throw usage('--write and --read-only contradict each other; give one of them')
  const named = resolve(cwd, flagValue(args, 'workspace') ?? '.')
  for (const path of [named, ...further(args, cwd)])
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw usage(`There is no directory ${path} that could be made writable`)
  return named
}

function further(args: Arguments, cwd: string): string[] {
  return (args.flags.get('write') ?? []).map((path) => resolve(cwd, path))
}

export async function sandbox(command: AppCommand): Promise<number> {
  const [action, ...argv] = command.args.words
  if (action === 'run') return run(command, argv)
  if (action === 'explain') {
    if (argv.length > 0) throw usage(`codi sandbox explain takes no arguments, not "${argv[0]}"`)
    return explain(command)
  }
  throw usage(
    `codi sandbox knows run and explain${action === undefined ? '' : `, not "${action}"`}`,
  )
}

async function run(command: AppCommand, argv: string[]): Promise<number> {
  const { app, output } = command
  if (argv.length === 0) throw usage('codi sandbox run wants a program: codi sandbox run -- CMD')
  const service = app.services.sandbox
  const inside = [app.workspace.root, ...app.workspace.added].some(
    (root) => command.cwd === root || command.cwd.startsWith(root === '/' ? root : `${root}/`),
  )
  const id = crypto.randomUUID()
  const stop = new AbortController()
  const release = passSignalsOn(command, (signal) => service.signalAttached({ id, signal }))
  try {
    const request = { id, argv, cwd: inside ? command.cwd : app.workspace.root }
    const result = await service.attach(request, stop.signal)
    for (const warning of result.warnings) output.err(`codi: ${neutralize(warning)}\n`)
    if (result.failure !== undefined) {
      const status = result.exitCode ?? notSetUp
      const what = status === notSetUp ? 'The sandbox could not be set up: ' : ''
      output.err(`codi: ${what}${neutralize(result.failure)}\n`)
      return status
    }
    return result.exitCode ?? afterSignal + signalNumber(result.signal)
  } catch (thrown) {
    output.err(`codi: ${neutralize(errorMessage(thrown))}\n`)
    return statusOf(thrown)
  } finally {
    release()
  }
}

export function signalNumber(signal: string | null): number {
  return Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0
}

export function statusOf(thrown: unknown): number {
  const { message } = toCodiError(thrown)
  if (/ENOENT|No such file|not found/i.test(message)) return notFound
  return /EACCES|Permission denied/i.test(message) ? notExecutable : notSetUp
}

/** What only codi gets is passed on; what a terminal sends reaches the program by itself. */
export function passSignalsOn(command: AppCommand, send: (signal: PassedSignal) => Promise<void>) {
  command.releaseSignals()
  const byTerminal = isatty(0)
  const listeners = [
    ...(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const).map((name) => [name, true] as const),
    ...(['SIGINT', 'SIGQUIT'] as const).map((name) => [name, !byTerminal] as const),
  ].map(([name, passed]) => {
    const listener = () => {
      if (passed) void send(name)
    }
    process.on(name, listener)
    return () => process.off(name, listener)
  })
  return () => {
    for (const forget of listeners) forget()
  }
}

async function explain(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  const policy = app.sandbox
  const state = await app.services.sandbox.probe({})
  if (has(args, 'json')) printJson(output, { ...state, policy })
  else
    output.out(
      `${explainLines(state, policy)
        .map((line) => neutralize(line))
        .join('\n')}\n`,
    )
  return exitCodes.done
}

function overlayText({ works, note }: SandboxState['overlay']): string {
  if (!works) return `no: ${note}`
  return note === '' ? 'yes' : `yes; ${note}`
}

const headings: Record<SandboxState['holds'], string> = {
  full: 'everything below holds',
  partial: 'some of it does not hold here',
  nothing: 'nothing holds here: each command is asked for, and runs with your own rights',
}

const networks: Record<SandboxPolicy['network'], string> = {
  off: 'none but a loopback of its own',
  ask: 'a loopback of its own; other hosts through a proxy that asks for each',
  on: 'as it is',
}

function captureLines(capture: SandboxState['capture']): string[] {
  return [captureText(capture), ...(capture.note === '' ? [] : [capture.note])]
}

function explainLines(state: SandboxState, policy: SandboxPolicy): string[] {
  const off = policy.mode === 'off'
  return [
    off
      ? 'Sandbox: off (setting sandbox); commands run with your own rights'
      : `Sandbox: ${state.backend}, mode ${policy.mode}: ${headings[state.holds]}`,
    '',
    'Promises',
    ...state.guarantees.map(
      ({ name, held, note }) =>
        `  ${held ? 'yes' : 'no '}  ${name}${note === '' ? '' : ` (${note})`}`,
    ),
    // Where nothing is confined, what the policy would confine says nothing true.
    ...(state.holds === 'nothing' ? [] : policyLines(state, policy)),
    ...list('What a command changes', captureLines(state.capture)),
    ...list('Commands on a copy (codi try)', [overlayText(state.overlay)]),
    ...list(
      'Tried, in order',
      state.tried.map(
        ({ backend, works, note, ms }) => `${backend}: ${works ? 'works' : note} (${ms} ms)`,
      ),
    ),
  ]
}

function policyLines({ ownTmp, ownNetwork }: SandboxState, policy: SandboxPolicy): string[] {
  const { limits } = policy
  const limit = (value: number, unit: string) => (value > 0 ? `${value} ${unit}` : undefined)
  const set = [
    limit(limits.cpuSeconds, 's of CPU'),
    limit(limits.memoryBytes, 'bytes of memory'),
    limit(limits.processes, 'processes'),
    limit(limits.fileBytes, 'bytes a file'),
  ].filter((text) => text !== undefined)
  return [
    ...list('Writable', [
      ...policy.writable,
      ownTmp ? 'a private /tmp' : 'a private directory that TMPDIR names',
      'private caches of package managers',
    ]),
    ...list('Read-only inside it', [...policy.protected, ...(policy.startUp ?? [])]),
    ...list('Cannot be read', [...policy.unreadable, ...policy.unreadableGlobs]),
    ...(ownNetwork || policy.network === 'on'
      ? list('Network', [
          networks[policy.network],
          ...policy.allowedHosts.map((host) => `free: ${host}`),
        ])
      : list('Network', ['no host; a command that needs one has to run unsandboxed'])),
    ...list('Limits of a process', set.length > 0 ? set : ['none']),
    ...list('Variables kept although they look like secrets', policy.keepEnvironment),
  ]
}

function list(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...rows.map((row) => `  ${row}`)]
}
