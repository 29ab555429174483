/** Commands about the conversation: start anew, list, resume, and how things stand. */
import { formatMinute, oneLine, plural } from '../../base/text.ts'
import type { SessionSummary } from '../../contract/session.ts'
import type { Command, CommandContext } from '../command.ts'
import { resumedText } from '../resumed.ts'
import { rowsText } from '../rows.ts'

export const sessionCommands: readonly Command[] = [
  {
    name: 'new',
    aliases: [],
    summary: 'start a new conversation; the one before can be resumed',
    usage: '',
    async run({ app, say }) {
      app.newSession()
      say('info', 'New conversation')
      return {}
    },
  },
  {
    name: 'clear',
    aliases: ['reset'],
    summary: 'start a new conversation on an empty screen',
    usage: '',
    async run({ app, say, clearScreen }) {
      app.newSession()
      clearScreen()
      say('info', 'New conversation; /sessions lists the earlier ones')
      return {}
    },
  },
  {
    name: 'status',
    aliases: ['info'],
    summary: 'model, mode, session, tokens',
    usage: '',
    whileBusy: true,
    async run({ app, face, signal }) {
      const rows = await app.status(signal)
      face.print(
        rowsText(
          rows.map((row) => [row.name, row.value]),
          face,
        ),
      )
      return {}
    },
  },
  {
    name: 'sessions',
    aliases: ['session', 'history'],
    summary: 'list conversations; show or remove one',
    usage: '[all | TEXT | show ID | remove ID]',
    words: ['all', 'show', 'remove'],
    help: ['Without words: those of this directory. TEXT filters by label.'],
    run: sessions,
  },
  {
    name: 'resume',
    aliases: ['load', 'continue'],
    summary: 'go on with an earlier conversation',
    usage: '[ID | TEXT]',
    help: ['Without words: the newest of this directory.'],
    async run(context, args) {
      const { app, face } = context
      const summary = app.resumeSession(args === '' ? undefined : idOf(context, args))
      face.print(resumedText(summary, app.sessions.show(summary.id).text, face))
      return {}
    },
  },
]

async function sessions(context: CommandContext, args: string) {
  const { app, face, say } = context
  const [verb = '', ...rest] = args.split(/\s+/)
  const wanted = rest.join(' ')
  if (verb === 'show' && wanted !== '') {
    const { summary, text } = app.sessions.show(idOf(context, wanted))
    face.print(resumedText(summary, text, face, { whole: true }))
    return {}
  }
  if (['remove', 'delete', 'rm'].includes(verb) && wanted !== '') {
    const id = idOf(context, wanted)
    app.sessions.remove(id)
    say('info', `Removed ${id}`)
    return {}
  }
  const everywhere = verb === 'all'
  const filter = everywhere ? '' : args.toLowerCase()
  const list = app.sessions
    .list({ everywhere })
    .filter((row) => `${row.label} ${row.id}`.toLowerCase().includes(filter))
  if (list.length === 0) {
    say('info', filter === '' ? 'No conversations here yet' : `No conversation matches "${args}"`)
    return {}
  }
  face.print(
    rowsText(
      list.slice(0, 50).map((row) => sessionRow(row, everywhere)),
      face,
    ),
  )
  if (list.length > 50) say('info', `${plural(list.length - 50, 'older one')} not shown`)
  return {}
}

function sessionRow(row: SessionSummary, everywhere: boolean): [string, string] {
  const where = everywhere ? ` (${row.cwd})` : ''
  return [
    row.id,
    `${formatMinute(row.updatedAt)}  ${oneLine(row.label || '(no label)', 60)}${where}`,
  ]
}

/** An id as typed, or the id of the one conversation whose label contains the text. */
function idOf({ app }: CommandContext, typed: string): string {
  const list = app.sessions.list({ everywhere: true })
  if (list.some((row) => row.id.startsWith(typed))) return typed
  const named = list.filter((row) => row.label.toLowerCase().includes(typed.toLowerCase()))
  return named[0]?.id ?? typed
}
