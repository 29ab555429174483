/**
 * One submitted text to its end: a command, a shell line, a search for help, or a prompt. The interactive and the piped
 * REPL differ in their CommandContext only.
 */
import { exitCodeOf, exitCodes } from '../app/exit-code.ts'
import { CodiError, toCodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { CommandContext, CommandOutcome } from './command.ts'
import { commandHelp, findCommand, searchCommands, unknownCommand } from './command-words.ts'
import { attachMentions } from './mentions.ts'
import { runShell } from './shell.ts'

export type Submitted =
  | { kind: 'nothing' }
  | { kind: 'command'; name: string; args: string }
  | { kind: 'shell'; command: string }
  | { kind: 'search'; word: string }
  | { kind: 'prompt'; text: string }

/** `//` and a path (`/etc/hosts …`) are no commands; `?` alone or with one word is a search, a sentence is not. */
export function classify(text: string): Submitted {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'nothing' }
  if (trimmed.startsWith('!')) {
    const command = trimmed.slice(1).trim()
    return command === '' ? { kind: 'nothing' } : { kind: 'shell', command }
  }
  const search = /^\?\s?(\S*)$/.exec(trimmed)
  if (search) return { kind: 'search', word: search[1] as string }
  const command = /^\/([a-zA-Z][\w-]*)(?:\s+([\s\S]*))?$/.exec(trimmed)
  if (command) {
    return { kind: 'command', name: command[1] as string, args: (command[2] ?? '').trim() }
  }
  return { kind: 'prompt', text: trimmed }
}

/** Never throws: an error is said, and is in the outcome. */
export async function dispatch(
  submitted: Submitted,
  context: CommandContext,
): Promise<CommandOutcome> {
  try {
    return await perform(submitted, context)
  } catch (thrown) {
    const error = toCodiError(thrown)
    if (error.kind === 'cancelled' || context.signal.aborted) {
      context.say('warning', 'Interrupted')
      return { failed: exitCodes.interrupted }
    }
    context.say('error', error.message)
    return { failed: exitCodeOf('error', error.kind) }
  }
}

async function perform(submitted: Submitted, context: CommandContext): Promise<CommandOutcome> {
  const { app, face, commands, signal } = context
  switch (submitted.kind) {
    case 'nothing':
      return {}
    case 'search':
      face.print(searchCommands(submitted.word, commands, face))
      return {}
    case 'shell': {
      const status = await runShell(submitted.command, { app, face, signal })
      return status === 0 ? {} : { failed: status }
    }
    case 'command': {
      const command = findCommand(submitted.name, commands)
      if (!command) throw unknownCommand(submitted.name, commands)
      if (/^(?:-h|--help|\?)$/.test(submitted.args)) {
        face.print(commandHelp(command, face))
        return {}
      }
      // What was typed behind it is not lost without a word.
      if (command.usage === '' && submitted.args !== '')
        throw new CodiError(
          'usage',
          `/${command.name} takes nothing, so "${oneLine(submitted.args, 60)}" is too much`,
        )
      return command.run(context, submitted.args)
    }
    case 'prompt': {
      const { input, notices } = await attachMentions(submitted.text, app.workspace)
      for (const notice of notices) context.say(notice.level, notice.text)
      const result = await context.run(input)
      return result.ok ? {} : { failed: result.exitCode }
    }
  }
}
