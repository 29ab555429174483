/** Commands about conversations: start anew, list, find, go on with one, copy, name, put away. */
import { hitLines, sessionAbout } from '../../app/session-lines.ts'
import { CodiError } from '../../base/errors.ts'
import { formatMinute, neutralize, plural } from '../../base/text.ts'
import type { SessionSummary } from '../../contract/session.ts'
import type { Command, CommandContext } from '../command.ts'
import { conversationText, standingText } from '../resumed.ts'
import { resumedTasks } from '../resumed-tasks.ts'
import { rowsText } from '../rows.ts'

const noneText = {
  without: 'No conversations here yet',
  only: 'No archived conversations here',
} as const
const shownRows = 50
const shownHits = 10

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
    usage: '[all | archived | TEXT | show SESSION | remove SESSION]',
    words: ['all', 'archived', 'show', 'remove'],
    help: [
      'Without words: those of this directory. TEXT filters by label and name.',
      'SESSION: an id, its start, a number of the list, a name, words of a label, last.',
    ],
    run: sessions,
  },
  {
    name: 'resume',
    aliases: ['load', 'continue'],
    summary: 'go on with an earlier conversation',
    usage: '[SESSION]',
    words: ['last'],
    help: ['Without words: the newest other one of this directory. SESSION: see /sessions --help.'],
    async run({ app, face, say }, args) {
      const summary = app.resumeSession(args === '' ? undefined : args)
      face.print(standingText(app.sessions.standing(summary.id), face))
      if (summary.cwd !== app.workspace.root)
        say('warning', `It was held in ${summary.cwd}; codi works in ${app.workspace.root}`)
      for (const line of resumedTasks(app)) say('info', line)
      return {}
    },
  },
  {
    name: 'search',
    aliases: [],
    summary: 'find words in all that was said',
    usage: 'TEXT',
    help: [
      'All words must stand in one message; "in quotes" as they stand. Searches every directory.',
    ],
    async run({ app, face, say }, args) {
      if (args === '') throw new CodiError('usage', '/search wants words to look for')
      const hits = app.sessions.search(args, { everywhere: true, limit: shownHits })
      for (const [index, hit] of hits.entries()) {
        const [head = '', ...lines] = hitLines(hit, true).map((line) => neutralize(line))
        const number = String(index + 1).padStart(3)
        face.print(
          `${face.style.cyan(number)}  ${head}\n${lines.map((line) => `${face.style.dim(line)}\n`).join('')}`,
        )
      }
      if (hits.length === 0) say('info', `Nothing that was said has "${args}"`)
      else say('info', '/resume NUMBER goes on with one of them')
      return {}
    },
  },
]

async function sessions({ app, face, say }: CommandContext, typed: string) {
  const args = typed.replace(/^(?:list|ls)(?:\s+|$)/, '')
  const [verb = '', ...rest] = args.split(/\s+/)
  const wanted = rest.join(' ')
  if (['show', 'info'].includes(verb) && wanted !== '') {
    const { summary, text } = app.sessions.show(wanted)
    face.print(conversationText(summary, text, face))
    return {}
  }
  if (['remove', 'delete', 'rm'].includes(verb) && wanted !== '') {
    const { id } = app.sessions.remove(app.sessions.find(wanted, { exact: true }).id)
    say('info', `Removed ${id}`)
    return {}
  }
  const everywhere = verb === 'all'
  const archived = verb === 'archived' ? ('only' as const) : ('without' as const)
  const filter = everywhere || archived === 'only' ? '' : args.toLowerCase()
  const fits = (row: SessionSummary) =>
    `${row.label} ${row.name ?? ''} ${row.id}`.toLowerCase().includes(filter)
  const list = app.sessions.list({ everywhere, archived })
  // The number of a row is its place in the whole list, whatever is shown of it.
  const rows = list.flatMap((row, index) => (fits(row) ? [{ row, number: index + 1 }] : []))
  if (rows.length === 0) {
    say('info', filter === '' ? noneText[archived] : `No conversation matches "${args}"`)
    return {}
  }
  const shown = rows
    .slice(0, shownRows)
    .map(({ row, number }) => sessionRow(row, number, everywhere))
  face.print(rowsText(shown, face))
  const left = rows.length - shownRows
  if (left > 0) say('info', `${plural(left, 'older one')} not shown`)
  return {}
}

function sessionRow(row: SessionSummary, number: number, everywhere: boolean): [string, string] {
  const where = everywhere ? ` (${row.cwd})` : ''
  const about = `${formatMinute(row.updatedAt)}  ${sessionAbout(row)}${where}`
  return [`${String(number).padStart(3)} ${row.id}`, about]
}
