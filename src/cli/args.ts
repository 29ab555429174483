/**
 * Arguments: first what was typed (flags and words), then what it means. A wrong flag or command is one line with the
 * closest name; nothing is guessed.
 */
import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import { commandRows } from './commands.ts'
import { type FlagRow, flagRows } from './flags.ts'

export interface Arguments {
  command: string | undefined
  words: string[]
  /** By flag name: the values given, an empty text for a switch or a value left out. */
  flags: ReadonlyMap<string, readonly string[]>
  /** How many of the words stood before `--`; absent where there was none. */
  dashesAt?: number
}

/** Words of a prompt that look like a mistyped command are only taken for one when little follows. */
const commandLikeness = 0.75
const maxWordsAfterMistypedCommand = 1

export function parseArguments(argv: readonly string[]): Arguments {
  const flags = new Map<string, string[]>()
  const words: string[] = []
  let onlyWords = false
  let literal = false
  let dashesAt: number | undefined
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string
    if (onlyWords || word === '-' || !word.startsWith('-')) {
      words.push(word)
      continue
    }
    if (word === '--') {
      onlyWords = true
      literal = words.length === 0
      dashesAt = words.length
      continue
    }
    checkLent(words, word)
    index += word.startsWith('--') ? readLong(flags, argv, index) : readShort(flags, argv, index)
  }
  // What begins after `--` is a prompt, whatever its words.
  const command = literal ? undefined : commandOf(words)
  if (command !== undefined) words.shift()
  const before = dashesAt === undefined || command === undefined ? {} : { dashesAt: dashesAt - 1 }
  checkFlags(flags, command)
  checkWords(words, command)
  return { command, words, flags, ...before }
}

export function has(args: Arguments, flag: string): boolean {
  return args.flags.has(flag)
}

/** The last value of a flag. */
export function flagValue(args: Arguments, flag: string): string | undefined {
  return args.flags.get(flag)?.at(-1)
}

/** A number flag as a number; a CodiError of kind `usage` where it is none. */
export function numberOf(args: Arguments, flag: string, min: number): number | undefined {
  const text = flagValue(args, flag)
  if (text === undefined) return undefined
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number) || number < min)
    throw usage(`--${flag} wants a number of at least ${min}, not "${text}"`)
  return number
}

export function wholeNumberOf(args: Arguments, flag: string, min: number): number | undefined {
  const number = numberOf(args, flag, min)
  if (number === undefined || Number.isInteger(number)) return number
  throw usage(`--${flag} wants a whole number, not "${number}"`)
}

export function usage(message: string): CodiError {
  return new CodiError('usage', message)
}

function readLong(flags: Map<string, string[]>, argv: readonly string[], index: number): number {
  const word = (argv[index] as string).slice(2)
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  const row = flagRows.find((candidate) => candidate.name === name)
  if (!row) throw unknownFlag(`--${name}`)
  return readValue(
    flags,
    row,
    `--${name}`,
    equals < 0 ? undefined : word.slice(equals + 1),
    argv[index + 1],
  )
}

/** `-q`, `-k5`, `-k 5`, `-qy`. */
function readShort(flags: Map<string, string[]>, argv: readonly string[], index: number): number {
  const letters = (argv[index] as string).slice(1)
  for (let at = 0; at < letters.length; at++) {
    const row = flagRows.find((candidate) => candidate.short === letters[at])
    if (!row) throw unknownFlag(`-${letters[at]}`)
    if (row.value === undefined) {
      add(flags, row, '')
      continue
    }
    const rest = letters.slice(at + 1).replace(/^=/, '')
    return readValue(flags, row, `-${letters[at]}`, rest === '' ? undefined : rest, argv[index + 1])
  }
  return 0
}

/** Answers how many further arguments were used. */
function readValue(
  flags: Map<string, string[]>,
  row: FlagRow,
  typed: string,
  attached: string | undefined,
  next: string | undefined,
): number {
  if (row.value === undefined) {
    if (attached !== undefined) throw usage(`${typed} takes no value`)
    add(flags, row, '')
    return 0
  }
  if (attached !== undefined) {
    add(flags, row, attached)
    return 0
  }
  if (row.optional) {
    const fits = next !== undefined && row.optional.test(next)
    add(flags, row, fits ? next : '')
    return fits ? 1 : 0
  }
  if (next === undefined) throw usage(`${typed} wants ${row.value}`)
  add(flags, row, next)
  return 1
}

function add(flags: Map<string, string[]>, row: FlagRow, value: string): void {
  if (row.choices && !row.choices.includes(value)) {
    const near = closest(value, row.choices, { limit: 1 })[0]
    const hint = near === undefined ? '' : ` Did you mean ${near}?`
    throw usage(`--${row.name} wants one of ${row.choices.join(', ')}, not "${value}".${hint}`)
  }
  flags.set(row.name, [...(flags.get(row.name) ?? []), value])
}

function commandOf(words: readonly string[]): string | undefined {
  const first = words[0]
  if (first === undefined) return undefined
  const names = commandRows.map((row) => row.name)
  if (names.includes(first)) return first
  if (/\s/.test(first) || words.length > 1 + maxWordsAfterMistypedCommand) return undefined
  const near = closest(first, names, { threshold: commandLikeness, limit: 1 })[0]
  if (near === undefined) return undefined
  throw usage(
    `Unknown command "${first}". Did you mean ${near}? A prompt goes into quotes or after --prompt.`,
  )
}

function checkFlags(
  flags: ReadonlyMap<string, readonly string[]>,
  command: string | undefined,
): void {
  for (const name of flags.keys()) {
    const rows = flagRows.filter((row) => row.name === name)
    const fits = rows.some(
      (row) => row.commands === undefined || row.commands.includes(command ?? ''),
    )
    if (fits || rows.some((row) => row.hidden)) continue
    const owners = rows.flatMap((row) => row.commands ?? []).join(', ')
    throw usage(
      `--${name} belongs to ${owners}${command === undefined ? '' : `, not to ${command}`}`,
    )
  }
}

/** Words behind these are those of another program. */
const lenders: readonly { command: string; action: RegExp }[] = [
  { command: 'sandbox', action: /^run$/ },
  { command: 'policy', action: /^(?:add|remove|check|explain)$/ },
]

/** A flag behind the words of another program could be meant for either. */
function checkLent(words: readonly string[], flag: string): void {
  const [command, action = '', ...rest] = words
  // A whole shell text is one word: what follows it is ours.
  if (command === 'try' && !/^(?:list|show|apply|discard|.*\s.*)?$/s.test(action))
    throw usage(
      `${flag} stands behind ${action}: put -- before ${action}, as in codi try -- ${[action, ...rest, flag].join(' ')}`,
    )
  const lends = lenders.some((row) => row.command === command && row.action.test(action))
  if (rest.length === 0 || !lends) return
  if (command === 'policy' && isOfPolicy(flag)) return
  throw usage(
    `${flag} stands behind ${rest[0]}: put -- before ${rest[0]}, as in codi ${command} ${action} -- ${[...rest, flag].join(' ')}`,
  )
}

/** `--project` and its like are meant wherever they stand; `-q` would be missing in a rule. */
function isOfPolicy(flag: string): boolean {
  const name = flag.replace(/^--|=.*$/gs, '')
  const own = flagRows.some((row) => row.name === name && row.commands?.includes('policy'))
  return own || ['mode', 'cwd', 'help'].includes(name)
}

/** What a command would leave unread is a mistake, or a prompt that begins with a command's name. */
function checkWords(words: readonly string[], command: string | undefined): void {
  const row = commandRows.find((candidate) => candidate.name === command)
  const extra = row?.maxWords === undefined ? undefined : words[row.maxWords]
  if (row === undefined || extra === undefined) return
  const takes = row.usage === '' ? 'takes no arguments' : `takes ${row.usage}`
  throw usage(
    `codi ${row.name} ${takes}, so "${extra}" is too much; a prompt goes into quotes or after --prompt`,
  )
}

function unknownFlag(typed: string): CodiError {
  const names = flagRows.filter((row) => !row.hidden).map((row) => `--${row.name}`)
  const near = typed.startsWith('--') ? closest(typed, names, { limit: 1 })[0] : undefined
  return usage(
    `Unknown flag ${typed}.${near === undefined ? ' codi --help lists them.' : ` Did you mean ${near}?`}`,
  )
}
