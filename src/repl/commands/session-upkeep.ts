/** Commands about the conversation in force: copy it, name it, label it, put it away; and clear old ones away. */
import { prunedLine, sessionAbout, sessionLine } from '../../app/session-lines.ts'
import { CodiError } from '../../base/errors.ts'
import { neutralize, oneLine } from '../../base/text.ts'
import type { Command, CommandContext } from '../command.ts'
import { rowsText } from '../rows.ts'

const shownPrompts = 30
/** Words of the earlier Codi. */
const labelWords: Readonly<Record<string, string>> = {
  show: '',
  reset: 'clear',
  update: 'auto',
  refresh: 'auto',
}

export const sessionUpkeepCommands: readonly Command[] = [
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
        back
          ? `Back in the list: ${sessionAbout(row)}`
          : `Archived: ${oneLine(row.label, 60) || row.id}; /archive undo ${row.id} brings it back`,
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
