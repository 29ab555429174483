/** Puts definitions into each other by position: their containers, visibility and docs follow from that. */
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import { accessOf } from './access.ts'
import { docOf } from './doc-comment.ts'
import type { Base, Definition } from './extraction.ts'
import type { Draft, Found, Span } from './found.ts'
import type { Language } from './languages.ts'
import { finalKind, type Named, nameAndContainer } from './names.ts'
import { headOf, signatureOf } from './signature.ts'
import type { SyntaxTree } from './syntax-tree.ts'
import type { Container, VisibilityFacts } from './visibility.ts'

export interface Nested {
  rows: Definition[]
  /** In order of their start; `index` is that of the row. */
  spans: (Span & { index: number; bodyStart: number })[]
  nameStarts: Set<number>
  bases: Base[]
}

export const typeKinds: ReadonlySet<SymbolKind> = new Set([
  'class',
  'struct',
  'interface',
  'trait',
  'enum',
  'type',
  'module',
])

interface OpenSpan extends Span, Container {
  path: string
  test: boolean
}

/** Containers by position: sorted by start, each definition's parent is the nearest one still open. */
export function nest(language: Language, tree: SyntaxTree, found: Found): Nested {
  const { text } = tree
  const drafts = [...found.drafts.values()].sort((a, b) => a.start - b.start || b.end - a.end)
  const rows: Definition[] = []
  const spans: Nested['spans'] = []
  const derived: Base[] = []
  const nameStarts = new Set<number>()
  const open: OpenSpan[] = []
  const accessFor = accessOf(tree, found.accesses)
  const hasList = found.exportedNames.size > 0
  for (const draft of drafts) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= draft.start) open.pop()
    const parent = parentOf(draft, draft.kind === language.global ? [] : open)
    if (draft.lifted && !parent) continue
    const named = nameAndContainer(language, draft, parent?.path ?? '')
    const path = named.container ? `${named.container}.${named.name}` : named.name
    if (
      draft.lifted &&
      rows.some((row) => row.name === named.name && row.container === named.container)
    )
      continue
    if (draft.kind === 'scope') {
      const scope = language.container?.(draft.name).name ?? draft.name
      open.push({
        start: draft.start,
        end: draft.end,
        path: [parent?.path, scope].filter(Boolean).join('.'),
        kind: draft.scope === 'hidden' ? 'module' : 'scope',
        exported:
          draft.scope === 'public' ||
          (language.scopesExport === true && (parent?.exported ?? true)),
        visibility: draft.scope === 'public' ? 'public' : 'private',
        head: '',
        test: parent?.test ?? false,
      })
      continue
    }
    nameStarts.add(draft.nameStart + named.offset)
    const signature = signatureOf(text, draft)
    const kind = finalKind(language, draft.kind, parent?.kind, {
      name: named.name,
      signature,
      hasContainer: named.container !== '',
      qualified: named.qualified === true,
    })
    const above = docOf(found.sources, draft.line - 1)
    const facts: VisibilityFacts = {
      name: named.name,
      kind,
      head: headOf(text, draft),
      listed:
        named.exported ||
        found.exportedStarts.has(draft.statementStart) ||
        found.exportedNames.has(named.name) ||
        /\bmacro_export\b/.test(above.attributes),
      hasList,
      access: accessFor(draft),
      declared: named.qualified ? declaredVisibility(rows, named) : undefined,
      parent,
    }
    const isLocal = !named.exported && (parent?.kind === 'function' || parent?.kind === 'method')
    const visibility = isLocal ? 'private' : language.visibility(facts)
    const exported =
      !isLocal &&
      (named.exported ||
        (language.open.includes(visibility) &&
          (parent === undefined || parent.exported || language.ownExport === true)))
    const test =
      (parent?.test ?? false) || /\b(?:cfg\(test\)|test\]|bench\])/.test(above.attributes)
    for (const name of typeKinds.has(kind) ? (language.derived?.(above.attributes) ?? []) : [])
      derived.push({
        name,
        holder: '',
        kind: 'mixin',
        line: draft.line,
        definition: rows.length,
        subject: '',
      })
    spans.push({
      start: draft.start,
      end: draft.end,
      index: rows.length,
      bodyStart: draft.bodyStart,
    })
    rows.push({
      name: named.name,
      kind,
      line: draft.line,
      endLine: draft.endLine,
      nameLine: draft.nameLine,
      nameColumn: draft.nameColumn + named.offset,
      container: named.container,
      signature,
      exported,
      visibility,
      doc: found.docs.get(draft.start) ?? above.doc,
      test,
    })
    if (draft.end > draft.start)
      open.push({
        start: draft.start,
        end: draft.end,
        path,
        kind,
        exported,
        visibility,
        head: facts.head,
        test,
      })
  }
  return {
    rows,
    spans,
    nameStarts,
    bases: derived,
  }
}

function parentOf(draft: Draft, open: readonly OpenSpan[]): OpenSpan | undefined {
  if (draft.lifted)
    return open.findLast((span) => span.kind === 'scope' || typeKinds.has(span.kind))
  // What shares its declaration (`int a, b;`) is beside it, not in it.
  return open.findLast((span) => span.start !== draft.start || span.end !== draft.end)
}

/** A member that is defined outside its class is as visible as it was declared inside. */
function declaredVisibility(rows: Definition[], named: Named) {
  return rows.find(
    (row) =>
      row.name === named.name &&
      (row.container === named.container || row.container.endsWith(`.${named.container}`)),
  )?.visibility
}
