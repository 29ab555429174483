/** Definitions as a match gives them; when several patterns match one, the more telling kind stays. */
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import type { Draft, Found, Said, Span } from './found.ts'
import type { SyntaxTree } from './syntax-tree.ts'

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
const minorLines = 3
export const maxNameChars = 200

export function addDraft(tree: SyntaxTree, said: Said, found: Found): void {
  const definition = said.def ?? said.minor ?? said.member ?? said.rest ?? said.scope
  if (!definition) return
  const { node } = definition
  const kind = said.scope ? 'scope' : (definition.more as SymbolKind)
  const { start, end } = spanOf(tree, node, said)
  const nameNode = said.name?.node
  const scope = (said.scope?.more ?? '') as Draft['scope']
  // `@scope.public` has no name of its own: it marks the scope that starts at the same place.
  const key =
    kind === 'scope' ? `scope ${start}` : `${nameNode === undefined ? start : tree.start[nameNode]}`
  const before = found.drafts.get(key)
  const name = nameNode === undefined ? '' : cleanName(tree.textOf(nameNode))
  if (before && kind === 'scope') {
    before.scope ||= scope
    if (name) before.name = name
    return
  }
  if (before && kindRank[kind] <= kindRank[before.kind]) return
  // A name that the parser only supposes, to go on after an error, is empty.
  if (kind !== 'scope' && name === '') return
  const line = tree.lineAt(start)
  const endLine = Math.max(line, tree.lineAt(Math.max(start, end - 1)))
  if (said.minor && endLine - line + 1 < minorLines) return
  const nameStart = tree.start[nameNode ?? node] ?? 0
  found.drafts.set(key, {
    node,
    start,
    end,
    line,
    endLine,
    name,
    nameStart: nameNode === undefined ? -1 : nameStart,
    nameLine: tree.lineAt(nameStart),
    nameColumn: tree.columnAt(nameStart),
    kind,
    bodyStart: bodyStartOf(tree, said),
    ...(said.container ? { containerText: tree.textOf(said.container.node) } : {}),
    scope,
    lifted: said.member !== undefined,
    statementStart: tree.start[node] ?? 0,
  })
}

/** Where the head ends; -1 when there is no body. */
function bodyStartOf(tree: SyntaxTree, said: Said): number {
  if (said.body) return tree.start[said.body.node] ?? -1
  return said.rest && said.name ? (tree.end[said.name.node] ?? -1) : -1
}

/** `const a = 1, b = 2` are two definitions in one declaration: the first has its keyword, each ends by itself. */
function spanOf(tree: SyntaxTree, node: number, said: Said): Span {
  const start = tree.start[node] ?? 0
  if (said.rest) return { start, end: tree.end[tree.parent[node] ?? node] ?? 0 }
  const own = said.own?.node
  if (own === undefined) return { start, end: tree.end[node] ?? 0 }
  let first = node + 1
  while (first < own && tree.kind[first] !== tree.kind[own]) first = tree.next[first] || own
  const isOnly = first === own && !tree.next[own]
  return {
    start: first === own ? start : (tree.start[own] ?? 0),
    end: (isOnly ? tree.end[node] : tree.end[own]) ?? 0,
  }
}

/** `'quoted key'`, `:symbol`, `operator ==` as one plain name. */
export function cleanName(name: string): string {
  return name
    .replace(/^\((.*)\)$/s, '$1')
    .replace(/(\boperator\s+[^(]+?)\s*\(.*$/s, '$1')
    .replace(/^(['"`:])(.*?)['"`]?$/s, '$2')
    .replace(/\s+/g, ' ')
    .slice(0, maxNameChars)
}
