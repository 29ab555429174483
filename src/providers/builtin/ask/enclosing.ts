/** Names the definition around a use, where the index did not. */
import type { SymbolEntry, UseRow } from '../results.ts'

/** The innermost definition around each use, where an outline of its file is at hand. */
export function withEnclosing(uses: readonly UseRow[], outline: readonly SymbolEntry[]): UseRow[] {
  return uses.map((use) => {
    if (use.enclosing !== '') return use
    const around = outline
      .filter(
        (row) =>
          row.file === use.file &&
          row.line <= use.line &&
          row.end >= use.line &&
          row.kind !== 'variable',
      )
      .sort((a, b) => a.end - a.line - (b.end - b.line))[0]
    if (!around || around.line === use.line) return use
    return {
      ...use,
      enclosing: around.container === '' ? around.name : `${around.container}.${around.name}`,
    }
  })
}
