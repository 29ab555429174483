/** Finds uses of a name, with the definition that encloses each. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { plural } from '../base/text.ts'
import type { ReferenceRow } from '../contract/index-service.ts'
import type { Tool } from '../contract/tool.ts'
import text from './find-references.md' with { type: 'text' }
import { askService, indexedPath, updateIndex } from './search-services.ts'

const input = Type.Object({
  name: Type.String(),
  path: Type.Optional(Type.String()),
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
    // The index knows uses by their last name: `Class.method` is asked for as `method`.
    const name =
      given.name
        .trim()
        .replace(/\(.*$/, '')
        .split(/\.|::|#|->/)
        .at(-1) ?? ''
    if (name === '') throw new CodiError('invalid', 'The name is empty; name a symbol')
    const limit = Math.min(Math.max(given.limit ?? defaultLimit, 1), maxLimit)
    const path = await indexedPath(context, given.path)
    await updateIndex(context)
    const rows = await askService(
      () =>
        context.services.index.findReferences(
          { name, limit, ...(path === undefined ? {} : { path }) },
          context.signal,
        ),
      { what: 'The symbol index', instead: `use grep for ${name} instead` },
    )
    const data = rows.map(referenceData)
    if (rows.length === 0) return { content: `Nothing uses ${name}; grep finds it as text.`, data }
    const more =
      rows.length === limit ? [`[the first ${plural(limit, 'use')}; raise limit or narrow]`] : []
    const lines = [...byFile(rows), ...more]
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
  },
}

/** A reference as programs read it. */
export function referenceData({ path, ...row }: ReferenceRow): JsonObject {
  return { file: path, ...row }
}

function byFile(rows: readonly ReferenceRow[]): string[] {
  const lines: string[] = []
  let file = ''
  for (const row of rows) {
    if (row.path !== file) lines.push(row.path)
    file = row.path
    const enclosing = row.enclosing === '' ? '' : ` in ${row.enclosing}`
    lines.push(`  ${row.line} ${row.kind}${enclosing}: ${row.text}`)
  }
  return lines
}
