/**
 * A place in code, however it was named: a position, a line, or the name of a symbol, which the index finds. A name
 * that several definitions have is refused with their places, where one is needed.
 */
import { CodiError } from '../../base/errors.ts'
import { qualifiedName, type SymbolRow } from '../../contract/symbol.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { openExistingText, type TextFile } from '../files/file-text.ts'
import { findPlace } from '../search/search-place.ts'
import { askService, indexedPath } from './search-services.ts'
import { isWithin, noSuchSymbol, splitSymbolName } from './symbol-names.ts'

export interface NamedPlace {
  name?: string
  path?: string
  line?: number
  column?: number
}

/** 1-based, the column in UTF-16 units. */
export interface CodePlace {
  /** As the services name it. */
  path: string
  line: number
  column: number
  /** The word that stands there; empty where none does. */
  word: string
}

const maxDefinitions = 200
const maxShownPlaces = 10
const cFamily = /\.(c|h|cc|cpp|cxx|hh|hpp|hxx|m|mm)$/
const wordAt = /[\p{L}\p{N}_$]+/gu

/** Every place that is meant, the likeliest first; throws a CodiError where there is none. */
export async function findCodePlaces(
  context: ToolContext,
  given: NamedPlace,
): Promise<CodePlace[]> {
  if (given.path !== undefined && given.line !== undefined)
    return [await placeInFile(context, { ...given, path: given.path, line: given.line })]
  if (given.name === undefined || given.name.trim() === '')
    throw new CodiError('invalid', 'Give name, or path and line with column')
  if (given.line !== undefined) throw new CodiError('invalid', `line ${given.line} wants a path`)
  return findNamedPlaces(context, given.name, await indexedPath(context, given.path))
}

/** The one place that is meant; throws a CodiError of kind `ambiguous` where there are several. */
export async function findCodePlace(context: ToolContext, given: NamedPlace): Promise<CodePlace> {
  return onlyPlace(await findCodePlaces(context, given), given.name ?? '')
}

export function onlyPlace(places: readonly CodePlace[], name: string): CodePlace {
  const [first] = places
  if (first && places.length === 1) return first
  const shown = places.slice(0, maxShownPlaces).map(({ path, line }) => `${path}:${line}`)
  const more = places.length > shown.length ? ` and ${places.length - shown.length} more` : ''
  throw new CodiError(
    'ambiguous',
    `${name} is defined in ${places.length} places: ${shown.join(', ')}${more}; say which with path and line`,
  )
}

async function placeInFile(
  context: ToolContext,
  given: NamedPlace & { path: string; line: number },
): Promise<CodePlace> {
  const place = await findPlace(context, given.path)
  if (place.isDirectory)
    throw new CodiError('invalid', `${place.shown} is a directory; a position is in a file`)
  const file = await openExistingText(place.absolute, context)
  const text = lineOf(file, given.line, place.shown)
  const path = context.workspace.display(place.absolute)
  const at = { path, line: given.line }
  if (given.name !== undefined && given.name.trim() !== '') {
    const name = given.name.split(/[.#]|::|->/).at(-1) ?? given.name
    const same = wordsOf(text).filter((word) => word.word === name)
    const { column } = given
    const word = same.find((word) => column !== undefined && covers(word, column)) ?? same[0]
    if (word) return { ...at, ...word }
    throw new CodiError(
      'not_found',
      `${name} does not stand in ${place.shown}:${given.line}; read_file shows that line`,
    )
  }
  if (given.column !== undefined) return atColumn(text, { ...at, column: given.column })
  return onlyWord(context, at, text)
}

function atColumn(text: string, at: { path: string; line: number; column: number }): CodePlace {
  if (at.column < 1 || at.column > text.length + 1) {
    throw new CodiError(
      'invalid',
      `${at.path}:${at.line} has ${text.length} columns, so there is no column ${at.column}`,
    )
  }
  const inside = wordsOf(text).find((word) => covers(word, at.column))
  return { ...at, word: inside?.word ?? '' }
}

function covers(word: { word: string; column: number }, column: number): boolean {
  return word.column <= column && column <= word.column + word.word.length
}

/** Of a line without a column, the name that it defines, or its only word. */
async function onlyWord(
  context: ToolContext,
  at: { path: string; line: number },
  text: string,
): Promise<CodePlace> {
  const rows = await context.services.index
    .outline({ path: at.path }, context.signal)
    .catch((): SymbolRow[] => [])
  const here = rows.filter((row) => row.nameLine === at.line)
  const [defined] = here
  if (defined && here.every((row) => row.nameColumn === defined.nameColumn))
    return { ...at, column: defined.nameColumn, word: defined.name }
  const words = wordsOf(text)
  const [word] = words
  if (word && words.length === 1) return { ...at, ...word }
  // What stands in the line is not told: this may be said before the gate was asked.
  throw new CodiError('ambiguous', `${at.path}:${at.line} holds several names; give column or name`)
}

/**
 * Every definition of that name, `Class.method` too, below a directory of the index where one is given; throws a
 * CodiError of kind `not_found` where there is none.
 */
export async function findNamedPlaces(
  { services, signal }: Pick<ToolContext, 'services' | 'signal'>,
  given: string,
  below?: string,
): Promise<CodePlace[]> {
  const { name, containers } = splitSymbolName(given)
  const rows = await askService(
    async () => {
      await services.index.update({}, signal)
      const filter = below === undefined ? {} : { path: below }
      const query = { name, match: 'exact' as const, limit: maxDefinitions, ...filter }
      return services.index.findSymbols(query, signal)
    },
    { what: 'The symbol index', instead: 'give path, line and column instead' },
  )
  const fitting = withoutPrototypes(rows.filter((row) => isWithin(row, containers)))
  if (fitting.length > 0) return oncePerSymbol(fitting)
  const asked = { name: given.trim(), what: 'definition', path: below }
  throw new CodiError('not_found', await noSuchSymbol(services.index, asked, signal))
}

/** In the languages of C a function that is declared in a header and defined elsewhere is one thing. */
function withoutPrototypes(rows: readonly SymbolRow[]): readonly SymbolRow[] {
  const isPrototype = ({ path, signature }: SymbolRow) =>
    cFamily.test(path) && signature.endsWith(';')
  const defined = new Set(rows.filter((row) => !isPrototype(row)).map(qualifiedName))
  return rows.filter((row) => !isPrototype(row) || !defined.has(qualifiedName(row)))
}

/** Overloads of one function are one thing. */
function oncePerSymbol(rows: readonly SymbolRow[]): CodePlace[] {
  const once = new Map<string, CodePlace>()
  for (const row of rows) {
    const key = `${row.path}\0${row.container}\0${row.kind}`
    if (once.has(key)) continue
    once.set(key, { path: row.path, line: row.nameLine, column: row.nameColumn, word: row.name })
  }
  return [...once.values()]
}

function lineOf(file: TextFile, line: number, shown: string): string {
  const lines = file.text.split('\n')
  const text = lines[line - 1]
  if (text !== undefined && line >= 1) return text
  throw new CodiError(
    'invalid',
    `${shown} has ${lines.length} lines, so there is no line ${line}; read it again`,
  )
}

function wordsOf(text: string): { word: string; column: number }[] {
  return [...text.matchAll(wordAt)].map((match) => ({ word: match[0], column: match.index + 1 }))
}
