/**
 * Where a name that is read somewhere is defined: by scope, imports and types as the index knows them, and at a
 * position by the language server too, whose word counts when it comes in time.
 */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { DefinitionRow, IndexService } from '../../contract/index-service.ts'
import type { LspLocation } from '../../contract/lsp-service.ts'
import type { SymbolRow } from '../../contract/symbol.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { openExistingText } from '../files/file-text.ts'
import { findPlace } from '../search/search-place.ts'
import { findCodePlaces } from './code-place.ts'
import text from './goto-definition.md' with { type: 'text' }
import { askIndex, indexedPath, symbolData, updateIndex } from './search-services.ts'
import { noSuchSymbol, symbolLine } from './symbol-names.ts'

const input = Type.Object({
  name: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
})

/** A server that is not up by then is not waited for: the index has answered. */
const serverWaitMs = 3_000
const maxShown = 20

const hows: Readonly<Record<string, string>> = {
  local: 'in scope',
  imported: 'imported',
  package: 'same package',
  member: 'member',
  name: 'only the name agrees',
} satisfies Record<DefinitionRow['how'], string>

export const gotoDefinition: Tool<typeof input> = {
  name: 'goto_definition',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const hasPosition = given.path !== undefined && given.line !== undefined
    if (!hasPosition && !given.name?.trim())
      throw new CodiError('invalid', 'Give name, or path and line with column')
    await updateIndex(context)
    const found =
      given.path !== undefined && given.line !== undefined
        ? await fromPosition(context, { ...given, path: given.path, line: given.line })
        : await fromName(context, given)
    const { rows, heading } = found
    if (rows.length === 0) return { content: found.nothing, data: [] }
    // Who gives a name alone knows that it is the name that agrees.
    const shown = rows
      .slice(0, maxShown)
      .map((row) =>
        symbolLine(row, given.path === undefined && row.how === 'name' ? '' : hows[row.how]),
      )
    const lines = [...(heading === '' ? [] : [heading]), ...shown]
    if (rows.length > maxShown) lines.push(`[${rows.length - maxShown} more; give path and line]`)
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data: rows.map(rowData) }
  },
}

interface Found {
  rows: (SymbolRow & { how: string })[]
  /** Who says so. */
  heading: string
  nothing: string
}

async function fromName(context: ToolContext, given: Static<typeof input>): Promise<Found> {
  const name = given.name?.trim() ?? ''
  const path = await indexedPath(context, given.path)
  const { index } = context.services
  const { signal } = context
  const rows = await askIndex(() =>
    index.findDefinitions({ name, limit: 50, ...(path === undefined ? {} : { path }) }, signal),
  )
  const asked = { name, what: 'definition' }
  const nothing = rows.length > 0 ? '' : await askIndex(() => noSuchSymbol(index, asked, signal))
  return { rows, heading: '', nothing }
}

async function fromPosition(
  context: ToolContext,
  given: Static<typeof input> & { path: string; line: number },
): Promise<Found> {
  const { index, lsp } = context.services
  const { signal } = context
  const path = await indexedPath(context, given.path)
  if (path === undefined) throw new CodiError('invalid', `${given.path} is a directory`)
  const [place] = await findCodePlaces(context, given)
  if (!place || place.word === '')
    throw new CodiError('not_found', `No name stands at ${path}:${given.line}; give column or name`)
  const at = { path, line: place.line, column: place.column, waitMs: serverWaitMs }
  const asked = lsp.definition(at, signal).catch(() => undefined)
  const name = await qualifiedAt(context, place)
  const known = await askIndex(() =>
    index.findDefinitions({ name, path, line: place.line, limit: 50 }, signal),
  )
  const answer = await asked
  if (answer?.state === 'ok' && answer.value.length > 0) {
    const rows = await Promise.all(answer.value.map((row) => symbolAt(index, row, signal)))
    return { rows, heading: `${place.word}, by ${answer.server}:`, nothing: '' }
  }
  const symbol = { name: place.word, what: 'definition' }
  const nothing = known.length > 0 ? '' : await askIndex(() => noSuchSymbol(index, symbol, signal))
  return { rows: known, heading: `${name}, by the index:`, nothing }
}

/** The word with what stands before its dot. */
async function qualifiedAt(
  context: ToolContext,
  place: { path: string; line: number; column: number; word: string },
): Promise<string> {
  const { absolute } = await findPlace(context, place.path)
  const file = await openExistingText(absolute, context)
  const line = file.text.split('\n')[place.line - 1] ?? ''
  // The column may lie inside the word.
  const start = line.lastIndexOf(place.word, place.column - 1)
  const before = /((?:[\p{L}\p{N}_$]+(?:\?\.|\.|::|->))+)$/u.exec(line.slice(0, Math.max(0, start)))
  return `${before?.[1] ?? ''}${place.word}`.replaceAll('?.', '.')
}

/** What the index knows of a place that a server named; the place itself where it knows nothing. */
async function symbolAt(
  index: IndexService,
  place: LspLocation,
  signal: AbortSignal,
): Promise<SymbolRow & { how: string }> {
  const rows = await index.outline({ path: place.path }, signal).catch((): SymbolRow[] => [])
  const row =
    rows.find((each) => each.nameLine === place.line && each.nameColumn === place.column) ??
    rows.find((each) => each.nameLine === place.line)
  if (row) return { ...row, path: place.path, how: 'server' }
  return {
    path: place.path,
    name: '',
    kind: 'variable',
    line: place.line,
    endLine: place.endLine,
    nameLine: place.line,
    nameColumn: place.column,
    container: '',
    signature: place.text,
    exported: false,
    visibility: 'private',
    doc: '',
    how: 'server',
  }
}

function rowData(row: SymbolRow & { how: string }): JsonObject {
  return { ...symbolData(row), how: row.how }
}
