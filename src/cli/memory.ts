/** `codi memory`: what is remembered, told, added to and taken from without a session. */
import { exitCodes } from '../app/exit-code.ts'
import {
  chosenFacts,
  factWords,
  importEarlier,
  matchingFacts,
  memoryLines,
  numberedFacts,
  readMemoryWords,
  storedText,
} from '../app/memory-text.ts'
import type { JsonObject } from '../base/json.ts'
import { neutralize, plural } from '../base/text.ts'
import type { MemoryFact, MemoryFile } from '../contract/memory.ts'
import { flagValue, has, usage } from './args.ts'
import type { CodeCommand } from './code/command.ts'
import { printJson } from './code/command.ts'

const actions: Readonly<Record<string, (command: CodeCommand, words: string) => Promise<number>>> =
  {
    list,
    add,
    remove,
    path,
    profile,
    import: takeOver,
    consolidate: (command) =>
      forget(
        command,
        command.app.memory.duplicates().map(({ fact }) => fact),
      ),
  }

export async function memory(command: CodeCommand): Promise<number> {
  const [name = 'list', ...words] = command.args.words
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action) return action(command, words.join(' '))
  throw usage(`codi memory knows ${Object.keys(actions).join(', ')}, not "${name}"`)
}

async function list(command: CodeCommand, query: string): Promise<number> {
  const { app, args, output } = command
  const files = chosenFiles(command)
  if (has(args, 'json')) {
    const numbered = numberedFacts(app.memory.files())
    const shown = query === '' ? numbered : matchingFacts(numbered, query)
    const ofFile = (file: MemoryFile) =>
      shown
        .filter(({ fact }) => file.scope === fact.scope)
        .map(({ number, fact }) => ({ number, ...fact }))
    printJson(
      output,
      files.map((file) => ({ ...file, facts: ofFile(file) })),
    )
    return exitCodes.done
  }
  const scope = files.length === 1 ? files[0]?.scope : undefined
  const lines = memoryLines(app.memory.files(), { query, scope })
  if (lines.length === 0) output.err('codi: nothing is remembered\n')
  else output.out(lines.map((line) => `${neutralize(line)}\n`).join(''))
  return exitCodes.done
}

async function add({ app, args, output }: CodeCommand, words: string): Promise<number> {
  const typed = readMemoryWords(words)
  const category = flagValue(args, 'category')
  const scope = has(args, 'user') ? 'user' : has(args, 'project') ? 'project' : undefined
  const stored = await app.memory.add({
    ...typed,
    ...(category === undefined ? {} : { category, text: words.trim() }),
    ...(scope === undefined ? {} : { scope }),
  })
  if (has(args, 'json')) printJson(output, { ...stored, fact: { ...stored.fact } })
  else output.err(`codi: ${neutralize(storedText(stored))}\n`)
  return exitCodes.done
}

async function remove(command: CodeCommand, pattern: string): Promise<number> {
  const files = command.app.memory.files()
  const wanted = chosenFiles(command).map(({ scope }) => scope)
  const facts = chosenFacts(files, pattern).filter(({ scope }) => wanted.includes(scope))
  return forget(command, facts)
}

/** Shown first; without anybody to ask only `-y` does it. */
async function forget(command: CodeCommand, facts: readonly MemoryFact[]): Promise<number> {
  const { app, args, output, signal } = command
  const removed = (count: number): JsonObject => ({ removed: count })
  if (facts.length === 0) {
    if (has(args, 'json')) printJson(output, removed(0))
    else output.err('codi: there is nothing to forget\n')
    return exitCodes.done
  }
  for (const fact of facts) output.err(`  ${neutralize(factWords(fact))}\n`)
  if (!has(args, 'yes')) {
    const question = {
      text: `Forget ${plural(facts.length, 'memory', 'memories')}?`,
      choices: ['yes', 'no'],
      closed: true as const,
    }
    const answer = await app.person?.question(question, signal)
    if (answer !== 'yes') {
      const how = app.person ? '' : '; -y does it without a question'
      output.err(`codi: nothing was forgotten${how}\n`)
      return exitCodes.denied
    }
  }
  const count = await app.memory.remove(facts)
  if (has(args, 'json')) printJson(output, removed(count))
  else output.err(`codi: forgot ${plural(count, 'memory', 'memories')}\n`)
  return exitCodes.done
}

async function path(command: CodeCommand): Promise<number> {
  const { app, args, output } = command
  const rows = chosenFiles(command).map((file) => [file.scope, file.path] as const)
  const all = [...rows, ['profile', app.memory.profile.path] as const]
  if (has(args, 'json')) printJson(output, Object.fromEntries(all))
  else output.out(all.map(([name, where]) => `${name.padEnd(8)} ${neutralize(where)}\n`).join(''))
  return exitCodes.done
}

async function profile({ app, args, output }: CodeCommand, words: string): Promise<number> {
  const [verb = '', key = '', ...rest] = words.split(' ')
  const value = rest.join(' ')
  if (verb === 'set' && key !== '' && value !== '') {
    await app.memory.profile.set(key, value)
  } else if (verb === 'unset' && key !== '') {
    if (!(await app.memory.profile.unset(key))) output.err(`codi: ${neutralize(key)} was not set\n`)
  } else if (words !== '') {
    throw usage('codi memory profile wants nothing, set KEY VALUE, or unset KEY')
  }
  const rows = app.memory.profile.rows()
  if (has(args, 'json')) printJson(output, Object.fromEntries(rows))
  else if (rows.length === 0)
    output.err('codi: the profile is empty; codi memory profile set name NAME\n')
  else
    output.out(rows.map(([name, text]) => `${neutralize(`${name.padEnd(12)} ${text}`)}\n`).join(''))
  return exitCodes.done
}

async function takeOver({ app, args, output }: CodeCommand): Promise<number> {
  const lines = await importEarlier(app.memory)
  if (has(args, 'json')) printJson(output, lines)
  else output.err(lines.map((line) => `codi: ${neutralize(line)}\n`).join(''))
  return exitCodes.done
}

function chosenFiles({ app, args }: CodeCommand): MemoryFile[] {
  const files = app.memory.files()
  if (!has(args, 'user') && !has(args, 'project')) return files
  return files.filter(({ scope }) => has(args, scope))
}
