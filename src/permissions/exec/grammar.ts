/**
 * The grammar of bash, loaded on first use: text to a tree of plain objects. A text that takes too long, nests too
 * deep or breaks the parser is answered with undefined.
 */
import grammarPath from '@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm' with { type: 'file' }
import type { Tree, Parser as TreeParser } from 'web-tree-sitter'
import { readPacked } from '../../base/packed.ts'

export interface Node {
  type: string
  named: boolean
  /** The parser made it up, or could not make sense of it. */
  broken: boolean
  start: number
  end: number
  children: Node[]
}

export interface ShellTree {
  root: Node
  /** Some part of the text was not understood, or had to be made up. */
  hasError: boolean
}

export type ParseShell = (text: string) => ShellTree | undefined

export const limits = {
  /** Longer texts are not parsed. */
  chars: 120_000,
  milliseconds: 40,
  depth: 150,
  nodes: 60_000,
} as const

/** Loads library and grammar: some 25 ms, once. Parsing is synchronous after this. */
export async function loadGrammar(): Promise<ParseShell> {
  const [library, runtime, bytes] = await Promise.all([
    import('web-tree-sitter'),
    import('web-tree-sitter/web-tree-sitter.wasm', { with: { type: 'file' } }),
    readPacked(grammarPath),
  ])
  await library.Parser.init({ locateFile: () => runtime.default })
  const grammar = await library.Language.load(bytes)
  let parser: TreeParser | undefined
  return (text) => {
    if (text.length > limits.chars) return undefined
    if (!parser) {
      parser = new library.Parser()
      parser.setLanguage(grammar)
    }
    const deadline = performance.now() + limits.milliseconds
    const isOver = () => performance.now() > deadline
    try {
      const tree = parser.parse(text, undefined, { progressCallback: isOver })
      if (!tree) {
        parser.reset()
        return undefined
      }
      try {
        const root = readNodes(tree, isOver)
        return root && { root, hasError: tree.rootNode.hasError }
      } finally {
        tree.delete()
      }
    } catch (thrown) {
      // A trap inside WASM leaves this parser unusable; the next text gets a new one.
      parser = undefined
      if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError)
        return undefined
      throw thrown
    }
  }
}

function readNodes(tree: Tree, isOver: () => boolean): Node | undefined {
  const cursor = tree.walk()
  try {
    const root = nodeOf()
    const path: Node[] = [root]
    let count = 1
    for (;;) {
      if (count > limits.nodes || path.length > limits.depth) return undefined
      if (count % 1_024 === 0 && isOver()) return undefined
      if (cursor.gotoFirstChild()) {
        append()
        continue
      }
      for (;;) {
        path.pop()
        if (path.length === 0) return root
        if (cursor.gotoNextSibling()) break
        cursor.gotoParent()
      }
      append()
    }

    function append(): void {
      const node = nodeOf()
      path.at(-1)?.children.push(node)
      path.push(node)
      count++
    }
  } finally {
    cursor.delete()
  }

  function nodeOf(): Node {
    const type = cursor.nodeType
    return {
      type,
      named: cursor.nodeIsNamed,
      broken: type === 'ERROR' || cursor.nodeIsMissing,
      start: cursor.startIndex,
      end: cursor.endIndex,
      children: [],
    }
  }
}
