/** From arguments to an exit status: what needs no workspace first, then one App for the rest. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { CodiError } from '../base/errors.ts'
import { neutralize } from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { Credentials } from '../contract/auth.ts'
import type { Settings } from '../contract/settings.ts'
import type { Output } from '../terminal/output.ts'
import { type Arguments, flagValue, has, parseArguments, usage } from './args.ts'
import { commandRows } from './commands.ts'
import { dispatch } from './dispatch.ts'

export interface CliOptions {
  argv: readonly string[]
  env: Record<string, string | undefined>
  /** Made late, since `--color` decides on it. */
  openOutput(color: 'auto' | 'always' | 'never'): Output
  signal: AbortSignal
  version: string
  /** From now on the signals of this process are somebody else's. */
  releaseSignals(): void
  /** The REPL is a sibling of this front end, so main hands it in. */
  runRepl(app: App, options: { output: Output; initialPrompt: string | undefined }): Promise<number>
}

export async function runCli(options: CliOptions): Promise<number> {
  const args = parseArguments(options.argv)
  const color = (flagValue(args, 'color') ?? 'auto') as 'auto' | 'always' | 'never'
  const early = await withoutApp(options, args, color)
  if (early !== undefined) return early
  try {
    return await withSettings(options, args)
  } catch (thrown) {
    const { failureStatus } = await import('./failure.ts')
    return failureStatus(thrown, {
      args,
      signal: options.signal,
      output: options.openOutput(color),
    })
  }
}

async function withSettings(options: CliOptions, args: Arguments): Promise<number> {
  const cwd = workingDirectory(args)
  const { loadSettings } = await import('../config/load.ts')
  const { codiPaths } = await import('../config/paths.ts')
  const { settingsOfFlags } = await import('./settings.ts')
  const paths = codiPaths(options.env)
  const loaded = loadSettings({
    cwd,
    userDirectory: paths.config,
    dataDirectory: paths.data,
    env: options.env,
    flags: settingsOfFlags(args, cwd),
  })
  const output = options.openOutput(loaded.settings.color)
  if (!has(args, 'quiet'))
    for (const warning of loaded.warnings) output.err(`codi: ${neutralize(warning)}\n`)
  if (args.command === 'config')
    return (await import('./state.ts')).config({ args, output }, loaded)
  if (args.command === 'trust')
    return (await import('./trust.ts')).trust({ args, output, paths, cwd, signal: options.signal })
  if (args.command === 'audit')
    return (await import('./audit.ts')).audit({ args, output, paths, cwd })
  if (args.command === 'policy') {
    const { policy } = await import('./policy.ts')
    const { env, signal } = options
    return policy({ args, output, cwd, env, paths, settings: loaded.settings, signal })
  }

  const { openStore } = await import('../app/credentials.ts')
  const credentials = openStore({
    env: options.env,
    paths,
    settings: loaded.settings,
    notice: (text) => output.err(`codi: ${neutralize(text)}\n`),
  })
  const { env, signal } = options
  if (isAuthCommand(args.command)) {
    const { authCommands } = await import('./auth.ts')
    const { settings } = loaded
    return authCommands[args.command]({ args, output, env, settings, credentials, signal })
  }
  if (needsModel(args.command))
    await unlock(credentials, { settings: loaded.settings, output, signal })

  const { openApp } = await import('../app/app.ts')
  const resume = namesSession(args.command) ? undefined : resumeOf(args)
  const sandbox = args.command === 'sandbox' ? await import('./sandbox.ts') : undefined
  const app = await openApp({
    cwd: sandbox ? sandbox.sandboxWorkspace(args, cwd) : cwd,
    env: options.env,
    paths,
    settings: sandbox
      ? sandbox.sandboxSettings(withoutModel(loaded.settings), args, cwd)
      : needsModel(args.command)
        ? loaded.settings
        : withoutModel(
            args.command === 'try'
              ? (await import('./try.ts')).trySettings(loaded.settings)
              : loaded.settings,
          ),
    signal,
    credentials,
    ephemeral: has(args, 'ephemeral'),
    ...(resume ? { resume } : {}),
    unheard({ level, text }) {
      if (!has(args, 'quiet') || level === 'error') output.err(`codi: ${neutralize(text)}\n`)
    },
  })
  let status: number | undefined
  try {
    status = await dispatch({ ...options, args, app, output, cwd })
  } finally {
    const lost = await app.close()
    if (lost !== undefined) {
      output.err(`codi: ${neutralize(lost)}\n`)
      if (status === exitCodes.done && isUpkeep(args.command)) status = exitCodes.failed
    }
  }
  return status
}

/** What it was asked to do is to be found in the conversation; of a prompt it is the answer that counts. */
function isUpkeep(command: string | undefined): boolean {
  return commandRows.some(({ name, group }) => name === command && group !== 'recipe')
}

function needsModel(command: string | undefined): boolean {
  const row = commandRows.find(({ name }) => name === command)
  return row === undefined || (row.group !== 'code' && row.withoutModel !== true)
}

/** Then `--session` is its own, and nothing is taken up again. */
function namesSession(command: string | undefined): boolean {
  return commandRows.find(({ name }) => name === command)?.ownSession === true
}

function isAuthCommand(command: string | undefined): command is 'login' | 'logout' | 'auth' {
  return command === 'login' || command === 'logout' || command === 'auth'
}

/** What is under a passphrase is opened before a REPL or a run takes over the terminal. */
async function unlock(
  credentials: Credentials,
  { settings, output, signal }: { settings: Settings; output: Output; signal: AbortSignal },
): Promise<void> {
  const needsNone = ['builtin', 'mock', 'ollama'].includes(settings.provider ?? '')
  if (needsNone || !(await credentials.list()).some((row) => row.passphrase)) return
  const { unlockAtTerminal } = await import('./auth/passphrase.ts')
  await unlockAtTerminal({ credentials, output, signal })
}

function withoutModel(settings: Settings): Settings {
  const { provider: _, model: _model, baseUrl: _baseUrl, ...others } = settings
  return { ...others, provider: 'builtin' }
}

/** Version, help and completion are answered before anything is opened. */
async function withoutApp(
  options: CliOptions,
  args: Arguments,
  color: 'auto' | 'always' | 'never',
): Promise<number | undefined> {
  const print = (text: string) => {
    options.openOutput(color).out(text)
    return exitCodes.done
  }
  if (has(args, 'version')) return print(`codi ${options.version}\n`)
  if (has(args, 'help') || args.command === 'help') {
    const help = await import('./help.ts')
    const about = args.command === 'help' ? args.words[0] : args.command
    return print(about === undefined ? help.helpText() : help.commandHelp(about))
  }
  if (args.command === 'completion')
    return print((await import('./completion.ts')).completionScript(args.words[0]))
  return undefined
}

function resumeOf(args: Arguments): { id: string | undefined; fork?: boolean } | undefined {
  const fork = has(args, 'fork')
  const id = flagValue(args, 'session') ?? flagValue(args, 'resume')
  const last = id === '' || id === 'last'
  if (id !== undefined) return { id: last ? undefined : id, fork }
  if (has(args, 'continue')) return { id: undefined, fork }
  // `codi resume` sees to it itself.
  if (fork && args.command !== 'resume')
    throw usage(
      '--fork goes on with a copy of a session: say which by --resume, --session or --continue',
    )
  return undefined
}

function workingDirectory(args: Arguments): string {
  const cwd = resolve(flagValue(args, 'cwd') ?? currentDirectory())
  if (!existsSync(cwd)) throw usage(`There is no directory ${cwd}`)
  if (!statSync(cwd).isDirectory()) throw usage(`${cwd} is not a directory`)
  try {
    accessSync(cwd, constants.X_OK)
  } catch {
    throw usage(`Cannot enter ${cwd}: permission denied; choose another directory with -C`)
  }
  return cwd
}

function currentDirectory(): string {
  try {
    return process.cwd()
  } catch (thrown) {
    throw new CodiError('io', 'The working directory is gone; change to another one', {
      cause: thrown,
    })
  }
}
