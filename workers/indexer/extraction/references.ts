/** The uses of a file as rows: which are worth a row, and which definition encloses each. */
import type { Reference } from './extraction.ts'
import type { Found } from './found.ts'
import type { Language } from './languages.ts'
import type { Nested } from './nest.ts'
import type { SyntaxTree } from './syntax-tree.ts'

/** Uses of names that this file neither defines nor imports are local variables, as good as always: left out. */
export function referencesOf(
  language: Language,
  tree: SyntaxTree,
  found: Found,
  definitions: Nested,
): Reference[] {
  const known = new Set<string>()
  for (const { name, kind } of definitions.rows)
    if (language.bareMembers || (kind !== 'property' && kind !== 'method')) known.add(name)
  for (const reference of found.references.values())
    if (reference.kind === 'import') known.add(reference.name)
  const sorted = [...found.references.values()].sort((a, b) => a.start - b.start)
  const rows: Reference[] = []
  const seen = new Set<string>()
  const enclosing = createFinder(definitions)
  for (const { name, kind, start, receiver } of sorted) {
    if (definitions.nameStarts.has(start)) continue
    if (kind === 'use' && !isTelling(name, receiver, known)) continue
    const line = tree.lineAt(start)
    // One row a line and kind for each receiver; a plain use says nothing that another kind does not.
    const place = `${line} ${name} ${receiver}`
    const key = `${place} ${kind}`
    if (seen.has(key) || (kind === 'use' && seen.has(place))) continue
    seen.add(key).add(place)
    const column = tree.columnAt(start)
    rows.push({ name, kind, line, column, receiver, enclosing: enclosing(start) })
  }
  return rows
}

/** Every member is told but the one of each array; without a dot, what is known here or looks like a type. */
function isTelling(name: string, receiver: string, known: ReadonlySet<string>): boolean {
  return receiver === '' ? known.has(name) || /^\p{Lu}/u.test(name) : name !== 'length'
}

/** The innermost definition around places that are asked for in order; -1 for none. */
function createFinder(definitions: Nested): (start: number) => number {
  const open: Nested['spans'] = []
  let next = 0
  return (start) => {
    for (let span = definitions.spans[next]; span && span.start <= start; ) {
      while (open.length > 0 && (open.at(-1)?.end ?? 0) <= span.start) open.pop()
      open.push(span)
      span = definitions.spans[++next]
    }
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= start) open.pop()
    return open.at(-1)?.index ?? -1
  }
}
