/** What a question is about: a file or a symbol of the project, as it was typed; or why it is neither. */
import { globPaths, type SymbolEntry, symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { at, code, listed, paragraphs, placeLine } from './markdown.ts'
import { exactSymbols } from './named.ts'
import { lastPart, placeOfSymbol } from './place.ts'
import { looksLikeName, pathsIn } from './question.ts'

export type Subject =
  | { is: 'file'; file: string }
  | { is: 'symbol'; file: string; name: string; symbol: SymbolEntry; others: SymbolEntry[] }
  | { is: 'unknown'; said: string }

/** `text` is what the question's verb is about; undefined where it names neither a file nor a symbol. */
export function* subjectOf({ toolkit }: Asked, text: string): Script<Subject | undefined> {
  const path = pathsIn(text)[0]?.path
  const name = nameIn(text)
  if (path !== undefined) {
    const base = path.replace(/\/$/, '').split('/').pop() ?? path
    const found: Outcome[] = yield [...toolkit.glob(`**/${base}`), ...toolkit.glob(path)]
    const file = pickFile(path, globPaths(found))
    if (file !== undefined) return { is: 'file', file }
    if (name === undefined) return { is: 'unknown', said: `There is no file ${code(path)} here.` }
  }
  if (name === undefined) return undefined
  const found: Outcome[] = yield toolkit.symbol(name, { limit: 12 })
  const rows = symbolRows(found)
  const [symbol, ...others] = exactSymbols(rows, name)
  if (symbol) return { is: 'symbol', file: symbol.file, name: symbol.name, symbol, others }
  return { is: 'unknown', said: notThere(lastPart(name), rows) }
}

/** A name as written, or a single word: "what uses Session". */
export function nameIn(text: string): string | undefined {
  const word = text.replace(/[`'"?]|\(\)/g, '').trim()
  if (/^[\w$.:#]+$/.test(word)) return word
  return word.split(/\s+/).find((part) => looksLikeName(part) || /^[A-Z]\w+/.test(part))
}

export function notThere(name: string, near: readonly SymbolEntry[]): string {
  const names = near.slice(0, 5).map((row) => `- ${placeLine(placeOfSymbol(row))}`)
  return paragraphs(
    `Nothing named ${code(name)} is defined or used here.`,
    names.length === 0 ? '' : `The nearest names:\n${names.join('\n')}`,
  )
}

/** The path as typed, else the shortest that ends with it. */
export function pickFile(path: string, files: readonly string[]): string | undefined {
  const wanted = path.replace(/\/$/, '')
  if (files.includes(wanted)) return wanted
  const ending = files.filter((file) => file.endsWith(`/${wanted}`))
  return (
    ending.toSorted((a, b) => a.length - b.length)[0] ??
    (wanted.includes('/') ? undefined : files[0])
  )
}

/** How a tool is told which definition is meant. */
export function qualified(symbol: { name: string; container: string }): string {
  return symbol.container === '' ? symbol.name : `${lastPart(symbol.container)}.${symbol.name}`
}

/** A sentence of the other definitions of that name; empty where there is none. */
export function alsoNamed({ others }: { others: readonly SymbolEntry[] }): string {
  if (others.length === 0) return ''
  const places = others.map((row) => `${at(row.file, row.line)} (${row.kind})`)
  return `Also named so: ${listed(places, 4)}.`
}
