/** The words behind a program: which are options and which operands, and which row of options a word is meant by. */
import type { OptionRow } from './row.ts'
import type { Word } from './script.ts'

export interface Arguments {
  options: readonly Word[]
  operands: readonly Word[]
  /** The values that stand in words of their own, by option. */
  values: readonly { option: string; value: Word }[]
}

/** `values` names the options whose value is the next word. */
export function readArguments(words: readonly Word[], values = ''): Arguments {
  const takers = new Set(values.split(' '))
  const options: Word[] = []
  const operands: Word[] = []
  const found: { option: string; value: Word }[] = []
  let onlyOperands = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index]
    if (!word) break
    if (onlyOperands || !word.lead.startsWith('-') || word.value === '-') operands.push(word)
    else if (word.value === '--') onlyOperands = true
    else {
      options.push(word)
      const taker = takerOf(word, takers)
      const value = words[index + 1]
      if (taker === undefined || !value) continue
      found.push({ option: taker, value })
      index++
    }
  }
  return { options, operands, values: found }
}

/** Where `--` ends the options; the number of words where it does not. */
export function optionsEnd(words: readonly Word[], values = ''): number {
  const takers = new Set(values.split(' '))
  for (let index = 0; index < words.length; index++) {
    const word = words[index]
    if (word?.value === '--') return index
    if (word?.lead.startsWith('-') && takerOf(word, takers) !== undefined) index++
  }
  return words.length
}

function takerOf(word: Word, takers: ReadonlySet<string>): string | undefined {
  const { value } = word
  if (value === undefined || value.includes('=')) return undefined
  if (takers.has(value)) return value
  if (value.startsWith('--')) return undefined
  // The last letter of a cluster: `-rn 5`; a letter with a value before it takes the rest of the word.
  for (let at = 1; at < value.length; at++)
    if (takers.has(`-${value[at]}`)) return at === value.length - 1 ? `-${value[at]}` : undefined
  return undefined
}

/**
 * The row that a word is meant by. Long options match when cut short, as getopt allows; letters are found in clusters
 * up to one that takes a value.
 */
export function findOption(
  word: Word,
  rows: readonly OptionRow[],
  values = '',
): { row: OptionRow; name: string } | undefined {
  const text = word.value ?? word.lead
  if (!text.startsWith('-') || text === '-' || text === '--') return undefined
  const name = text.replace(/=.*$/s, '')
  const takers = new Set(values.split(' '))
  for (const row of rows) {
    for (const option of row.names.split(' ')) {
      if (option === name || (option.startsWith('--') && isCutShort(name, option)))
        return { row, name: option }
      // `-delete`, `-exec`: options of one dash and many letters.
      if (option.length !== 2 || option.startsWith('--') || text.startsWith('--')) continue
      if (inCluster(text, option[1] ?? '', takers)) return { row, name: option }
    }
  }
  return undefined
}

function isCutShort(name: string, option: string): boolean {
  return name.length > 2 && name.startsWith('--') && option.startsWith(name)
}

function inCluster(text: string, letter: string, takers: ReadonlySet<string>): boolean {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === letter) return true
    if (takers.has(`-${text[at]}`)) return false
  }
  return false
}

export function hasOption(words: readonly Word[], names: string, values = ''): boolean {
  return words.some((word) => findOption(word, [{ names, text: '' }], values) !== undefined)
}
