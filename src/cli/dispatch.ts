/** A command, a recipe or a prompt with the App that it needs: to an exit status. */
import { exitCodes } from '../app/exit-code.ts'
import { neutralize } from '../base/text.ts'
import type { RunInput } from '../contract/app.ts'
import type { AppCommand } from './app-command.ts'
import { appCommands } from './app-commands.ts'
import { type Arguments, flagValue, has, usage } from './args.ts'
import type { CodeCommand } from './code/command.ts'
import { commandRows } from './commands.ts'
import type { OneShot } from './one-shot.ts'
import { refuseOneShotFlags } from './one-shot-flags.ts'

/** Answers the exit status. */
export async function dispatch(context: AppCommand): Promise<number> {
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
async function tellUntrusted({ args, app, output }: AppCommand): Promise<void> {
  if (has(args, 'quiet') || wantsRepl({ args, output }) || !app.untrusted()) return
  const { untrustedNotice } = await import('../terminal/trust-text.ts')
  output.err(`codi: ${untrustedNotice}\n`)
}

function wantsRepl({ args, output }: Pick<AppCommand, 'args' | 'output'>): boolean {
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
async function prompt(context: AppCommand): Promise<number> {
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

async function gatherInput(context: AppCommand, typed: string): Promise<RunInput> {
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

async function recipe(context: AppCommand): Promise<number> {
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
  { args, output, signal }: AppCommand,
  { wait }: { wait: boolean },
): Promise<string | undefined> {
  const { readPiped, stdinIsPiped } = await import('./piped.ts')
  if (!stdinIsPiped()) return undefined
  const { text, note } = await readPiped({ wait, signal })
  if (note !== undefined && !has(args, 'quiet')) output.err(`codi: ${neutralize(note)}\n`)
  return text
}

/** A person who can be asked: somebody at a terminal, while stdin is not taken by a pipe. */
async function attachPerson(context: AppCommand): Promise<void> {
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
