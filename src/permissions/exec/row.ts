/**
 * The shape of a row in the table of known commands (programs/*.ts): what a program does, and which options,
 * subcommands and operands change that.
 */
import type { Category } from './categories.ts'

/** What a command does, from the least to the most. Only what reads is free by itself. */
export type Act = 'reads' | 'writes' | 'runs' | 'network' | 'system'

/** Names of options, separated by blanks: `-o --output`. Long ones match when they are cut short, too. */
export interface OptionRow {
  names: string
  /** Completes "sort -o …": `writes its result to a file`. */
  text: string
  act?: Act
  /** Asked for in every mode. */
  danger?: true
}

/** What the operands are, the words that are no options. */
export type Operands =
  /** Files whose contents are shown. */
  | 'contents'
  /** A pattern first, or one by an option, then such files. */
  | 'pattern'
  /** Files of which only the name matters. */
  | 'names'
  /** No files. */
  | 'text'

/** Programs that a row cannot tell of: a file each that looks closer. */
export type Special =
  | 'archive'
  | 'awk'
  | 'dd'
  | 'docker'
  | 'env'
  | 'environment'
  | 'eval'
  | 'find'
  | 'git-branch'
  | 'git-checkout'
  | 'git-config'
  | 'git-push'
  | 'inline-code'
  | 'ip'
  | 'make'
  | 'options-file'
  | 'package-run'
  | 'parallel'
  | 'project-script'
  | 'remove'
  | 'sed'
  | 'shell'
  | 'ssh'
  | 'variables'
  | 'wrapper'
  | 'xargs'

export interface Row {
  act: Act
  /** Completes "NAME …": `lists files`. */
  text: string
  category?: Category
  danger?: true
  options?: readonly OptionRow[]
  /** Options whose value is the next word, `-n --lines`. */
  values?: string
  operands?: Operands
  /** With more operands than this it does more than its text says. */
  most?: { operands: number; text: string; act?: Act }
  /** By subcommand; a key may hold several names. */
  sub?: Family
  /** Options before the subcommand that take no part in rules. */
  globals?: string
  /** Options by which it reads whole trees. */
  recursive?: string | true
  special?: Special
  /** Whatever it is told, it runs code of the project: its subcommands only read where they are said to. */
  runsProject?: true
  /** Of a wrapper: how many operands stand before the command that it runs. */
  before?: number
  /** How many words make the prefix of a rule; 0: none is offered. */
  remember?: number
}

/** Rows by the names they stand for, separated by blanks. */
export type Family = Readonly<Record<string, Row>>
