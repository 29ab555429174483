/** The definitions that a question about a name starts from. */
import { isBelow } from '../filter.ts'
import { splitQualified } from '../find.ts'
import type { GraphReader, GraphSymbol } from './reader.ts'

/** A name with more definitions than this starts from the first of them. */
export const maxStarts = 30

/**
 * Definitions of exactly this name (`Class.method` narrows to the container), only below `path`; code before tests,
 * definitions with a body before declarations.
 */
export function startsNamed(
  reader: GraphReader,
  query: { name: string; path?: string | undefined },
  accept: (symbol: GraphSymbol) => boolean = () => true,
): GraphSymbol[] {
  const whole = query.name.trim()
  const { container, name } = splitQualified(whole)
  const below = (row: GraphSymbol) => isBelow(row.path, query.path) && accept(row)
  const direct = reader.symbolsNamed(whole).filter(below)
  const rows =
    direct.length > 0 || container === ''
      ? direct.length > 0
        ? direct
        : reader.symbolsNamed(name).filter(below)
      : reader
          .symbolsNamed(name)
          .filter((row) => below(row) && endsWithContainer(row.container, container))
  return withBodies(rows).sort((a, b) => Number(a.test) - Number(b.test))
}

/** `a.b.C` is meant by `b.C` and `C`. */
function endsWithContainer(own: string, asked: string): boolean {
  return own === asked || own.endsWith(`.${asked}`)
}

/** Without the declarations of headers, where the definition itself is there too. */
export function withBodies(rows: readonly GraphSymbol[]): GraphSymbol[] {
  const hasBody = new Set(
    rows
      .filter((row) => row.language === 'cpp' && !isDeclaration(row))
      .map((row) => `${row.container} ${row.name}`),
  )
  return rows.filter((row) => !isDeclaration(row) || !hasBody.has(`${row.container} ${row.name}`))
}

/** A prototype, or a member that a class only declares. */
export function isDeclaration(row: GraphSymbol): boolean {
  return row.language === 'cpp' && row.signature.trimEnd().endsWith(';')
}
