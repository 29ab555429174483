/**
 * Turns the matches of a language's query into definitions, references, bases and imports. The captures mean:
 *   @def.KIND with @name, @body, @container   a definition; the same node may give several names
 *   @own                                      the part of a shared declaration that is this definition
 *   @minor.KIND                               a definition only when it has at least three lines
 *   @member.KIND                              a definition inside a method that belongs to the type around it
 *   @rest.KIND                                a definition that holds all that follows it (namespace x;)
 *   @scope, .public, .hidden with @name       names the container of what is inside, but is no definition itself
 *   @exported, @exported.name                 the declaration at this place, or of this name, is exported
 *   @access with @target, @target.name        `private` and its like: for what follows, for a definition, for a name
 *   @documented with @doc                     a doc text inside the definition (docstring)
 *   @comment, @attribute                      what may stand above a definition
 *   @ref.KIND with @receiver                  a use of the captured name, and what stands before its dot
 *   @base.KIND, @embed.KIND with @subject     what a type extends, implements or mixes in: said in its head, in its
 *                                             body (embed), or elsewhere for @subject; also a reference
 *   @import with @import.name, .alias, .default, .all, .star, .relative, .prefix and @reexport
 *                                             where an import takes from, what, and whether it is given on
 */
import type { ReferenceKind } from '../../src/contract/index-service.ts'
import type { SymbolKind, SymbolRow } from '../../src/contract/symbol.ts'
import { accessOf } from './access.ts'
import { type BaseKind, collectMatches, type Draft, type Found, type Span } from './collect.ts'
import { docOf } from './doc-comment.ts'
import { type Import, importsOf } from './import-rows.ts'
import type { Language } from './languages.ts'
import { headOf, signatureOf } from './signature.ts'
import type { SyntaxTree } from './syntax-tree.ts'
import type { TreeQuery } from './tree-query.ts'
import type { Container, VisibilityFacts } from './visibility.ts'

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

export interface Base {
  name: string
  kind: BaseKind
  line: number
  /** Index in `definitions` of the type that says so; -1 when it is not defined in this file. */
  definition: number
  /** Name of that type when it is not defined in this file; else empty. */
  subject: string
}

export interface Extraction {
  definitions: Definition[]
  references: Reference[]
  bases: Base[]
  imports: Import[]
}

/** Undefined when it took too long. */
export function extract(
  language: Language,
  tree: SyntaxTree,
  query: TreeQuery,
  isOver: () => boolean,
): Extraction | undefined {
  const found = collectMatches(tree, query, isOver)
  if (!found) return undefined
  const nested = nest(language, tree, found)
  return {
    definitions: nested.rows,
    references: references(language, tree, found, nested),
    bases: [...nested.bases, ...bases(language, tree, found, nested)],
    imports: importsOf(language, found),
  }
}

interface Nested {
  rows: Definition[]
  /** In order of their start; `index` is that of the row. */
  spans: (Span & { index: number; bodyStart: number })[]
  nameStarts: Set<number>
  bases: Base[]
}

const typeKinds: ReadonlySet<SymbolKind> = new Set([
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
function nest(language: Language, tree: SyntaxTree, found: Found): Nested {
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
    const parent = draft.lifted
      ? open.findLast((span) => span.kind === 'scope' || typeKinds.has(span.kind))
      : // What shares its declaration (`int a, b;`) is beside it, not in it.
        open.findLast((span) => span.start !== draft.start || span.end !== draft.end)
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
      derived.push({ name, kind: 'mixin', line: draft.line, definition: rows.length, subject: '' })
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

interface Named {
  name: string
  container: string
  exported: boolean
  qualified?: boolean
  /** Of the name in what the draft says. */
  offset: number
}

function nameAndContainer(language: Language, draft: Draft, parentPath: string): Named {
  if (draft.containerText !== undefined && language.container) {
    const container = language.container(draft.containerText)
    return {
      name: draft.name,
      container: container.name || parentPath,
      exported: container.exported === true && parentPath === '',
      offset: 0,
    }
  }
  // `ns::Class::method` of C++ names its container itself.
  const cut = language.qualifier === undefined ? -1 : lastOutside(draft.name, language.qualifier)
  if (cut > 0 && language.qualifier !== undefined) {
    const own = draft.name.slice(0, cut).replace(/<.*?>/g, '').split(language.qualifier).join('.')
    return {
      name: draft.name.slice(cut + language.qualifier.length),
      container: parentPath ? `${parentPath}.${own}` : own,
      exported: false,
      qualified: true,
      offset: cut + language.qualifier.length,
    }
  }
  return { name: draft.name, container: parentPath, exported: false, offset: 0 }
}

/** Where the last `mark` stands that is in no `<…>` and not in `operator …`. */
function lastOutside(name: string, mark: string): number {
  const operator = name.search(/\boperator\b/)
  const end = operator < 0 ? name.length : operator
  let depth = 0
  for (let at = end - 1; at >= 0; at--) {
    if (name[at] === '>') depth++
    else if (name[at] === '<') depth--
    else if (depth === 0 && name.startsWith(mark, at) && at + mark.length <= end) return at
  }
  return -1
}

/** A member that is defined outside its class is as visible as it was declared inside. */
function declaredVisibility(rows: Definition[], named: Named) {
  return rows.find(
    (row) =>
      row.name === named.name &&
      (row.container === named.container || row.container.endsWith(`.${named.container}`)),
  )?.visibility
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
function references(
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
    // One row a line and kind; a plain use says nothing that another kind does not.
    const place = `${line} ${name}`
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

function bases(language: Language, tree: SyntaxTree, found: Found, nested: Nested): Base[] {
  const rows: Base[] = []
  for (const base of found.bases) {
    const line = tree.lineAt(base.start)
    const row = { name: base.name, kind: base.kind, line }
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
