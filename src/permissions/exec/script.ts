/**
 * What a shell text says: its simple commands in order, those inside substitutions, functions and here-documents
 * included, with their words, assignments and redirections. Plain data, whichever parser made it.
 */

/** One word of a command after quotes, braces and certain expansions were worked out. */
export interface Word {
  /** Quotes removed, expansions as they are written. */
  text: string
  /** What it becomes; undefined where that is not certain. Of a glob: the pattern. */
  value: string | undefined
  /** The certain beginning of the value. */
  lead: string
  /** The value with `unknownMark` for what is not certain. */
  shape: string
  /** May become no word, or several. */
  many: boolean
  /** Holds an unquoted pattern of file names. */
  glob: boolean
  /** Where an uncertain part comes from: commands that print paths, or nothing that can be seen through. */
  origin: 'seen' | 'paths' | 'unseen'
  /** Variables whose value it shows. */
  variables: readonly string[]
}

export interface Assignment {
  name: string
  value: Word | undefined
  /** `+=`, an element of an array, an array. */
  compound: boolean
}

export interface Redirect {
  operator: string
  target: Word | undefined
  /** It may create or change a file. */
  writes: boolean
}

/** What a command reads from its standard input. */
export type Input =
  | { kind: 'inherited' }
  | { kind: 'pipe'; from: readonly Command[] }
  | { kind: 'text'; text: string }
  | { kind: 'unseen' }

export interface Command {
  words: readonly Word[]
  assignments: readonly Assignment[]
  redirects: readonly Redirect[]
  input: Input
  /** Where it runs, as far as `cd` before it can be followed. */
  cwd: string | undefined
  /** The functions it is written in. */
  within: readonly string[]
  /** It runs beside what follows, or in a pipeline. */
  concurrent: boolean
}

export interface Script {
  commands: readonly Command[]
  /** Words outside simple commands: lists of loops, subjects of `case`, tests. */
  loose: readonly Word[]
  /** Names of functions that the text defines. */
  functions: ReadonlySet<string>
  /** Why the text cannot be judged as a whole; undefined where it can. */
  fault: string | undefined
}

export function literal(value: string): Word {
  return {
    text: value,
    value,
    lead: value,
    shape: value,
    many: false,
    glob: false,
    origin: 'seen',
    variables: [],
  }
}

/** Stands for any text in the shape of a word; no text that is judged may hold it. */
export const unknownMark = '\ue000'

/** A word that nothing is known of. */
export function unseen(text: string, origin: Word['origin'] = 'unseen'): Word {
  return {
    text,
    value: undefined,
    lead: '',
    shape: unknownMark,
    many: true,
    glob: false,
    origin,
    variables: [],
  }
}
