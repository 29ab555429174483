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
import type { Node, QueryMatch } from 'web-tree-sitter'
import type { ReferenceKind, SymbolKind } from '../../src/contract/services.ts'
import { type DocSources, docOf, plainDoc } from './doc-comment.ts'
import type { Language } from './languages.ts'
import { signatureOf } from './signature.ts'

export interface Definition {
  name: string
  kind: SymbolKind
  /** 1-based, inclusive. */
  line: number
  endLine: number
  container: string
  signature: string
  exported: boolean
  doc: string
  /** Inside a test module of its own file (Rust). */
  test: boolean
}

export interface Reference {
  name: string
  kind: ReferenceKind
  line: number
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

interface Span {
  start: number
  end: number
}

interface Draft extends Span {
  line: number
  endLine: number
  name: string
  nameStart: number
  kind: SymbolKind | 'scope'
  bodyStart: number
  containerText?: string
  public: boolean
}

interface Found {
  drafts: Map<string, Draft>
  exportedStarts: Set<number>
  exportedNames: Set<string>
  docs: Map<number, string>
  sources: DocSources
  references: Map<number, { name: string; kind: ReferenceKind; line: number }>
  imports: Map<number, Import>
}

/** When one definition matches several patterns, the more telling kind stays. */
const kindRank: Record<SymbolKind | 'scope', number> = {
  scope: 9,
  class: 8,
  struct: 8,
  interface: 8,
  trait: 8,
  enum: 8,
  method: 7,
  function: 6,
  module: 6,
  macro: 5,
  property: 4,
  type: 3,
  constant: 2,
  variable: 1,
}
const referenceRank: Record<ReferenceKind, number> = {
  inherit: 5,
  import: 4,
  call: 3,
  type: 2,
  use: 1,
}
const minorLines = 3

export function extract(language: Language, text: string, matches: QueryMatch[]): Extraction {
  const found: Found = {
    drafts: new Map(),
    exportedStarts: new Set(),
    exportedNames: new Set(),
    docs: new Map(),
    sources: { text, comments: new Map(), attributes: new Map() },
    references: new Map(),
    imports: new Map(),
  }
  for (const match of matches) collect(match, text, found)
  const definitions = nest(language, text, found)
  return {
    definitions: definitions.rows,
    references: references(found, definitions),
    imports: imports(language, found),
  }
}

function collect(match: QueryMatch, text: string, found: Found): void {
  const captures = match.captures
  const first = captures[0]
  if (!first) return
  if (captures.length === 1 && first.name.startsWith('ref.')) {
    addReference(first.node, first.name.slice(4) as ReferenceKind, text, found)
    return
  }
  let definition: { node: Node; kind: SymbolKind | 'scope'; minor: boolean } | undefined
  let name: Node | undefined
  let body: Node | undefined
  let container: Node | undefined
  let documented: Node | undefined
  let isPublic = false
  let importNode: Node | undefined
  const importNames: string[] = []
  for (const { name: capture, node } of captures) {
    if (capture.startsWith('ref.')) {
      addReference(node, capture.slice(4) as ReferenceKind, text, found)
    } else if (capture.startsWith('def.') || capture.startsWith('minor.')) {
      const kind = capture.slice(capture.indexOf('.') + 1) as SymbolKind
      definition = { node, kind, minor: capture.startsWith('minor.') }
    } else {
      switch (capture) {
        case 'name':
          name = node
          break
        case 'body':
          body = node
          break
        case 'container':
          container = node
          break
        case 'scope':
          definition = { node, kind: 'scope', minor: false }
          break
        case 'scope.public':
          definition = { node, kind: 'scope', minor: false }
          isPublic = true
          break
        case 'exported':
          found.exportedStarts.add(node.startIndex)
          break
        case 'exported.name':
          found.exportedNames.add(textOf(node, text))
          break
        case 'documented':
          documented = node
          break
        case 'doc':
          if (documented) found.docs.set(documented.startIndex, plainDoc(textOf(node, text)))
          break
        case 'comment':
          addLines(found.sources.comments, node)
          break
        case 'attribute':
          addLines(found.sources.attributes, node)
          break
        case 'import':
          importNode = node
          break
        case 'import.name':
          importNames.push(textOf(node, text))
          break
      }
    }
  }
  if (importNode) addImport(importNode, importNames, text, found)
  if (definition) addDraft(definition, { name, body, container, isPublic }, text, found)
}

function addDraft(
  definition: { node: Node; kind: SymbolKind | 'scope'; minor: boolean },
  parts: {
    name: Node | undefined
    body: Node | undefined
    container: Node | undefined
    isPublic: boolean
  },
  text: string,
  found: Found,
): void {
  const { node, kind } = definition
  const start = node.startIndex
  // `@scope.public` has no name of its own: it marks the scope that starts at the same place.
  const key = kind === 'scope' ? `scope ${start}` : `${parts.name?.startIndex ?? start}`
  const before = found.drafts.get(key)
  if (before && kind === 'scope') {
    before.public ||= parts.isPublic
    if (parts.name) before.name = textOf(parts.name, text)
    return
  }
  if (before && kindRank[kind] <= kindRank[before.kind]) return
  if (kind !== 'scope' && !parts.name) return
  const end = node.endIndex
  const line = node.startPosition.row + 1
  const endPosition = node.endPosition
  const endLine = Math.max(line, endPosition.column === 0 ? endPosition.row : endPosition.row + 1)
  if (definition.minor && endLine - line + 1 < minorLines) return
  found.drafts.set(key, {
    start,
    end,
    line,
    endLine,
    name: parts.name ? cleanName(textOf(parts.name, text)) : '',
    nameStart: parts.name?.startIndex ?? -1,
    kind,
    bodyStart: parts.body ? parts.body.startIndex : -1,
    ...(parts.container ? { containerText: textOf(parts.container, text) } : {}),
    public: parts.isPublic,
  })
}

function addReference(node: Node, kind: ReferenceKind, text: string, found: Found): void {
  const start = node.startIndex
  const before = found.references.get(start)
  if (before && referenceRank[before.kind] >= referenceRank[kind]) return
  if (before) before.kind = kind
  else {
    const name = textOf(node, text)
    if (name.length <= 200)
      found.references.set(start, { name, kind, line: node.startPosition.row + 1 })
  }
}

function addImport(node: Node, names: string[], text: string, found: Found): void {
  const before = found.imports.get(node.startIndex)
  if (before) before.names.push(...names)
  else {
    const specifier = textOf(node, text).replace(/^["'<]|["'>]$/g, '')
    if (specifier.length <= 2_000)
      found.imports.set(node.startIndex, { specifier, names, line: node.startPosition.row + 1 })
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
      container: named.container,
      signature,
      exported,
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
    rows.push({ ...reference, enclosing: open.at(-1)?.index ?? -1 })
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

function addLines(map: Map<number, Span & { startRow: number }>, node: Node): void {
  const end = node.endPosition
  const endRow = end.column === 0 && end.row > node.startPosition.row ? end.row - 1 : end.row
  map.set(endRow, { start: node.startIndex, end: node.endIndex, startRow: node.startPosition.row })
}

function textOf(node: Node, text: string): string {
  return text.slice(node.startIndex, node.endIndex)
}

/** `'quoted key'`, `:symbol`, `operator ==` as one plain name. */
function cleanName(name: string): string {
  return name
    .replace(/^(['"`:])(.*?)['"`]?$/s, '$2')
    .replace(/\s+/g, ' ')
    .slice(0, 200)
}
