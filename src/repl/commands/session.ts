/** Commands about conversations: start anew, list, find, go on with one, copy, name, put away. */
import { hitLines, prunedLine, sessionAbout, sessionLine } from '../../app/session-lines.ts'
import { CodiError } from '../../base/errors.ts'
import { formatMinute, neutralize, oneLine, plural } from '../../base/text.ts'
import type { SessionSummary } from '../../contract/session.ts'
import type { Command, CommandContext } from '../command.ts'
import { conversationText, standingText } from '../resumed.ts'
import { resumedTasks } from '../resumed-tasks.ts'
import { rowsText } from '../rows.ts'

const shownRows = 50
/** Words of the earlier Codi. */
const labelWords: Readonly<Record<string, string>> = {
  show: '',
  reset: 'clear',
  update: 'auto',
  refresh: 'auto',
}
const shownHits = 10
const shownPrompts = 30

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
  {
    name: 'fork',
    aliases: [],
    summary: 'go on with a copy of this conversation, from before a prompt on',
    usage: '[N | list]',
    words: ['list'],
    help: ['N: the copy ends before that prompt; /fork list numbers them. Without N: all of it.'],
    run: fork,
  },
  {
    name: 'save',
    aliases: ['rename'],
    summary: 'give this conversation a name; it is kept anyway',
    usage: '[NAME]',
    async run(context, args) {
      const { app, say } = context
      const row =
        args === ''
          ? app.sessions.find(inForce(context))
          : app.sessions.rename(inForce(context), args)
      const how =
        row.name === undefined ? 'without a name: /save NAME gives it one' : `as ${row.name}`
      say('info', `Kept ${how} (${row.id})`)
      return {}
    },
  },
  {
    name: 'label',
    aliases: [],
    summary: 'what this conversation is about, in a few words',
    usage: '[TEXT | auto | clear]',
    words: ['auto', 'clear'],
    help: ['auto: by the model that the setting smallModel names, else by the first prompt.'],
    async run(context, typed) {
      const { app, say, signal } = context
      const id = inForce(context)
      const args = labelWords[typed] ?? typed
      const row =
        args === ''
          ? app.sessions.find(id)
          : args === 'auto'
            ? await app.sessions.makeLabel(id, signal)
            : app.sessions.label(id, args === 'clear' ? '' : args)
      say('info', `Label: ${row.label || '(none)'}`)
      return {}
    },
  },
  {
    name: 'archive',
    aliases: [],
    summary: 'put a conversation away: this one, or another',
    usage: '[SESSION | undo SESSION]',
    words: ['undo'],
    help: ['It is no longer listed and cannot be resumed by accident; nothing of it is lost.'],
    async run(context, args) {
      const { app, say } = context
      const [verb, ...rest] = args.split(/\s+/)
      const back = verb === 'undo' && rest.length > 0
      const wanted = back ? rest.join(' ') : args
      const own = wanted === '' || app.sessions.find(wanted).id === app.sessionId
      const row = app.sessions.archive(wanted === '' ? inForce(context) : wanted, !back)
      if (own && !back) app.newSession()
      say(
        'info',
        back ? `Back in the list: ${sessionAbout(row)}` : `Archived: ${sessionAbout(row)}`,
      )
      return {}
    },
  },
  {
    name: 'prune',
    aliases: [],
    summary: 'remove old conversations of this directory; shows them first',
    usage: 'DAYS [yes]',
    help: ['Those unused for so many days, but for what has a name, was archived or is open.'],
    async run({ app, face, say }, args) {
      const [, days, yes] = /^(\d+(?:\.\d+)?)\s*(yes)?$/.exec(args) ?? []
      if (days === undefined)
        throw new CodiError('usage', '/prune wants a number of days: /prune 90')
      const dryRun = yes === undefined
      const rows = app.sessions.prune({ olderThanDays: Number(days), dryRun })
      for (const row of rows)
        face.print(`  ${neutralize(sessionLine(row, { everywhere: false }))}\n`)
      const advice = dryRun && rows.length > 0 ? `; /prune ${days} yes does it` : ''
      say('info', `${prunedLine(rows, dryRun)}${advice}`)
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
    say('info', filter === '' ? 'No conversations here yet' : `No conversation matches "${args}"`)
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

async function fork(context: CommandContext, args: string) {
  const { app, face, say } = context
  const id = inForce(context)
  if (args === 'list') {
    const prompts = app.sessions.prompts(id)
    const from = Math.max(0, prompts.length - shownPrompts)
    const rows = prompts
      .slice(from)
      .map(({ text }, index) => [String(from + index + 1).padStart(4), oneLine(text, 100)] as const)
    face.print(rowsText(rows, face))
    return {}
  }
  if (args !== '' && !/^\d+$/.test(args))
    throw new CodiError(
      'usage',
      `/fork wants the number of a prompt, not "${args}"; /fork list numbers them`,
    )
  const prompt = args === '' ? undefined : Number(args)
  const before = prompt === undefined ? undefined : app.sessions.prompts(id)[prompt - 1]
  const row = app.resumeSession(id, { fork: true, ...(prompt === undefined ? {} : { prompt }) })
  say('info', `This is ${row.id} now, a copy of ${id}, which stays as it was`)
  if (before) say('info', `Before: ${oneLine(before.text, 400)}`)
  return {}
}

function inForce({ app }: CommandContext): string {
  const id = app.sessionId
  if (id !== undefined) return id
  throw new CodiError(
    'usage',
    'Nothing is kept of this conversation yet; it begins with the first prompt',
  )
}
