/** First pass over a query's matches: what each capture says, gathered by place; see extract.ts for the captures. */
import type { Node, QueryMatch } from 'web-tree-sitter'
import type { ReferenceKind } from '../../src/contract/index-service.ts'
import type { SymbolKind } from '../../src/contract/symbol.ts'
import { type DocSources, plainDoc } from './doc-comment.ts'

export interface Span {
  start: number
  end: number
}

export interface Draft extends Span {
  line: number
  endLine: number
  name: string
  nameStart: number
  nameLine: number
  nameColumn: number
  kind: SymbolKind | 'scope'
  bodyStart: number
  containerText?: string
  public: boolean
}

export interface Found {
  drafts: Map<string, Draft>
  exportedStarts: Set<number>
  exportedNames: Set<string>
  docs: Map<number, string>
  sources: DocSources
  references: Map<number, { name: string; kind: ReferenceKind; line: number; column: number }>
  imports: Map<number, { specifier: string; names: string[]; line: number }>
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

export function collectMatches(text: string, matches: QueryMatch[]): Found {
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
  return found
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
    nameLine: (parts.name ?? node).startPosition.row + 1,
    nameColumn: (parts.name ?? node).startPosition.column + 1,
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
      found.references.set(start, {
        name,
        kind,
        line: node.startPosition.row + 1,
        column: node.startPosition.column + 1,
      })
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
