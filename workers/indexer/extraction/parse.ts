/**
 * Parses a file and runs its language's query. Grammars load on first use and stay; a tree never outlives the call.
 * A parse that takes too long or breaks the parser is answered with undefined: the file is then text without symbols.
 */
import type { Parser as TreeParser } from 'web-tree-sitter'
import { readPacked } from '../../../src/base/packed.ts'
import { extract } from './extract.ts'
import type { Extraction } from './extraction.ts'
import type { Language } from './languages.ts'
import { type Attempt, recover } from './recover.ts'
import { createTreeReader, errorsOf } from './syntax-tree.ts'
import { compileQuery, type TreeQuery } from './tree-query.ts'

export interface CodeParser {
  /** Loads the grammar; parsing is synchronous after this. */
  load(language: Language): Promise<LoadedLanguage>
}

export interface LoadedLanguage {
  parse(text: string): Extraction | undefined
}

/** For parsing and query together; ordinary files of 1 MB need a tenth of it. */
const parseLimitMs = 3_000
/** For finding the broken pieces of a file; ordinary ones need a hundredth of it. */
const recoverLimitMs = 10_000

export function createCodeParser(): CodeParser {
  let ready: Promise<typeof import('web-tree-sitter')> | undefined
  const loaded = new Map<string, Promise<LoadedLanguage>>()
  const readTree = createTreeReader()

  async function start() {
    const [library, runtime] = await Promise.all([
      import('web-tree-sitter'),
      import('web-tree-sitter/web-tree-sitter.wasm', { with: { type: 'file' } }),
    ])
    await library.Parser.init({ locateFile: () => runtime.default })
    return library
  }

  async function loadOne(language: Language): Promise<LoadedLanguage> {
    ready ??= start()
    const library = await ready
    const grammar = await library.Language.load(await readPacked(language.grammar))
    const query = compileQuery(grammar, language.query)
    let parser: TreeParser | undefined
    return {
      parse(text) {
        if (!parser) {
          parser = new library.Parser()
          parser.setLanguage(grammar)
        }
        try {
          return parseWith({ parser, query, readTree, language }, text)
        } catch (thrown) {
          // A trap inside WASM leaves this parser unusable; the next file gets a new one.
          parser = undefined
          if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError)
            return undefined
          throw thrown
        }
      },
    }
  }

  return {
    load(language) {
      let one = loaded.get(language.id)
      if (!one) {
        one = loadOne(language)
        loaded.set(language.id, one)
        one.catch(() => loaded.delete(language.id))
      }
      return one
    },
  }
}

interface Loaded {
  parser: TreeParser
  query: TreeQuery
  readTree: ReturnType<typeof createTreeReader>
  language: Language
}

function parseWith(loaded: Loaded, text: string): Extraction | undefined {
  const attempt = (source: string) => attemptWith(loaded, source, limitOf(parseLimitMs))
  const first = attempt(text)
  if (!first?.hasError) return first?.extraction
  return recover(text, first, {
    language: loaded.language.id,
    attempt,
    isBroken: (source) => hasError(loaded.parser, source, limitOf(parseLimitMs)),
    isOver: limitOf(recoverLimitMs),
  })
}

/** Every attempt has its own time: what is found in a file must not hang on how busy the machine is. */
function limitOf(milliseconds: number): () => boolean {
  const deadline = performance.now() + milliseconds
  return () => performance.now() > deadline
}

function attemptWith(
  { parser, query, readTree, language }: Loaded,
  text: string,
  isOver: () => boolean,
): Attempt | undefined {
  const tree = parser.parse(text, undefined, { progressCallback: isOver })
  if (!tree) {
    parser.reset()
    return undefined
  }
  try {
    // Absurd nesting (a file of a hundred thousand brackets) makes a query quadratic; it is cut off, too.
    const flat = readTree(tree, text, isOver)
    const extraction = flat && extract(language, flat, query, isOver)
    if (!flat || !extraction) return undefined
    return {
      extraction,
      hasError: tree.rootNode.hasError,
      ...errorsOf(flat),
    }
  } finally {
    tree.delete()
  }
}

function hasError(parser: TreeParser, text: string, isOver: () => boolean): boolean {
  const tree = parser.parse(text, undefined, { progressCallback: isOver })
  if (!tree) parser.reset()
  const broken = tree?.rootNode.hasError ?? true
  tree?.delete()
  return broken
}
