/** `codi context`: what the next request would be made of; pins and summaries of a session. */
import { pinTyped, unpinTyped } from '../app/context-request.ts'
import { billLines, compactionLine, messageLine, reportLines } from '../app/context-text.ts'
import { exitCodes } from '../app/exit-code.ts'
import { neutralize } from '../base/text.ts'
import type { ContextMessage } from '../contract/context.ts'
import type { AppCommand } from './app-command.ts'
import { has, usage } from './args.ts'
import { printJson } from './code/command.ts'
import { progressLines } from './progress.ts'

export async function context(command: AppCommand): Promise<number> {
  const [what, ...words] = command.args.words
  const run = what === undefined ? bill : verbs[what]
  if (!run) throw usage(`codi context knows ${Object.keys(verbs).join(', ')}, not "${what}"`)
  if (what !== undefined) goOn(command)
  const { app, args, output } = command
  const quiet = has(args, 'quiet')
  const calls = !quiet && output.stderrIsTerminal
  const progress = progressLines({ output, calls, quiet })
  const unsubscribe = app.bus.subscribe(progress.event)
  try {
    await run(command, words.join(' '))
    return exitCodes.done
  } finally {
    unsubscribe()
    progress.close()
  }
}

type Verb = (command: AppCommand, words: string) => Promise<void>

const verbs: Readonly<Record<string, Verb>> = {
  compact: async (command, words) => {
    const { app, signal } = command
    const report = await app.context.compact(words === '' ? {} : { focus: words }, signal)
    show(command, report, () => reportLines(report))
  },
  undo: async (command) => {
    const row = command.app.context.undoCompaction()
    show(command, row, () => [compactionLine(row)])
  },
  status: async (command) => {
    const rows = command.app.context.compactions()
    show(command, rows, () => rows.map(compactionLine), 'nothing was summarised in this session')
  },
  pins: async (command) => {
    const rows = command.app.context.messages().filter(({ pinned }) => pinned)
    const none = 'nothing is pinned; codi context pin lists what can be'
    show(command, rows, () => rows.map(messageLine), none)
  },
  pin: async (command, words) => {
    const { context } = command.app
    if (words.trim() !== '') return showMessage(command, pinTyped(context, words))
    const rows = context.messages()
    show(command, rows, () => rows.map(messageLine), 'nothing was said yet')
  },
  unpin: async (command, words) => showMessage(command, unpinTyped(command.app.context, words)),
}

async function bill(command: AppCommand): Promise<void> {
  const made = await command.app.context.bill(command.signal)
  show(command, made, () => billLines(made))
}

/** Without a word about it, the newest session of this directory is meant. */
function goOn({ app, args }: AppCommand): void {
  const chosen = has(args, 'session') || has(args, 'resume') || has(args, 'continue')
  if (!chosen) app.resumeSession(undefined)
}

function showMessage(command: AppCommand, message: ContextMessage): void {
  show(command, message, () => [messageLine(message)])
}

function show(
  { args, output }: AppCommand,
  value: unknown,
  lines: () => string[],
  none?: string,
): void {
  if (has(args, 'json')) {
    printJson(output, value)
    return
  }
  const shown = lines()
  if (shown.length === 0 && none !== undefined) output.err(`codi: ${none}\n`)
  for (const line of shown) output.out(`${neutralize(line)}\n`)
}
