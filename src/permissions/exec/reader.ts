/**
 * The state of reading one text: what was found so far, what is known of variables, and the first fault. Shared by the
 * files that read statements, words, tests and here-documents from the tree.
 */
import { resolve } from 'node:path'
import type { Node } from './grammar.ts'
import { type Command, type Input, unknownMark, type Word } from './script.ts'

/** What a variable is known to hold. */
export interface Variable {
  value: string | undefined
  origin: Word['origin']
  /** Whatever it holds, it is a number. */
  counts?: boolean
}

export interface Reader {
  readonly text: string
  readonly home: string
  cwd: string | undefined
  input: Input
  within: readonly string[]
  concurrent: boolean
  /** Inside a substitution; how deep. */
  depth: number
  readonly commands: Command[]
  readonly loose: Word[]
  readonly functions: Set<string>
  readonly variables: Map<string, Variable>
  /** Names that are taken for numbers, or for what the text gave them. */
  readonly counted: Set<string>
  /** Names that the text gives a value to, and how often. */
  readonly assigned: ReadonlyMap<string, number>
  fault: string | undefined
  /** The left part of `… && …` that is being read. */
  chain: Node | undefined
  /** Statements can stand anywhere in words, and words in statements: these close the circle. */
  readonly readStatement: (reader: Reader, node: Node) => void
  readonly readStatements: (reader: Reader, nodes: readonly Node[]) => void
}

type Fixed = Pick<Reader, 'home' | 'assigned' | 'readStatement' | 'readStatements'>

export function openReader(text: string, options: Fixed & { cwd: string }): Reader {
  return {
    text,
    ...options,
    input: { kind: 'inherited' },
    within: [],
    concurrent: false,
    depth: 0,
    commands: [],
    loose: [],
    functions: new Set(),
    counted: new Set(),
    variables: new Map(),
    fault: undefined,
    chain: undefined,
  }
}

/** Records why the text as a whole cannot be judged; the first reason stays, and reading goes on. */
export function fault(reader: Reader, reason: string): void {
  reader.fault ??= reason
}

export function sourceOf(reader: Reader, node: Node): string {
  return reader.text.slice(node.start, node.end)
}

/**
 * What a part gives to variables is only known inside it where it may not run at all, or runs in a shell of its own:
 * behind it they may hold anything.
 */
export function forgetting(reader: Reader, read: () => void): void {
  const before = new Map(reader.variables)
  read()
  forget(reader, before)
}

export function forget(reader: Reader, before: ReadonlyMap<string, Variable>): void {
  for (const [name, now] of reader.variables)
    if (before.get(name) !== now) reader.variables.set(name, { value: undefined, origin: 'unseen' })
}

/** Reads something whose changes of directory, input and functions are its own. */
export function scoped(reader: Reader, change: Partial<Reader>, read: () => void): void {
  const { cwd, input, within, concurrent, depth } = reader
  Object.assign(reader, change)
  forgetting(reader, read)
  Object.assign(reader, { cwd, input, within, concurrent, depth })
}

/** What lies between parts must be blank: anything else the grammar passed over in silence. */
export function checkGap(reader: Reader, start: number, end: number, lines: boolean): void {
  if (end <= start) return
  const gap = reader.text.slice(start, end).replace(/\\\n/g, '')
  // A joined line puts together what stands on both sides of it; the grammar takes it for a blank.
  if (gap === '') fault(reader, 'a line that is joined in the middle of a word')
  if (!(lines ? /^[ \t\n]*$/ : /^[ \t]*$/).test(gap)) fault(reader, 'part of it was not understood')
}

/** The same before the first part of a node and behind its last. */
export function checkEdges(reader: Reader, node: Node): void {
  const first = node.children[0]
  const last = node.children.at(-1)
  if (!first || !last) return
  checkGap(reader, node.start, first.start, true)
  checkGap(reader, last.end, node.end, true)
}

/** Follows `cd` and `pushd` so that relative paths after them mean what they mean to the shell. */
export function followDirectory(reader: Reader, words: readonly Word[]): void {
  const name = words[0]?.value
  if (name === 'popd') reader.cwd = undefined
  if (name !== 'cd' && name !== 'pushd') return
  const target = words.slice(1).find((word) => !/^-./.test(word.lead))
  if (words.length === 1) reader.cwd = reader.home
  else if (target?.value === undefined || target.value === '-' || target.glob)
    reader.cwd = undefined
  else if (target.value.startsWith('/')) reader.cwd = resolve(target.value)
  // Below a directory that is not known the names further down still tell something.
  else reader.cwd = resolve(reader.cwd ?? `/${unknownMark}`, target.value)
}

/** What the shell itself keeps a number in. */
const counters =
  /^(?:RANDOM|SRANDOM|SECONDS|LINENO|PPID|UID|EUID|COLUMNS|LINES|SHLVL|EPOCHSECONDS|OPTIND|BASHPID)$/

/**
 * A variable that the text does not set has what the person's own environment gives it, or nothing. Those in capitals
 * may have been filled by the shell with what it read (`REPLY`, `BASH_REMATCH`, `MAPFILE`), and so may `_`.
 */
export function holdsNumber(reader: Reader, name: string): boolean {
  const given = reader.variables.get(name)
  if (reader.assigned.has(name)) return given?.counts === true || /^-?\d+$/.test(given?.value ?? '')
  if (counters.test(name)) return true
  if (!/^[a-z]\w*$/.test(name)) return false
  reader.counted.add(name)
  return true
}

/** Builtins whose words are names of variables that get a value nobody can see, and what runs such a text later. */
const fills =
  /\b(?:read|mapfile|readarray|getopts|printf|wait|trap|export|declare|typeset|local|readonly|unset)\b/

/** However the builtin is called (`command read x`), what it fills is no number. */
export function checkCounted(reader: Reader): void {
  if (reader.counted.size === 0) return
  for (const { words } of reader.commands) {
    const texts = words.flatMap(({ value }) => value ?? [])
    if (!texts.some((text) => fills.test(text))) continue
    const whole = texts.some((text) => text === 'trap') ? /[A-Za-z_]\w*/g : /^(?:-\w)?[A-Za-z_]\w*/g
    const named = texts
      .flatMap((text) => text.match(whole) ?? [])
      .map((one) => one.replace(/^-\w/, ''))
    if (named.some((name) => reader.counted.has(name) || reader.counted.has(name.slice(1))))
      fault(reader, 'a variable that may hold something else')
  }
}
