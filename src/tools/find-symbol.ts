/** Finds where something is defined, by name. */
import { type Static, Type } from '@sinclair/typebox'
import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { SymbolQuery } from '../contract/index-service.ts'
import type { SymbolKind, SymbolRow } from '../contract/symbol.ts'
import type { Tool, ToolContext } from '../contract/tool.ts'
import text from './find-symbol.md' with { type: 'text' }
import { askService, indexedPath, lineRange, symbolData, updateIndex } from './search-services.ts'

const input = Type.Object({
  name: Type.String(),
  kind: Type.Optional(Type.String({ description: 'e.g. function, class, type' })),
  exact: Type.Optional(Type.Boolean()),
  exported_only: Type.Optional(Type.Boolean()),
  path: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ description: 'default 20' })),
})
type Input = Static<typeof input>

const kinds: readonly SymbolKind[] = [
  'function',
  'method',
  'class',
  'interface',
  'type',
  'enum',
  'variable',
  'constant',
  'property',
  'module',
  'struct',
  'trait',
  'macro',
]

const defaultLimit = 20
const maxLimit = 200
/** Rows asked for where some will be left out again because their container is another. */
const containerRows = 500

export const findSymbol: Tool<typeof input> = {
  name: 'find_symbol',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const wanted = splitName(given.name)
    const limit = Math.min(Math.max(given.limit ?? defaultLimit, 1), maxLimit)
    const query = await symbolQuery(given, wanted, { context, limit })
    await updateIndex(context)
    let rows = await ask(context, query)
    let note = ''
    if (rows.length === 0 && given.exact) {
      rows = await ask(context, { ...query, match: 'fuzzy' })
      if (rows.length > 0) note = `Nothing is named exactly ${wanted.name}; similar names:`
    }
    const inContainer = rows.filter((row) => isIn(row, wanted.container))
    if (inContainer.length > 0) rows = inContainer
    else if (rows.length > 0)
      note = `No ${wanted.name} in ${wanted.container}; elsewhere there are:`
    rows = rows.slice(0, limit)
    const data = rows.map(symbolData)
    if (rows.length === 0) return { content: nothing(given), data }
    const lines = rows.map(symbolLine)
    const more = rows.length === limit ? `[the first ${limit}; raise limit or narrow]` : ''
    return {
      content: [note, ...lines, more].filter((line) => line !== '').join('\n'),
      detail: { type: 'list', lines },
      data,
    }
  },
}

/** `Class.method`, `Type::function` and `Class#method` name a container too. */
function splitName(text: string): { name: string; container: string } {
  const parts = text
    .trim()
    .replace(/\(.*$/, '')
    .split(/\.|::|#|->/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const name = parts.at(-1)
  if (name === undefined) throw new CodiError('invalid', 'The name is empty; name a symbol')
  return { name, container: parts.slice(0, -1).join('.') }
}

async function symbolQuery(
  given: Input,
  wanted: { name: string; container: string },
  { context, limit }: { context: ToolContext; limit: number },
): Promise<SymbolQuery> {
  const path = await indexedPath(context, given.path)
  return {
    name: wanted.name,
    match: given.exact ? 'exact' : 'fuzzy',
    limit: wanted.container === '' ? limit : containerRows,
    ...(given.kind ? { kinds: [parseKind(given.kind)] } : {}),
    ...(given.exported_only ? { exportedOnly: true } : {}),
    ...(path === undefined ? {} : { path }),
  }
}

/** Throws a CodiError with the kinds there are. */
export function parseKind(kind: string): SymbolKind {
  const folded = kind.trim().toLowerCase()
  const exact = kinds.find((known) => known === folded)
  if (exact) return exact
  const [near] = closest(folded, kinds, { limit: 1 })
  const hint = near === undefined ? '' : `did you mean ${near}? `
  throw new CodiError('invalid', `Unknown kind "${kind}"; ${hint}The kinds are ${kinds.join(', ')}`)
}

function ask(context: ToolContext, query: SymbolQuery): Promise<SymbolRow[]> {
  return askService(() => context.services.index.findSymbols(query, context.signal), {
    what: 'The symbol index',
    instead: `use grep for ${query.name} instead`,
  })
}

function isIn(row: SymbolRow, container: string): boolean {
  if (container === '') return true
  const own = row.container.split(/\.|::|#/).filter((part) => part !== '')
  const wanted = container.split('.')
  return wanted.every((part, at) => own.at(at - wanted.length) === part)
}

function symbolLine(row: SymbolRow): string {
  const name = row.container === '' ? row.name : `${row.container}.${row.name}`
  const place = `${row.path}:${lineRange(row.line, row.endLine)}`
  const signature = row.signature === '' ? '' : `  ${oneLine(row.signature, 200)}`
  const doc = row.doc === '' ? '' : `\n    ${oneLine(row.doc, 160)}`
  return `${place} ${row.kind} ${name}${signature}${doc}`
}

function nothing(given: Input): string {
  const filters = [
    given.kind ? `of kind ${given.kind}` : '',
    given.exported_only ? 'that are exported' : '',
    given.path ? `below ${given.path}` : '',
  ].filter((filter) => filter !== '')
  const among = filters.length === 0 ? '' : ` among symbols ${filters.join(', ')}`
  return `No symbol like ${given.name}${among}; grep finds it as text.`
}
