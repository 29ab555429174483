/** Finds uses of a name, with the definition that encloses each. */
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import type { JsonObject } from '../../base/json.ts'
import { plural } from '../../base/text.ts'
import type { IndexService, ReferenceQuery, ReferenceRow } from '../../contract/index-service.ts'
import type { Tool } from '../../contract/tool.ts'
import text from './find-references.md' with { type: 'text' }
import { askIndex, askService, indexedPath, updateIndex } from './search-services.ts'
import { noSuchSymbol, symbolName } from './symbol-names.ts'

const input = Type.Object({
  name: Type.String(),
  path: Type.Optional(Type.String()),
  defined_in: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ description: 'default 50' })),
})

const defaultLimit = 50
const maxLimit = 500

export const findReferences: Tool<typeof input> = {
  name: 'find_references',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const name = symbolName(given.name)
    const limit = clampNumber(given.limit, { or: defaultLimit, min: 1, max: maxLimit })
    const path = await indexedPath(context, given.path)
    const definedIn = await indexedPath(context, given.defined_in)
    await updateIndex(context)
    const { index } = context.services
    const { signal } = context
    const query = {
      name,
      limit,
      ...(path === undefined ? {} : { path }),
      ...(definedIn === undefined ? {} : { definedIn }),
    }
    const rows = await askService(() => index.findReferences(query, signal), {
      what: 'The symbol index',
      instead: `use grep for ${name} instead`,
    })
    const data = rows.map(referenceData)
    if (rows.length === 0)
      return { content: await askIndex(() => noReferences(index, query, signal)), data }
    const more =
      rows.length === limit ? [`[the first ${plural(limit, 'use')}; raise limit or narrow]`] : []
    const lines = [...referenceLines(rows), ...more]
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
  },
}

/** Why there are none: the name is not known, or nothing uses what it names. */
export async function noReferences(
  index: IndexService,
  query: ReferenceQuery,
  signal: AbortSignal,
): Promise<string> {
  const where = query.path === undefined ? '' : ` below ${query.path}`
  const scope = query.definedIn === undefined ? {} : { path: query.definedIn }
  const defined = await index.findDefinitions({ name: query.name, limit: 1 }, signal)
  if (defined.length > 0) return `Nothing uses ${query.name}${where}; grep finds it as text`
  return noSuchSymbol(index, { name: query.name, what: 'symbol', ...scope }, signal)
}

/** A reference as programs read it. */
export function referenceData({ path, ...row }: ReferenceRow): JsonObject {
  return { file: path, ...row }
}

/** Grouped by file, as tool and command say them. */
export function referenceLines(rows: readonly ReferenceRow[]): string[] {
  const lines: string[] = []
  let file = ''
  for (const row of rows) {
    if (row.path !== file) lines.push(row.path)
    file = row.path
    const enclosing = row.enclosing === '' ? '' : ` in ${row.enclosing}`
    const likely = row.sure === false ? ' ?' : ''
    lines.push(`  ${row.line} ${row.kind}${enclosing}${likely}: ${row.text}`)
  }
  if (rows.some((row) => row.sure === false))
    lines.push('[?: likely, by name or through a base type]')
  return lines
}
