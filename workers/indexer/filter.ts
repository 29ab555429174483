/** What every query of the index shares: the limit on rows and the restriction to a path. */

/** More rows than anyone reads; a limit above it is cut. */
export const maxRows = 10_000

export interface Filter {
  sql: string
  values: (string | number)[]
}

/** A file, or what lies below a directory; `0` is the character after `/`, so that the index on paths answers. */
export function pathFilter(path: string | undefined): Filter {
  const clean = cleanPath(path)
  if (clean === '') return { sql: '', values: [] }
  return {
    sql: ' AND (f.path = ? OR (f.path >= ? AND f.path < ?))',
    values: [clean, `${clean}/`, `${clean}0`],
  }
}

/** The same judgement for a row at hand. */
export function isBelow(path: string, filter: string | undefined): boolean {
  const clean = cleanPath(filter)
  return clean === '' || path === clean || path.startsWith(`${clean}/`)
}

export function cleanPath(path: string | undefined): string {
  return (path ?? '').replace(/^\.(?:\/|$)/, '').replace(/\/+$/, '')
}

export function clampLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.min(Math.max(0, Math.floor(limit)), maxRows) : maxRows
}
