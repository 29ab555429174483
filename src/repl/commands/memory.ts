/** What is remembered: facts, and who the person is. */
import {
  chosenFacts,
  factWords,
  importEarlier,
  memoryLines,
  readMemoryWords,
  scopeOfWords,
  storedText,
} from '../../app/memory-text.ts'
import { CodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import type { MemoryFact, ProfileRow } from '../../contract/memory.ts'
import type { Command, CommandContext, CommandOutcome } from '../command.ts'
import { confirm } from '../confirm.ts'
import { printText } from '../print.ts'
import { rowsText } from '../rows.ts'

export const memoryCommands: readonly Command[] = [
  {
    name: 'remember',
    aliases: [],
    summary: 'keep a fact for later sessions',
    usage: '[CATEGORY:] FACT [--project|--user]',
    help: ['For this project unless --user; without a project for you. /memories shows them.'],
    async run({ app, say }, args) {
      say('info', storedText(await app.memory.add(readMemoryWords(args))))
      return {}
    },
  },
  {
    name: 'forget',
    aliases: [],
    summary: 'forget facts: by number, part of the text, or all',
    usage: 'N | TEXT | *',
    help: ['Shows what goes, and asks.'],
    async run(context, args) {
      return remove(context, chosenFacts(context.app.memory.files(), args), 'Forget')
    },
  },
  {
    name: 'memories',
    aliases: ['mems', 'memory'],
    summary: 'what is remembered',
    usage: '[TEXT | edit | consolidate | import]',
    words: ['edit', 'consolidate', 'import'],
    help: [
      'edit opens the file of the project, or with --user yours. consolidate forgets what is there twice.',
      'import takes over what the earlier Codi kept in ~/.codi.',
    ],
    run: memories,
  },
  {
    name: 'profile',
    aliases: ['me'],
    summary: 'who you are, as every session is told',
    usage: '[set KEY VALUE | unset KEY | edit]',
    words: ['set', 'unset', 'edit'],
    help: ['Keys: name, preferences.NAME, expertise, avoid (lists with commas), custom.NAME.'],
    run: profile,
  },
]

async function memories(context: CommandContext, args: string): Promise<CommandOutcome> {
  const { app, face, say } = context
  const { scope, rest } = scopeOfWords(args)
  if (rest === 'edit') return edit(context, scope)
  if (rest === 'import') {
    for (const line of await importEarlier(app.memory)) say('info', line)
    return {}
  }
  if (rest === 'consolidate') {
    const double = app.memory.duplicates().map(({ fact }) => fact)
    if (double.length > 0) return remove(context, double, 'Forget what is there twice')
    say('info', 'Nothing is there twice')
    return {}
  }
  const lines = memoryLines(app.memory.files(), { query: rest, scope })
  const nothing =
    rest === '' ? 'Nothing is remembered; /remember FACT' : `No memory holds "${rest}"`
  if (lines.length === 0) say('info', nothing)
  else printText(face, lines)
  return {}
}

async function remove(
  context: CommandContext,
  facts: readonly MemoryFact[],
  what: string,
): Promise<CommandOutcome> {
  const { app, face, say } = context
  printText(
    face,
    facts.map((fact) => `  ${factWords(fact)}`),
  )
  if (!(await confirm(context, `${what}: ${plural(facts.length, 'memory', 'memories')}?`))) {
    say('info', 'Nothing was forgotten')
    return { failed: 1 }
  }
  say('info', `Forgot ${plural(await app.memory.remove(facts), 'memory', 'memories')}`)
  return {}
}

async function edit(context: CommandContext, scope: 'project' | 'user' | undefined) {
  const files = context.app.memory.files()
  const file = files.find((one) => one.scope === (scope ?? files[0]?.scope)) ?? files.at(-1)
  if (!file) return {}
  const wasOthers = file.state === 'untrusted'
  await context.edit(file.path)
  // What came with the repository is not made the person's by opening it.
  if (file.scope === 'project' && !wasOthers) await context.app.memory.accept()
  const after = context.app.memory.files().find((one) => one.path === file.path)
  if (after?.why !== undefined) context.say('warning', `${after.path} is not used: ${after.why}`)
  return {}
}

async function profile(context: CommandContext, args: string): Promise<CommandOutcome> {
  const { app, face, say } = context
  const [verb = '', key = '', ...rest] = args.split(/\s+/)
  const value = rest.join(' ')
  if (verb === 'edit') await context.edit(app.memory.profile.path)
  else if (verb === 'set') {
    if (key === '' || value === '') throw new CodiError('usage', 'Set what? /profile set KEY VALUE')
    await app.memory.profile.set(key, value)
    say('info', `${key}: ${value}; told from the next session on`)
  } else if (verb === 'unset') {
    if (key === '') throw new CodiError('usage', 'Unset what? /profile unset KEY')
    const was = await app.memory.profile.unset(key)
    say('info', was ? `${key} is unset` : `${key} was not set`)
  } else if (verb === '') {
    const rows: ProfileRow[] = app.memory.profile.rows()
    if (rows.length === 0) say('info', 'The profile is empty; /profile set name …')
    else face.print(rowsText(rows, face))
  } else {
    throw new CodiError('usage', `/profile knows set, unset and edit, not "${verb}"`)
  }
  return {}
}
