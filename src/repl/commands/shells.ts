/** `/shells`: what the model's background shells do, for the person. */
import { CodiError } from '../../base/errors.ts'
import { formatBytes, neutralize, oneLine } from '../../base/text.ts'
import type { ShellState } from '../../contract/sandbox-service.ts'
import { shellId, shellStanding } from '../../contract/shell-text.ts'
import type { Command, CommandContext } from '../command.ts'
import { plainLines } from '../face.ts'
import { rowsText } from '../rows.ts'

/** Of the end of an output. */
const maxShownBytes = 16 * 1024

const verbs = ['output', 'kill'] as const

export const shellCommands: readonly Command[] = [
  {
    name: 'shells',
    aliases: ['jobs', 'bashes'],
    summary: 'commands that run in the background: list, output, end',
    usage: '[output ID | kill ID]',
    words: verbs,
    whileBusy: true,
    help: [
      'The model starts them (bash with background, or a command that runs for a minute).',
      'They end with the conversation. Reading here takes nothing from what the model reads.',
    ],
    run: shells,
  },
]

async function shells(context: CommandContext, args: string) {
  const { app, face, say, signal } = context
  const [verb = '', given = ''] = args.split(/\s+/)
  const { sandbox } = app.services
  const list = await sandbox.shells({}, signal)
  if (verb === '') {
    if (list.length === 0) say('info', 'Nothing runs in the background')
    else face.print(rowsText(list.map(row), face))
    return {}
  }
  const known = verbs.find((name) => name === verb)
  if (!known) {
    throw new CodiError(
      'usage',
      `/shells knows no "${oneLine(verb, 40)}"; use output ID or kill ID`,
    )
  }
  const id = idOf(given, list)
  if (known === 'kill') {
    await sandbox.killShell({ id }, signal)
    say('info', `${id} and all it started have ended`)
    return {}
  }
  const bytes = list.find((state) => state.id === id)?.outputBytes ?? 0
  const from = Math.max(0, bytes - maxShownBytes)
  const output = await sandbox.shellOutput({ id, from, maxBytes: maxShownBytes, waitMs: 0 }, signal)
  if (output.from > 0) face.print(face.style.dim(`(${formatBytes(output.from)} before)\n`))
  const lines = output.text.trim() === '' ? [] : plainLines(output.text)
  face.print(lines.length === 0 ? face.style.dim('(no output)\n') : `${lines.join('\n')}\n`)
  return {}
}

/** `sh_1`, or `1`; without one the only shell there is. */
function idOf(given: string, list: readonly ShellState[]): string {
  if (given !== '') return shellId(given)
  const running = list.filter((state) => state.status === 'running')
  const [only, ...others] = running.length > 0 ? running : list
  if (only && others.length === 0) return only.id
  throw new CodiError(
    'usage',
    list.length === 0
      ? 'Nothing runs in the background'
      : `Say which: ${list.map((state) => state.id).join(', ')}`,
  )
}

function row(state: ShellState): [string, string] {
  const command = oneLine(neutralize(state.command), 80)
  return [state.id, `${command}  (${shellStanding(state)}; ${formatBytes(state.outputBytes)})`]
}
