/** The words of a command as rules see them: what they are compared with, and the prefix that one could remember. */
import type { Row } from './row.ts'
import type { Word } from './script.ts'

/** As written, and as it would be without a directory before the program and options before the subcommand. */
export function forRules(words: readonly Word[], title: string, skipped = 0): string[][] {
  const argv = words.map((word) => word.value ?? word.text)
  const names = title.split(' ')
  const plain = [...names, ...argv.slice(names.length + skipped)]
  return plain.join('\0') === argv.join('\0') ? [argv] : [argv, plain]
}

export function mayBecomeOption(word: Word): boolean {
  if (word.value !== undefined && !word.glob) return false
  if (word.lead.startsWith('-')) return !word.lead.includes('=')
  if (word.glob) return /^[*?[]/.test(word.lead)
  return word.lead === '' && word.origin !== 'seen'
}

const bareWord = /^[a-z][\w:.-]*$/i

/** Program and subcommand; never options, paths or anything that is not certain. */
export function prefixOf(
  words: readonly Word[],
  row: Row | undefined,
  skipped = 0,
): string[] | undefined {
  if (skipped > 0) return undefined
  const wanted = row?.remember ?? 2
  const prefix: string[] = []
  for (const word of words.slice(0, Math.max(1, wanted))) {
    const { value } = word
    const isFirst = prefix.length === 0
    if (value === undefined || word.glob || !(isFirst || bareWord.test(value))) break
    prefix.push(value)
  }
  if (row?.remember !== undefined && prefix.length < row.remember) return undefined
  return prefix.length > 0 ? prefix : undefined
}
