/** First pass over a query's matches: what each capture says, gathered by place; see extract.ts for the captures. */
import type { ReferenceKind } from '../../../src/contract/index-service.ts'
import { plainDoc } from './doc-comment.ts'
import { addDraft, cleanName } from './drafts.ts'
import type { Found, Said, Span } from './found.ts'
import { addImport } from './found-imports.ts'
import { addBase, addReference } from './found-uses.ts'
import type { SyntaxTree } from './syntax-tree.ts'
import type { TreeQuery } from './tree-query.ts'

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
