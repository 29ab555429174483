/** `/context`, `/compact`, `/pin` and their kin: what the model is sent, and what a person does about it. */
import { pinTyped, unpinTyped } from '../../app/context-request.ts'
import { billLines, compactionLine, messageLine, reportLines } from '../../app/context-text.ts'
import { formatCount } from '../../base/text.ts'
import type { Command, CommandContext } from '../command.ts'

const maxListed = 30

export const contextCommands: readonly Command[] = [
  {
    name: 'context',
    aliases: ['ctx', 'budget'],
    summary: 'what the next request is made of, and how full the window is',
    usage: '',
    whileBusy: true,
    help: ['~ marks estimates. What the host counted for the last request is taken where it did.'],
    async run({ app, face, signal }) {
      print(face, billLines(await app.context.bill(signal)))
      return {}
    },
  },
  {
    name: 'compact',
    aliases: ['summarize', 'summarise', 'compress', 'compression'],
    summary: 'summarise all but the newest messages; undo takes it back',
    usage: '[FOCUS | undo | status]',
    words: ['undo', 'status'],
    help: [
      'FOCUS says what is to be kept above all. Pinned messages and instructions stay word for word.',
      'Nothing is deleted: the session keeps every message, and undo brings them back to the model.',
      'It happens by itself at 80 % of the window (compactAt; autoCompact false switches it off).',
    ],
    run: compact,
  },
  {
    name: 'pin',
    aliases: [],
    summary: 'a message that no summary may replace: by number, last, or a text of its own',
    usage: '[N | last | TEXT]',
    words: ['last'],
    help: ['Without words: the messages with their numbers.'],
    async run(context, args) {
      const { app, say } = context
      if (args.trim() === '') list(context, app.context.messages().slice(-maxListed))
      else say('info', `Pinned: ${pinTyped(app.context, args).text}`)
      return {}
    },
  },
  {
    name: 'pins',
    aliases: [],
    summary: 'the pinned messages',
    usage: '',
    whileBusy: true,
    async run(context) {
      const pinned = context.app.context.messages().filter((message) => message.pinned)
      if (pinned.length === 0) context.say('info', 'Nothing is pinned; /pin lists what can be')
      else list(context, pinned)
      return {}
    },
  },
  {
    name: 'unpin',
    aliases: [],
    summary: 'let a pinned message go with the next summary',
    usage: '[N | last]',
    words: ['last'],
    async run({ app, say }, args) {
      say('info', `No longer pinned: ${unpinTyped(app.context, args).text}`)
      return {}
    },
  },
]

async function compact({ app, face, say, signal }: CommandContext, args: string) {
  const { context } = app
  const focus = args.trim()
  if (focus === 'undo') {
    const tokens = formatCount(context.undoCompaction().tokensBefore)
    say('info', `The summary is taken back: the model gets all again, ~${tokens} tokens`)
    return {}
  }
  if (focus === 'status') {
    const rows = context.compactions()
    if (rows.length === 0) say('info', 'Nothing was summarised in this conversation')
    else print(face, rows.map(compactionLine))
    return {}
  }
  print(face, reportLines(await context.compact(focus === '' ? {} : { focus }, signal)))
  return {}
}

function list({ face, say }: CommandContext, rows: Parameters<typeof messageLine>[0][]): void {
  if (rows.length === 0) say('info', 'Nothing was said yet')
  else print(face, rows.map(messageLine))
}

function print(face: CommandContext['face'], lines: readonly string[]): void {
  face.print(`${lines.join('\n')}\n`)
}
