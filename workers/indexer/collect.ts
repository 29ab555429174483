/** First pass over a query's matches: what each capture says, gathered by place; see extract.ts for the captures. */
import type { ReferenceKind } from '../../src/contract/index-service.ts'
import type { SymbolKind } from '../../src/contract/symbol.ts'
import { type DocSources, plainDoc } from './doc-comment.ts'
import { receiverOf } from './receiver.ts'
import type { SyntaxTree } from './syntax-tree.ts'
import type { TreeQuery } from './tree-query.ts'

export interface Span {
  start: number
  end: number
}

export type BaseKind = 'extends' | 'implements' | 'mixin'

export interface Draft extends Span {
  node: number
  line: number
  endLine: number
  name: string
  nameStart: number
  nameLine: number
  nameColumn: number
  kind: SymbolKind | 'scope'
  bodyStart: number
  containerText?: string
  /** Of a scope: whether its members are public by it (an impl of a trait) or hidden (a namespace without a name). */
  scope: '' | 'public' | 'hidden'
  /** A member that is written inside a method: it belongs to the type around. */
  lifted: boolean
  /** Where its export is looked up: the declaration that it shares with others. */
  statementStart: number
}

export interface FoundReference {
  name: string
  kind: ReferenceKind
  start: number
  receiver: string
}

export interface FoundBase {
  name: string
  kind: BaseKind
  start: number
  /** Stands in the body of the type, not in its head. */
  inside: boolean
  /** The type that it is said for, where that is not the enclosing one. */
  subject: string
}

export interface FoundImport {
  specifier: string
  names: Set<string>
  line: number
  reexport: boolean
  /** Taken for what it does, not for what it names. */
  silent: boolean
}

/** `private` and its like: for the members that follow in `parent`, or for what is named. */
export interface Access {
  word: string
  start: number
  parent: number
  names: string[]
  /** Start of the definition that it stands before; -1 for none. */
  definition: number
}

export interface Found {
  drafts: Map<string, Draft>
  exportedStarts: Set<number>
  exportedNames: Set<string>
  docs: Map<number, string>
  sources: DocSources
  references: Map<number, FoundReference>
  bases: FoundBase[]
  imports: Map<number, FoundImport>
  accesses: Access[]
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
const maxNameChars = 200
const maxSpecifierChars = 2_000

/** What one match says, by the first part of its captures; `more` is the rest of the capture's name. */
type Said = Partial<Record<string, { node: number; more: string }>>

/** Undefined when it took too long. */
export function collectMatches(
  tree: SyntaxTree,
  query: TreeQuery,
  isOver: () => boolean,
): Found | undefined {
  const found: Found = {
    drafts: new Map(),
    exportedStarts: new Set(),
    exportedNames: new Set(),
    docs: new Map(),
    sources: { text: tree.text, comments: new Map(), attributes: new Map() },
    references: new Map(),
    bases: [],
    imports: new Map(),
    accesses: [],
  }
  const roles = query.captures.map((name) => {
    const dot = name.indexOf('.')
    return dot < 0
      ? { head: name, more: '' }
      : { head: name.slice(0, dot), more: name.slice(dot + 1) }
  })
  query.run(
    tree,
    (captures, nodes, count) => {
      const first = roles[captures[0] ?? 0]
      // Four of five matches are nothing but a name that is used.
      if (count === 1 && first?.head === 'ref') {
        addReference(tree, nodes[0] ?? 0, first.more as ReferenceKind, undefined, found)
        return
      }
      const said: Said = {}
      for (let at = 0; at < count; at++) {
        const role = roles[captures[at] ?? 0]
        if (!role) continue
        const key = role.head === 'import' && role.more !== '' ? `import.${role.more}` : role.head
        said[key] = { node: nodes[at] ?? 0, more: role.more }
      }
      collect(tree, said, found)
    },
    isOver,
  )
  return isOver() ? undefined : found
}

function collect(tree: SyntaxTree, said: Said, found: Found): void {
  const { ref, base, embed, exported, documented, doc, comment, attribute, access } = said
  if (ref) addReference(tree, ref.node, ref.more as ReferenceKind, said.receiver?.node, found)
  const subject = said.subject?.node
  if (base) addBase(tree, base, { inside: false, subject }, found)
  if (embed) addBase(tree, embed, { inside: true, subject }, found)
  if (exported) {
    if (exported.more === 'name') found.exportedNames.add(tree.textOf(exported.node))
    else found.exportedStarts.add(tree.start[exported.node] ?? 0)
  }
  if (documented && doc)
    found.docs.set(tree.start[documented.node] ?? 0, plainDoc(tree.textOf(doc.node)))
  if (comment) addLines(tree, found.sources.comments, comment.node)
  if (attribute) addLines(tree, found.sources.attributes, attribute.node)
  if (access) addAccess(tree, said, found)
  if (said.import) addImport(tree, said.import.node, said, found)
  if (said.def ?? said.minor ?? said.member ?? said.rest ?? said.scope) addDraft(tree, said, found)
}

function addDraft(tree: SyntaxTree, said: Said, found: Found): void {
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

function addReference(
  tree: SyntaxTree,
  node: number,
  kind: ReferenceKind,
  receiver: number | undefined,
  found: Found,
): void {
  const start = tree.start[node] ?? 0
  const before = found.references.get(start)
  if (before) {
    if (receiver !== undefined && before.receiver === '')
      before.receiver = receiverOf(tree.textOf(receiver))
    if (referenceRank[before.kind] < referenceRank[kind]) before.kind = kind
    return
  }
  const name = tree.textOf(node)
  if (name === '' || name.length > maxNameChars) return
  found.references.set(start, {
    name,
    kind,
    start,
    receiver: receiver === undefined ? '' : receiverOf(tree.textOf(receiver)),
  })
}

/** `events.Emitter<Item>` as a base: the name is `Emitter`, and stands where that word stands. */
function addBase(
  tree: SyntaxTree,
  base: { node: number; more: string },
  { inside, subject }: { inside: boolean; subject: number | undefined },
  found: Found,
): void {
  const kind = base.more as BaseKind
  const text = tree.textOf(base.node)
  const head = (/^[^<([{]+/.exec(text)?.[0] ?? '').trimEnd()
  const name = /[\p{L}\p{N}_$]+$/u.exec(head)?.[0]
  if (name === undefined || name.length > maxNameChars) return
  const nodeStart = tree.start[base.node] ?? 0
  const start = nodeStart + head.length - name.length
  const before = head.slice(0, head.length - name.length)
  found.bases.push({
    name,
    kind,
    start,
    inside,
    subject: subject === undefined ? '' : tree.textOf(subject),
  })
  found.references.set(start, { name, kind: 'inherit', start, receiver: receiverOf(before) })
}

function addAccess(tree: SyntaxTree, said: Said, found: Found): void {
  const word = said.access
  if (!word) return
  const start = tree.start[word.node] ?? 0
  const target = said.target
  found.accesses.push({
    word: tree.textOf(word.node),
    start,
    parent: tree.parent[word.node] ?? 0,
    names: target?.more === 'name' ? [cleanName(tree.textOf(target.node))] : [],
    definition: target && target.more !== 'name' ? (tree.start[target.node] ?? -1) : -1,
  })
}

/** One match brings one name; those of one statement meet at its specifier. */
function addImport(tree: SyntaxTree, node: number, said: Said, found: Found): void {
  const start = tree.start[node] ?? 0
  let row = found.imports.get(start)
  if (!row) {
    const specifier = specifierOf(tree, node, said)
    if (specifier.length > maxSpecifierChars) return
    row = { specifier, names: new Set(), line: tree.lineAt(start), reexport: false, silent: false }
    found.imports.set(start, row)
  }
  if (said.reexport) row.reexport = true
  const text = (key: string) => {
    const part = said[key]
    return part && tree.textOf(part.node).replace(/\s+|^:/g, '')
  }
  const alias = text('import.alias')
  const name = text('import.name')
  const initial = text('import.default')
  const all = text('import.all')
  if (name === undefined && alias !== undefined) row.names.add(`=${alias}`)
  if (name !== undefined)
    row.names.add(alias === undefined || alias === name ? name : `${name}=${alias}`)
  if (initial !== undefined) row.names.add(`default=${initial}`)
  if (all !== undefined) row.names.add(`*=${all}`)
  if (said['import.star']) row.names.add('*')
  if (said['import.none']) row.silent = true
}

function specifierOf(tree: SyntaxTree, node: number, said: Said): string {
  const text = tree.textOf(node).replace(/^(["'])(.*)\1$|^<(.*)>$/s, '$2$3')
  if (said['import.relative'] && !text.startsWith('.')) return `./${text}`
  const prefix = said['import.prefix']
  return prefix ? `${tree.textOf(prefix.node)}\\${text}` : text
}

function addLines(
  tree: SyntaxTree,
  map: Map<number, Span & { startRow: number }>,
  node: number,
): void {
  const start = tree.start[node] ?? 0
  const end = tree.end[node] ?? 0
  const endRow = tree.lineAt(Math.max(start, end - 1)) - 1
  map.set(endRow, { start, end, startRow: tree.lineAt(start) - 1 })
}

/** `'quoted key'`, `:symbol`, `operator ==` as one plain name. */
function cleanName(name: string): string {
  return name
    .replace(/^\((.*)\)$/s, '$1')
    .replace(/(\boperator\s+[^(]+?)\s*\(.*$/s, '$1')
    .replace(/^(['"`:])(.*?)['"`]?$/s, '$2')
    .replace(/\s+/g, ' ')
    .slice(0, maxNameChars)
}
