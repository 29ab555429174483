/** The definitions that a question about a name starts from. */
import { isBelow } from '../filter.ts'
import { splitQualified } from '../find.ts'
import type { GraphReader } from './reader.ts'
import type { GraphSymbol } from './rows.ts'

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
  const direct = reader.symbolsNamed(whole, query.path).filter(below)
  if (direct.length > 0) return ordered(direct)
  if (container === '') return ordered(reader.symbolsNamed(name, query.path).filter(below))
  const found = new Map<number, GraphSymbol>()
  const add = (rows: readonly GraphSymbol[]) => {
    for (const row of rows)
      if (below(row) && endsWithContainer(row.container, container)) found.set(row.id, row)
  }
  add(reader.symbolsNamed(name, query.path))
  // A common name is cut: what its container's files define is looked up too.
  for (const holder of reader.symbolsNamed(container.split('.').at(-1) ?? ''))
    add(reader.symbolsNamedIn(holder.fileId, name))
  return ordered([...found.values()])
}

function ordered(rows: readonly GraphSymbol[]): GraphSymbol[] {
  return withBodies(rows).sort(
    (a, b) =>
      Number(a.test) - Number(b.test) ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  )
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
