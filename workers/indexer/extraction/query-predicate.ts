/** The tests of a query, `(#eq? @name "word")` and its like, as functions over a match. */
import { CodiError } from '../../../src/base/errors.ts'
import type { Form } from './query-syntax.ts'
import type { SyntaxTree } from './syntax-tree.ts'

export type Predicate = (
  tree: SyntaxTree,
  captures: readonly number[],
  nodes: readonly number[],
  count: number,
) => boolean

export function predicateOf(
  { name, items }: Form,
  captureOf: (name: string) => number,
  kindOf: (name: string, isNamed: boolean) => number,
): Predicate {
  const [subject, ...rest] = items
  const subjectId = captureOf(subject?.name ?? '')
  const test = testOf(name, rest, captureOf, kindOf)
  return (tree, captures, nodes, count) => {
    const nodeOf = (id: number): number | undefined => {
      const at = captures.indexOf(id)
      return at >= 0 && at < count ? nodes[at] : undefined
    }
    const node = nodeOf(subjectId)
    return node === undefined || test(tree, node, nodeOf)
  }
}

type NodeTest = (
  tree: SyntaxTree,
  node: number,
  nodeOf: (capture: number) => number | undefined,
) => boolean

function testOf(
  name: string,
  rest: Form[],
  captureOf: (name: string) => number,
  kindOf: (name: string, isNamed: boolean) => number,
): NodeTest {
  const first = rest[0]
  if (name === 'not-inside?') {
    const kinds = new Set(rest.map((item) => kindOf(item.name, true)))
    return (tree, node) => {
      for (let at = tree.parent[node] ?? -1; at >= 0; at = tree.parent[at] ?? -1)
        if (kinds.has(tree.kind[at] ?? 0)) return false
      return true
    }
  }
  if (name === 'match?' || name === 'not-match?') {
    const pattern = new RegExp(first?.name ?? '')
    return (tree, node) => pattern.test(tree.textOf(node)) === (name === 'match?')
  }
  if (name !== 'eq?' && name !== 'not-eq?' && name !== 'any-of?')
    throw new CodiError('internal', `A query uses the unknown predicate #${name}`)
  const words = new Set(rest.map((item) => item.name))
  const other = first?.type === 'capture' ? captureOf(first.name) : undefined
  return (tree, node, nodeOf) => {
    const text = tree.textOf(node)
    const otherNode = other === undefined ? undefined : nodeOf(other)
    const same =
      other === undefined
        ? words.has(text)
        : otherNode !== undefined && tree.textOf(otherNode) === text
    return same !== (name === 'not-eq?')
  }
}
