/** `codi resume` and `codi fork`: the REPL in an earlier conversation, or in a copy of one. */
import { exitCodes } from '../../app/exit-code.ts'
import { sessionAbout, sessionLength } from '../../app/session-lines.ts'
import { CodiError } from '../../base/errors.ts'
import { formatMinute, neutralize, oneLine } from '../../base/text.ts'
import type { SessionSummary } from '../../contract/session.ts'
import type { AppCommand } from '../app-command.ts'
import { flagValue, has, usage, wholeNumberOf } from '../args.ts'
import { printJson } from '../code/command.ts'
import { refuseOneShotFlags } from '../one-shot-flags.ts'

/** What a picker can show at once; whoever wants an older one names it. */
const maxOffered = 50

export async function resume(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  refuseOneShotFlags(args)
  const typed = args.words.length === 0 ? await picked(command) : args.words.join(' ')
  const row = app.resumeSession(typed, { fork: has(args, 'fork') })
  if (row.cwd !== app.workspace.root) {
    const where = `it was held in ${row.cwd}; codi works in ${app.workspace.root} now`
    output.err(`codi: ${neutralize(where)} (-C DIR changes that)\n`)
  }
  return repl(command)
}

/** Without a terminal it only makes the copy, and prints its id. */
export async function fork(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  refuseOneShotFlags(args)
  const prompt = wholeNumberOf(args, 'at', 1)
  const [typed = 'last', extra] = args.words
  if (extra !== undefined) throw usage(`codi fork takes one session, so "${extra}" is too much`)
  const row = app.sessions.fork(typed, prompt)
  if (has(args, 'json')) printJson(output, row)
  else if (!isPersonThere(command) || has(args, 'quiet')) output.out(`${row.id}\n`)
  else {
    app.resumeSession(row.id)
    return repl(command)
  }
  return exitCodes.done
}

function repl(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  return command.runRepl(app, { output, initialPrompt: flagValue(args, 'prompt') })
}

function isPersonThere({ output }: AppCommand): boolean {
  return output.stdoutIsTerminal && output.stderrIsTerminal && process.stdin.isTTY === true
}

/** Undefined: the newest of this directory. */
async function picked(command: AppCommand): Promise<string | undefined> {
  const { app, args } = command
  const everywhere = has(args, 'all')
  const rows = app.sessions.list({ everywhere, limit: maxOffered })
  if (!isPersonThere(command)) return everywhere ? rows[0]?.id : undefined
  if (rows.length < 2) return rows[0]?.id
  const { isCancel, select } = await import('@clack/prompts')
  const answer = await select({
    message: 'Which conversation?',
    maxItems: 12,
    options: rows.map((row) => ({
      value: row.id,
      label: neutralize(`${formatMinute(row.updatedAt)}  ${oneLine(sessionAbout(row), 70)}`),
      hint: neutralize(hintOf(row, everywhere)),
    })),
  })
  if (isCancel(answer)) throw new CodiError('cancelled', 'No conversation was chosen')
  return answer
}

function hintOf(row: SessionSummary, everywhere: boolean): string {
  return everywhere ? `${sessionLength(row)}, ${row.cwd}` : sessionLength(row)
}
