/** What every query of the index shares: the limit on rows and the restriction to a path. */

/** More rows than anyone reads; a limit above it is cut. */
export const maxRows = 10_000

export interface Filter {
  sql: string
  values: (string | number)[]
}

export function pathFilter(path: string | undefined): Filter {
  const clean = (path ?? '').replace(/^\.\/?/, '').replace(/\/+$/, '')
  if (clean === '') return { sql: '', values: [] }
  return {
    sql: ' AND (f.path = ? OR substr(f.path, 1, ?) = ?)',
    values: [clean, clean.length + 1, `${clean}/`],
  }
}

export function clampLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.min(Math.max(0, Math.floor(limit)), maxRows) : maxRows
}
