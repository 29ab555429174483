/** What the code-knowledge tools share: fresh indexes before a question, and failures that name the way round. */
import { CodiError, toCodiError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { oneLine } from '../../base/text.ts'
import type { SymbolRow } from '../../contract/symbol.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { findPlace } from '../search/search-place.ts'

/**
 * What `ask` answers. A service that fails becomes a CodiError that names `instead`; what the caller got wrong, and an
 * interrupt, stay what they are.
 */
export async function askService<T>(
  ask: () => Promise<T>,
  options: { what: string; instead: string },
): Promise<T> {
  try {
    return await ask()
  } catch (thrown) {
    const error = toCodiError(thrown)
    if (callersOwn.has(error.kind)) throw error
    throw new CodiError(
      error.kind,
      `${options.what} is not available now (${oneLine(error.message, 300)}); ${options.instead}`,
      { cause: thrown },
    )
  }
}

const callersOwn: ReadonlySet<CodiError['kind']> = new Set([
  'cancelled',
  'invalid',
  'not_found',
  'unsupported',
  'outside',
])

/** The index follows the files on disk. */
export function updateIndex(context: ToolContext): Promise<unknown> {
  return askService(() => context.services.index.update({}, context.signal), {
    what: 'The symbol index',
    instead: 'use grep and read_file instead',
  })
}

/** A question to the index, with the way round where it fails. */
export function askIndex<T>(ask: () => Promise<T>): Promise<T> {
  return askService(ask, { what: 'The symbol index', instead: 'use grep and read_file instead' })
}

/** `path` as the index names it: relative to the root; undefined for all of it. */
export async function indexedPath(
  context: ToolContext,
  path: string | undefined,
): Promise<string | undefined> {
  const place = await findPlace(context, path)
  const shown = context.workspace.display(place.absolute)
  if (shown === '.' || shown === '') return undefined
  if (isBelowRoot(context, place.absolute)) return shown
  throw new CodiError(
    'unsupported',
    `${shown} is not in the index, which holds only ${context.workspace.root}; use grep there`,
  )
}

function isBelowRoot(context: ToolContext, absolute: string): boolean {
  return absolute !== context.workspace.root && context.workspace.display(absolute) !== absolute
}

/** A symbol as programs read it. */
export function symbolData(row: SymbolRow): JsonObject {
  return {
    file: row.path,
    name: row.name,
    kind: row.kind,
    line: row.line,
    end: row.endLine,
    container: row.container,
    signature: row.signature,
    exported: row.exported,
    doc: row.doc,
  }
}

/** `12-40`, or `12` for a single line. */
export function lineRange(line: number, endLine: number): string {
  return endLine > line ? `${line}-${endLine}` : `${line}`
}
