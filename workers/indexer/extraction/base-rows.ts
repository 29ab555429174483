/** What types extend, implement and mix in, as rows: each with the definition that says so. */
import type { Base } from './extraction.ts'
import type { Found } from './found.ts'
import type { Language } from './languages.ts'
import { type Nested, typeKinds } from './nest.ts'
import type { SyntaxTree } from './syntax-tree.ts'

export function basesOf(
  language: Language,
  tree: SyntaxTree,
  found: Found,
  nested: Nested,
): Base[] {
  const rows: Base[] = []
  for (const base of found.bases) {
    const line = tree.lineAt(base.start)
    const row = { name: base.name, holder: base.holder, kind: base.kind, line }
    if (base.subject !== '') {
      const subject = language.container?.(base.subject).name ?? base.subject
      const definition = nested.rows.findIndex(
        (other) => other.name === subject && typeKinds.has(other.kind),
      )
      if (subject !== '') rows.push({ ...row, definition, subject: definition < 0 ? subject : '' })
      continue
    }
    const type = nested.spans.findLast(
      (span) =>
        span.start <= base.start &&
        span.end > base.start &&
        typeKinds.has(nested.rows[span.index]?.kind ?? 'variable'),
    )
    // In the body of a class, the head is that of a class without a name.
    if (!type || (!base.inside && type.bodyStart >= 0 && base.start >= type.bodyStart)) continue
    const kind = language.baseKind?.(base.name, nested.rows[type.index]?.kind) ?? base.kind
    rows.push({ ...row, kind, definition: type.index, subject: '' })
  }
  return rows
}
