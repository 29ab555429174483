/**
 * A syntax tree as flat arrays in pre-order: one walk over the parser's tree, and everything after it is plain
 * arithmetic. Reading a node through WASM each time it is looked at would cost more than parsing it.
 */
import type { Tree } from 'web-tree-sitter'

export interface SyntaxTree {
  readonly text: string
  /** Nodes; node 0 is the root, and the first child of `n` is `n + 1` where `n` has any. */
  readonly count: number
  /** By node: the id of its kind, of the field it fills in its parent (0 for none), its place in UTF-16 units. */
  readonly kind: Uint16Array
  readonly field: Uint16Array
  readonly start: Int32Array
  readonly end: Int32Array
  readonly parent: Int32Array
  /** The next sibling; 0 for none. */
  readonly next: Int32Array
  textOf(node: number): string
  /** 1-based. */
  lineAt(index: number): number
  /** 1-based, in UTF-16 units. */
  columnAt(index: number): number
}

/** Nodes between two looks at the clock. */
const checkEvery = 4_096
/** The kind of nodes that the grammar could not make sense of. */
export const errorKind = 65_535
const largeErrorLines = 3
const firstCapacity = 16_384

/** Reads trees into arrays that it keeps: a tree it gave is valid until it reads the next one. */
export function createTreeReader(): (
  tree: Tree,
  text: string,
  isOver: () => boolean,
) => SyntaxTree | undefined {
  let arrays = allocate(firstCapacity)
  return (tree, text, isOver) => {
    const cursor = tree.walk()
    let count = 0
    let parent = -1
    let previous = 0
    try {
      for (;;) {
        if (count === arrays.capacity) arrays = grow(arrays)
        const node = count++
        arrays.kind[node] = cursor.nodeTypeId
        arrays.field[node] = cursor.currentFieldId
        arrays.start[node] = cursor.startIndex
        arrays.end[node] = cursor.endIndex
        arrays.parent[node] = parent
        arrays.next[node] = 0
        if (previous > 0) arrays.next[previous] = node
        if (count % checkEvery === 0 && isOver()) return undefined
        if (cursor.gotoFirstChild()) {
          parent = node
          previous = 0
          continue
        }
        previous = node
        while (!cursor.gotoNextSibling()) {
          if (parent < 0 || !cursor.gotoParent()) return finish(text, count, arrays)
          previous = parent
          parent = arrays.parent[parent] ?? -1
          if (previous === 0) return finish(text, count, arrays)
        }
      }
    } finally {
      cursor.delete()
    }
  }
}

/** How often the grammar was at a loss; over several lines such an error may have swallowed what follows it. */
export function errorsOf(tree: SyntaxTree): { errors: number; hasLargeError: boolean } {
  let errors = 0
  let hasLargeError = false
  for (let node = 0; node < tree.count; node++) {
    if (tree.kind[node] !== errorKind) continue
    errors++
    const lines = tree.lineAt(tree.end[node] ?? 0) - tree.lineAt(tree.start[node] ?? 0)
    hasLargeError ||= lines >= largeErrorLines
  }
  return { errors, hasLargeError }
}

type Arrays = Pick<SyntaxTree, 'kind' | 'field' | 'start' | 'end' | 'parent' | 'next'> & {
  capacity: number
}

function finish(text: string, count: number, arrays: Arrays): SyntaxTree {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    lineStarts.push(at + 1)
  const lineAt = (index: number): number => {
    let low = 0
    let high = lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((lineStarts[middle] ?? 0) <= index) low = middle
      else high = middle
    }
    return low + 1
  }
  return {
    ...arrays,
    text,
    count,
    textOf: (node) => text.slice(arrays.start[node], arrays.end[node]),
    lineAt,
    columnAt: (index) => index - (lineStarts[lineAt(index) - 1] ?? 0) + 1,
  }
}

function allocate(capacity: number): Arrays {
  return {
    capacity,
    kind: new Uint16Array(capacity),
    field: new Uint16Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    parent: new Int32Array(capacity),
    next: new Int32Array(capacity),
  }
}

function grow(before: Arrays): Arrays {
  const after = allocate(before.capacity * 2)
  for (const name of ['kind', 'field', 'start', 'end', 'parent', 'next'] as const)
    after[name].set(before[name])
  return after
}
