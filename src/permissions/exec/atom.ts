/** The pieces of a word while it is taken apart: characters, quoted runs, expansions. */
import type { Word } from './script.ts'

/** What an expansion inside a word stands for. */
export interface Expansion {
  end: number
  value: string | undefined
  origin: Word['origin']
  /** Unquoted, it becomes any number of words; `$@` does so even when quoted. */
  many: 'never' | 'unquoted' | 'always'
  variable?: string
}

/** A piece of a word: one character where it is unquoted, so that it can still mean something. */
export interface Atom {
  text: string
  quoted: boolean
  /** Of an unquoted variable: split at blanks. */
  splits?: true
  expansion?: Expansion
}
