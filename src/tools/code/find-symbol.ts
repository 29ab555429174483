/** Finds where something is defined, by name. */
import { type Static, Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { closest } from '../../base/closest.ts'
import { CodiError } from '../../base/errors.ts'
import type { SymbolQuery } from '../../contract/index-service.ts'
import { type SymbolKind, type SymbolRow, symbolKinds } from '../../contract/symbol.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import text from './find-symbol.md' with { type: 'text' }
import { askService, indexedPath, symbolData, updateIndex } from './search-services.ts'
import { isWithin, splitSymbolName, symbolLine } from './symbol-names.ts'

const input = Type.Object({
  name: Type.String(),
  kind: Type.Optional(Type.String({ description: 'e.g. function, class, type' })),
  exact: Type.Optional(Type.Boolean()),
  exported_only: Type.Optional(Type.Boolean()),
  path: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ description: 'default 20' })),
})
type Input = Static<typeof input>

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
    const wanted = splitSymbolName(given.name)
    const limit = clampNumber(given.limit, { or: defaultLimit, min: 1, max: maxLimit })
    const query = await symbolQuery(given, wanted, { context, limit })
    await updateIndex(context)
    let rows = await ask(context, query)
    let note = ''
    if (rows.length === 0 && given.exact) {
      rows = await ask(context, { ...query, match: 'fuzzy' })
      if (rows.length > 0) note = `Nothing is named exactly ${wanted.name}; similar names:`
    }
    const within = rows.filter((row) => isWithin(row, wanted.containers))
    if (within.length > 0) rows = within
    else if (rows.length > 0)
      note = `No ${wanted.name} in ${wanted.containers.join('.')}; elsewhere there are:`
    rows = rows.slice(0, limit)
    const data = rows.map(symbolData)
    if (rows.length === 0) return { content: nothing(given), data }
    const lines = rows.map((row) => symbolLine(row))
    const more = rows.length === limit ? `[the first ${limit}; raise limit or narrow]` : ''
    return {
      content: [note, ...lines, more].filter((line) => line !== '').join('\n'),
      detail: { type: 'list', lines },
      data,
    }
  },
}

async function symbolQuery(
  given: Input,
  wanted: { name: string; containers: readonly string[] },
  { context, limit }: { context: ToolContext; limit: number },
): Promise<SymbolQuery> {
  const path = await indexedPath(context, given.path)
  return {
    name: wanted.name,
    match: given.exact ? 'exact' : 'fuzzy',
    limit: wanted.containers.length === 0 ? limit : containerRows,
    ...(given.kind ? { kinds: [parseKind(given.kind)] } : {}),
    ...(given.exported_only ? { exportedOnly: true } : {}),
    ...(path === undefined ? {} : { path }),
  }
}

/** Throws a CodiError with the kinds there are. */
export function parseKind(kind: string): SymbolKind {
  const folded = kind.trim().toLowerCase()
  const exact = symbolKinds.find((known) => known === folded)
  if (exact) return exact
  const [near] = closest(folded, symbolKinds, { limit: 1 })
  const hint = near === undefined ? '' : `did you mean ${near}? `
  throw new CodiError(
    'invalid',
    `Unknown kind "${kind}"; ${hint}The kinds are ${symbolKinds.join(', ')}`,
  )
}

function ask(context: ToolContext, query: SymbolQuery): Promise<SymbolRow[]> {
  return askService(() => context.services.index.findSymbols(query, context.signal), {
    what: 'The symbol index',
    instead: `use grep for ${query.name} instead`,
  })
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
