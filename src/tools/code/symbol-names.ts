/** Names of symbols as they are typed, and what is said, with the names that were probably meant, where none has one. */
import { similarity } from '../../base/closest.ts'
import { CodiError } from '../../base/errors.ts'
import { oneLine } from '../../base/text.ts'
import type { IndexService } from '../../contract/index-service.ts'
import { qualifiedName, type SymbolRow } from '../../contract/symbol.ts'
import { lineRange } from './search-services.ts'

const maxNames = 3
const minSimilarity = 0.6

/** Without the brackets of a call: `openApp()` asks for `openApp`. Throws a CodiError of kind `invalid`. */
export function symbolName(typed: string): string {
  const name = typed.trim().replace(/\(.*$/, '')
  if (/[\p{L}\p{N}_$]/u.test(name)) return name
  throw new CodiError('invalid', 'The name is empty; name a symbol')
}

/** `Class.method`, `Type::function` and `Class#method` name containers too. Throws as `symbolName` does. */
export function splitSymbolName(typed: string): { name: string; containers: string[] } {
  const parts = symbolName(typed)
    .split(/\.|::|#|->/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return { name: parts.at(-1) ?? '', containers: parts.slice(0, -1) }
}

/** Whether `containers` are the innermost of those around a symbol. */
export function isWithin(row: SymbolRow, containers: readonly string[]): boolean {
  const own = row.container.split(/\.|::|#/).filter((part) => part !== '')
  return containers.every((part, at) => own.at(at - containers.length) === part)
}

/** `src/a.ts:12-40 method Store.close  close(): void`, then its doc comment; `how` it was found stands in brackets. */
export function symbolLine(row: SymbolRow, how = ''): string {
  const found = how === '' ? '' : ` (${how})`
  const signature = row.signature === '' ? '' : `  ${oneLine(row.signature, 200)}`
  const doc = row.doc === '' ? '' : `\n    ${oneLine(row.doc, 160)}`
  const place = `${row.path}:${lineRange(row.line, row.endLine)}`
  return `${place} ${row.kind} ${qualifiedName(row)}${found}${signature}${doc}`
}

/** `No function named X is in the index; did you mean Y or Z?` */
export async function noSuchSymbol(
  index: IndexService,
  asked: { name: string; what: string; path?: string | undefined },
  signal: AbortSignal,
): Promise<string> {
  const where = asked.path === undefined ? '' : ` in ${asked.path}`
  const none = `No ${asked.what} named ${asked.name}${where} is in the index`
  const rows = await symbolsLike(index, asked.name, signal)
  const other = rows.find((row) => qualifiedName(row) === asked.name)
  if (other)
    return `${none}; there is the ${other.kind} ${asked.name} at ${other.path}:${other.line}`
  const near = [...new Set(rows.map(qualifiedName))].slice(0, maxNames)
  const hint = near.length === 0 ? 'grep finds it as text' : `did you mean ${near.join(' or ')}?`
  return `${none}; ${hint}`
}

async function symbolsLike(
  index: IndexService,
  name: string,
  signal: AbortSignal,
): Promise<SymbolRow[]> {
  const rows = await index.findSymbols({ name, match: 'fuzzy', limit: 30 }, signal)
  const last = name.split(/\.|::|#|->/).at(-1) ?? name
  return rows.filter((row) => similarity(row.name, last) >= minSimilarity)
}
