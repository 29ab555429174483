/** Commands about the REPL itself: help, leaving, the model and the mode, queueing. */
import { closest } from '../../base/closest.ts'
import { CodiError } from '../../base/errors.ts'
import { formatCount } from '../../base/text.ts'
import { type Mode, modes } from '../../contract/permission.ts'
import type { ModelInfo } from '../../contract/provider.ts'
import { keyHelp } from '../../terminal/keymap.ts'
import { modeTexts } from '../../terminal/mode-text.ts'
import type { Command, CommandContext } from '../command.ts'
import { commandHelp, findCommand, searchCommands } from '../command-words.ts'
import { rowsText } from '../rows.ts'

const maxModels = 60

export const basicCommands: readonly Command[] = [
  {
    name: 'help',
    aliases: ['h'],
    summary: 'commands and keys; /help NAME tells about one',
    usage: '[NAME | WORD]',
    whileBusy: true,
    run: help,
  },
  {
    name: 'exit',
    aliases: ['quit', 'q'],
    summary: 'leave codi',
    usage: '',
    whileBusy: true,
    async run() {
      return { exit: 0 }
    },
  },
  {
    name: 'model',
    aliases: ['models', 'use'],
    summary: 'show the models, or change to one',
    usage: '[PROVIDER/MODEL | MODEL | PROVIDER]',
    run: model,
  },
  {
    name: 'mode',
    aliases: [],
    summary: 'what codi may do without asking',
    usage: `[${modes.join('|')}]`,
    words: modes,
    whileBusy: true,
    help: [
      ...modes.map((name) => `${name}: ${modeTexts[name]}.`),
      'What is dangerous, or goes beyond the sandbox, is asked for in every mode.',
    ],
    run: mode,
  },
  {
    name: 'queue',
    aliases: [],
    summary: 'send text when the run under way has ended',
    usage: 'TEXT',
    whileBusy: true,
    async run({ queue }, args) {
      if (args === '') throw new CodiError('usage', 'There is no text to queue: /queue TEXT')
      queue(args)
      return {}
    },
  },
]

async function help({ face, commands }: CommandContext, args: string) {
  const word = args.replace(/^\//, '')
  const named = word === '' ? undefined : findCommand(word, commands)
  if (named) face.print(commandHelp(named, face))
  else if (word === '') face.print(allHelp(commands, face))
  else face.print(searchCommands(word, commands, face))
  return {}
}

function allHelp(commands: readonly Command[], face: CommandContext['face']): string {
  const { style } = face
  const groups = Map.groupBy(commands, (row) => row.group ?? 'Commands')
  const parts = [...groups].map(([title, rows]) => {
    const lines = rows.map((row): [string, string] => [
      [`/${row.name}`, ...row.aliases.map((alias) => `/${alias}`)].join(' '),
      row.summary,
    ])
    return `${style.bold(title)}\n${rowsText(lines, face)}`
  })
  const other: [string, string][] = [
    ['!command', 'run a shell command with your own rights; the model does not see it'],
    ['@path', 'attach a file, an image or a list of a directory'],
    ['?word', 'search the commands'],
  ]
  return [
    ...parts,
    `${style.bold('Also')}\n${rowsText(other, face)}`,
    `${style.bold('Keys')}\n${rowsText([...keyHelp], face)}`,
  ].join('\n')
}

async function model({ app, face, say, signal }: CommandContext, args: string) {
  if (args !== '') {
    await app.setModel(args)
    say('info', `Model: ${app.model.provider}/${app.model.model}`)
    return {}
  }
  const current = `${app.model.provider}/${app.model.model}`
  const models = await app.models(signal)
  face.print(`${face.style.bold(current)} ${face.style.dim('is in use')}\n`)
  const rows = models.map((row): [string, string] => [
    `${row.provider}/${row.model.id}`,
    modelNote(row.model),
  ])
  const others = rows.filter(([name]) => name !== current)
  if (others.length > 0) face.print(rowsText(others.slice(0, maxModels), face))
  if (others.length > maxModels) say('info', `${others.length - maxModels} more; codi models`)
  return {}
}

function modelNote(info: ModelInfo): string {
  const parts = [
    info.contextWindow === undefined ? '' : `${formatCount(info.contextWindow)} tokens`,
    info.free ? 'free' : '',
    info.price ? `$${info.price.input} in, $${info.price.output} out a million` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

async function mode({ app, say }: CommandContext, args: string) {
  const found = modes.find((name) => name === args)
  if (args !== '' && !found) {
    const [near] = closest(args, modes)
    const advice = near ? `did you mean /mode ${near}?` : `use ${modes.join(', ')}`
    throw new CodiError('usage', `There is no mode "${args}"; ${advice}`)
  }
  if (found) app.gate.mode = found
  say('info', `Mode: ${app.gate.mode} (${modeMeaning[app.gate.mode]})`)
  return {}
}

const modeMeaning: Record<Mode, string> = {
  plan: 'reads only',
  ask: 'asks before edits and commands',
  edit: 'edits files freely, asks before commands',
  auto: 'asks only before what is dangerous',
}
