/** From arguments to an exit status: what needs no workspace first, then one App for the rest. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { CodiError } from '../base/errors.ts'
import { neutralize } from '../base/text.ts'
import type { App, RunInput } from '../contract/app.ts'
import type { Credentials } from '../contract/auth.ts'
import type { Settings } from '../contract/settings.ts'
import type { Output } from '../terminal/output.ts'
import { appCommands } from './app-commands.ts'
import { type Arguments, flagValue, has, parseArguments, usage } from './args.ts'
import type { CodeCommand } from './code/command.ts'
import { commandRows } from './commands.ts'
import type { OneShot } from './one-shot.ts'
import { refuseOneShotFlags } from './one-shot-flags.ts'

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

interface Dispatch extends CliOptions {
  args: Arguments
  app: App
  output: Output
  cwd: string
}

async function dispatch(context: Dispatch): Promise<number> {
  const { args, app, output, signal } = context
  const group = commandRows.find((row) => row.name === args.command)?.group
  const command: CodeCommand = { app, output, args, signal }
  if (group === 'code') {
    const { codeCommands } = await import('./code.ts')
    const { progressLines } = await import('./progress.ts')
    const quiet = has(args, 'quiet')
    const calls = !quiet && (has(args, 'verbose') || output.stderrIsTerminal)
    const progress = progressLines({ output, calls, quiet })
    const unsubscribe = app.bus.subscribe(progress.event)
    try {
      if (args.command === 'index') await attachPerson(context)
      return (await codeCommands[args.command ?? '']?.(command)) ?? exitCodes.usage
    } finally {
      unsubscribe()
      progress.close()
    }
  }
  const runsModel = group === 'recipe' || group === undefined
  if (runsModel || args.command === 'tool') await tellUntrusted(context)
  const row = appCommands[args.command ?? '']
  if (group === 'recipe' && !row) return recipe(context)
  if (!row) return prompt(context)
  if (row.asks) await attachPerson(context)
  return row.run({ ...context, ...command })
}

/** The REPL tells it itself, and asks. */
async function tellUntrusted({ args, app, output }: Dispatch): Promise<void> {
  if (has(args, 'quiet') || wantsRepl({ args, output }) || !app.untrusted()) return
  const { untrustedNotice } = await import('../terminal/trust-text.ts')
  output.err(`codi: ${untrustedNotice}\n`)
}

function wantsRepl({ args, output }: Pick<Dispatch, 'args' | 'output'>): boolean {
  if (has(args, 'interactive') || args.command === 'resume') return true
  const terminal = output.stdoutIsTerminal && process.stdin.isTTY === true
  return typedText(args) === '' && args.words.join(' ') !== '-' && terminal
}

function typedText(args: Arguments): string {
  const words = args.command === 'resume' ? '' : args.words.join(' ')
  return [flagValue(args, 'prompt') ?? '', words === '-' ? '' : words]
    .filter((part) => part !== '')
    .join('\n')
}

/** The REPL, or one shot. */
async function prompt(context: Dispatch): Promise<number> {
  const { args, app, output, signal } = context
  const typed = typedText(args)
  if (wantsRepl({ args, output })) {
    refuseOneShotFlags(args)
    return context.runRepl(app, { output, initialPrompt: typed === '' ? undefined : typed })
  }

  const input = await gatherInput(context, typed)
  await attachPerson(context)
  const { runOneShot } = await import('./one-shot.ts')
  const shot: OneShot = { app, output, args, format: formatOf(args), signal }
  if (has(args, 'goal')) return (await import('./goal.ts')).runGoal(shot, input)
  return runOneShot(shot, input)
}

async function gatherInput(context: Dispatch, typed: string): Promise<RunInput> {
  const { args, cwd } = context
  const { readAttachments, withAttachments } = await import('./attachments.ts')
  const piped = await pipedText(context, { wait: typed === '' })
  const attachments = await readAttachments(args, cwd)
  const text = typed === '' ? (piped ?? '') : typed
  if (text.trim() === '' && attachments.files === '' && !attachments.images)
    throw usage('There is no prompt: codi "question", or pipe one in; codi --help shows more')
  const stdin = typed !== '' && piped !== undefined ? { stdin: piped } : {}
  return withAttachments({ text, ...stdin }, attachments)
}

async function recipe(context: Dispatch): Promise<number> {
  const { args, app, output, signal, cwd } = context
  if (has(args, 'goal')) throw usage(`--goal belongs to a prompt, not to codi ${args.command}`)
  const { readAttachments } = await import('./attachments.ts')
  const { runRecipe } = await import('./recipe.ts')
  // What is piped into a recipe is its input, unless the input is named.
  const named = ['staged', 'base', 'commit', 'apply'].some((flag) => has(args, flag))
  const prompt = flagValue(args, 'prompt')
  const words = prompt === undefined ? args.words : [prompt, ...args.words]
  const wait = words.length === 0 && !named
  const piped = named ? undefined : await pipedText(context, { wait })
  const format = flagValue(args, 'output-format') ?? 'text'
  const shot: OneShot = {
    app,
    output,
    args,
    format: format === 'sarif' ? 'text' : formatOf(args),
    signal,
  }
  const attachments = await readAttachments(args, cwd)
  const name = args.command ?? ''
  return runRecipe(shot, { name, words, stdin: piped, attachments, format })
}

/** What was piped in; said where it was left alone or cut. */
async function pipedText(
  { args, output, signal }: Dispatch,
  { wait }: { wait: boolean },
): Promise<string | undefined> {
  const { readPiped, stdinIsPiped } = await import('./piped.ts')
  if (!stdinIsPiped()) return undefined
  const { text, note } = await readPiped({ wait, signal })
  if (note !== undefined && !has(args, 'quiet')) output.err(`codi: ${neutralize(note)}\n`)
  return text
}

/** A person who can be asked: somebody at a terminal, while stdin is not taken by a pipe. */
async function attachPerson(context: Dispatch): Promise<void> {
  const { app, output } = context
  if (!output.stderrIsTerminal || process.stdin.isTTY !== true || has(context.args, 'quiet')) return
  const { terminalPerson } = await import('../terminal/person.ts')
  app.person = terminalPerson(output, { root: app.workspace.root })
}

function formatOf(args: Arguments): 'text' | 'json' | 'jsonl' {
  const format = flagValue(args, 'output-format')
  if (format === 'sarif') throw usage('-f sarif belongs to codi review')
  if (format === 'md' || format === 'html') throw usage(`-f ${format} belongs to codi export`)
  return format === 'json' || format === 'jsonl' ? format : 'text'
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
