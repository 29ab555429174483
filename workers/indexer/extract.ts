/**
 * Turns the matches of a language's query into definitions, references and imports. The captures mean:
 *   @def.KIND with @name, @body, @container   a definition; the same node may give several names
 *   @minor.KIND                               a definition only when it has at least three lines
 *   @scope, @scope.public with @name          names the container of what is inside, but is no definition itself
 *   @exported, @exported.name                 the declaration at this place, or of this name, is exported
 *   @documented with @doc                     a doc text inside the definition (docstring)
 *   @comment, @attribute                      what may stand above a definition
 *   @ref.KIND                                 a use of the captured name
 *   @import with @import.name                 where an import takes from, and what
 */
import type { QueryMatch } from 'web-tree-sitter'
import type { ReferenceKind } from '../../src/contract/index-service.ts'
import type { SymbolKind, SymbolRow } from '../../src/contract/symbol.ts'
import { collectMatches, type Draft, type Found, type Span } from './collect.ts'
import { docOf } from './doc-comment.ts'
import type { Language } from './languages.ts'
import { signatureOf } from './signature.ts'

export interface Definition extends Omit<SymbolRow, 'path'> {
  /** Inside a test module of its own file (Rust). */
  test: boolean
}

export interface Reference {
  name: string
  kind: ReferenceKind
  line: number
  column: number
  /** What stands before the dot; empty for none. */
  receiver: string
  /** Index in `definitions`; -1 at top level. */
  enclosing: number
}

export interface Import {
  specifier: string
  names: string[]
  line: number
}

export interface Extraction {
  definitions: Definition[]
  references: Reference[]
  imports: Import[]
}

export function extract(language: Language, text: string, matches: QueryMatch[]): Extraction {
  const found = collectMatches(text, matches)
  const definitions = nest(language, text, found)
  return {
    definitions: definitions.rows,
    references: references(found, definitions),
    imports: imports(language, found),
  }
}

/** Containers by position: sorted by start, each definition's parent is the nearest one still open. */
function nest(language: Language, text: string, found: Found) {
  const drafts = [...found.drafts.values()].sort((a, b) => a.start - b.start || b.end - a.end)
  const rows: Definition[] = []
  const spans: (Span & { index: number })[] = []
  const open: (Span & {
    path: string
    kind: SymbolKind | 'scope'
    exported: boolean
    test: boolean
  })[] = []
  for (const draft of drafts) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= draft.start) open.pop()
    const parent = open.at(-1)
    const named = nameAndContainer(language, draft, parent?.path ?? '')
    const path = named.container ? `${named.container}.${named.name}` : named.name
    if (draft.kind === 'scope') {
      const scope = language.container?.(draft.name).name ?? draft.name
      const scopePath = parent?.path ? `${parent.path}.${scope}` : scope
      open.push({
        start: draft.start,
        end: draft.end,
        path: scopePath,
        kind: 'scope',
        exported: draft.public,
        test: parent?.test ?? false,
      })
      continue
    }
    const signature = signatureOf(text, draft)
    const kind = finalKind(language, draft.kind, parent?.kind, {
      name: named.name,
      signature,
      hasContainer: named.container !== '',
      qualified: named.qualified === true,
    })
    const above = docOf(found.sources, draft.line - 1)
    const listed =
      found.exportedStarts.has(draft.start) ||
      found.exportedNames.has(named.name) ||
      /\bmacro_export\b/.test(above.attributes)
    const exported =
      named.exported ||
      language.exported({
        name: named.name,
        kind,
        signature,
        listed,
        hasList: found.exportedNames.size > 0,
        parent,
      })
    const test =
      (parent?.test ?? false) || /\b(?:cfg\(test\)|test\]|bench\])/.test(above.attributes)
    spans.push({ start: draft.start, end: draft.end, index: rows.length })
    rows.push({
      name: named.name,
      kind,
      line: draft.line,
      endLine: draft.endLine,
      nameLine: draft.nameLine,
      nameColumn: draft.nameColumn,
      container: named.container,
      signature,
      exported,
      visibility: exported ? 'public' : 'private',
      doc: found.docs.get(draft.start) ?? above.doc,
      test,
    })
    if (draft.end > draft.start)
      open.push({ start: draft.start, end: draft.end, path, kind, exported, test })
  }
  return { rows, spans, nameStarts: new Set(drafts.map((draft) => draft.nameStart)) }
}

function nameAndContainer(
  language: Language,
  draft: Draft,
  parentPath: string,
): { name: string; container: string; exported: boolean; qualified?: boolean } {
  if (draft.containerText !== undefined && language.container) {
    const container = language.container(draft.containerText)
    return {
      name: draft.name,
      container: container.name || parentPath,
      exported: container.exported === true && parentPath === '',
    }
  }
  // `ns::Class::method` of C++ names its container itself.
  const cut = draft.name.lastIndexOf('::')
  if (cut > 0 && language.id === 'cpp') {
    const own = draft.name.slice(0, cut).replaceAll('::', '.')
    return {
      name: draft.name.slice(cut + 2),
      container: parentPath ? `${parentPath}.${own}` : own,
      exported: false,
      qualified: true,
    }
  }
  return { name: draft.name, container: parentPath, exported: false }
}

function finalKind(
  language: Language,
  kind: SymbolKind,
  parent: SymbolKind | 'scope' | undefined,
  facts: { name: string; signature: string; hasContainer: boolean; qualified: boolean },
): SymbolKind {
  const inType =
    parent === 'scope' ||
    parent === 'class' ||
    parent === 'struct' ||
    parent === 'trait' ||
    parent === 'interface' ||
    parent === 'enum'
  const owned = facts.qualified || (facts.hasContainer && parent === undefined)
  if (kind === 'function' && (inType || owned)) return 'method'
  if (kind === 'method' && !facts.hasContainer) return 'function'
  return language.kind?.(kind, facts) ?? kind
}

/** Uses of names that this file neither defines nor imports are local variables, as good as always: left out. */
function references(found: Found, definitions: ReturnType<typeof nest>): Reference[] {
  const known = new Set(definitions.rows.map((row) => row.name))
  for (const reference of found.references.values())
    if (reference.kind === 'import') known.add(reference.name)
  const sorted = [...found.references].sort((a, b) => a[0] - b[0])
  const rows: Reference[] = []
  const seen = new Set<string>()
  const open: (Span & { index: number })[] = []
  let next = 0
  for (const [start, reference] of sorted) {
    if (definitions.nameStarts.has(start)) continue
    if (reference.kind === 'use' && !known.has(reference.name) && !/^\p{Lu}/u.test(reference.name))
      continue
    // One row a line and kind; a plain use says nothing that another kind does not.
    const place = `${reference.line} ${reference.name}`
    const key = `${place} ${reference.kind}`
    if (seen.has(key) || (reference.kind === 'use' && seen.has(place))) continue
    seen.add(key).add(place)
    for (let span = definitions.spans[next]; span && span.start <= start; ) {
      while (open.length > 0 && (open.at(-1)?.end ?? 0) <= span.start) open.pop()
      open.push(span)
      span = definitions.spans[++next]
    }
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= start) open.pop()
    rows.push({ ...reference, receiver: '', enclosing: open.at(-1)?.index ?? -1 })
  }
  return rows
}

function imports(language: Language, found: Found): Import[] {
  return [...found.imports.values()].flatMap((row) =>
    language.expandImport
      ? language
          .expandImport(row.specifier, row.names)
          .map((expanded) => ({ ...expanded, line: row.line }))
      : [row],
  )
}
