/**
 * Cuts a file into chunks: one a symbol (what lies inside other symbols belongs to those), the rest of the file as
 * runs of top-level text; files without a grammar by heading or paragraph.
 */
import type { SymbolKind, SymbolRow } from '../../src/contract/symbol.ts'

export interface ChunkSymbol
  extends Pick<
    SymbolRow,
    'name' | 'kind' | 'line' | 'endLine' | 'container' | 'signature' | 'doc'
  > {
  test: boolean
}

export interface Chunk {
  /** 1-based, inclusive: the symbol's own lines, without its comment. */
  line: number
  endLine: number
  kind: SymbolKind | 'text'
  name: string
  container: string
  signature: string
  doc: string
  /** The words counted for it: its lines without those of its inner chunks. */
  text: string
  test: boolean
  /** Names of the functions that call it. */
  callers: readonly string[]
}

const maxCountedLines = 400
const maxTextLines = 40
const minInnerLines = 4
const minTextChars = 12
/** JSON, YAML and the like beyond this are data. */
const maxDocumentLines = 3_000

export function chunkCode(
  lines: string[],
  {
    symbols,
    importLines,
    test,
  }: { symbols: ChunkSymbol[]; importLines: ReadonlySet<number>; test: boolean },
): Chunk[] {
  const chosen = chooseSymbols(symbols)
  const owner = new Int32Array(lines.length + 2).fill(-1)
  chosen.forEach((symbol, index) => {
    const from = commentStart(lines, symbol.line, owner)
    for (let line = from; line <= Math.min(symbol.endLine, lines.length); line++)
      owner[line] = index
  })
  const owned: number[][] = chosen.map(() => [])
  for (let line = 1; line <= lines.length; line++) owned[owner[line] ?? -1]?.push(line)
  const chunks = chosen.map((symbol, index): Chunk => {
    // Two names on one line: the later owns it, the earlier still has its words.
    const own = owned[index]?.length ? owned[index] : [symbol.line]
    return {
      line: symbol.line,
      endLine: symbol.endLine,
      kind: symbol.kind,
      name: symbol.name,
      container: symbol.container,
      signature: symbol.signature,
      doc: symbol.doc,
      text: own
        .slice(0, maxCountedLines)
        .map((line) => lines[line - 1])
        .join('\n'),
      test: symbol.test,
      callers: [],
    }
  })
  return [...chunks, ...textRuns(lines, { owner, importLines, test })].sort(
    (a, b) => a.line - b.line,
  )
}

const always = new Set<SymbolKind>([
  'class',
  'interface',
  'type',
  'enum',
  'struct',
  'trait',
  'macro',
])

/** Definitions worth a chunk of their own, outer before inner. */
function chooseSymbols(symbols: ChunkSymbol[]): ChunkSymbol[] {
  const sorted = [...symbols].sort((a, b) => a.line - b.line || b.endLine - a.endLine)
  const open: ChunkSymbol[] = []
  const chosen: ChunkSymbol[] = []
  for (const symbol of sorted) {
    while (open.length > 0 && (open.at(-1)?.endLine ?? 0) < symbol.line) open.pop()
    const parent = open.at(-1)
    const inFunction = parent?.kind === 'function' || parent?.kind === 'method'
    const long = symbol.endLine - symbol.line + 1 >= minInnerLines
    const own =
      symbol.kind === 'function' || symbol.kind === 'method'
        ? !inFunction || long
        : symbol.kind === 'constant' || symbol.kind === 'variable'
          ? parent === undefined || parent.kind === 'module'
          : always.has(symbol.kind) && (!inFunction || long)
    // A method that is only declared (interface, overload) stays with its type.
    const declared = symbol.kind === 'method' && !long && parent !== undefined && isType(parent)
    if (own && !(declared && parent?.kind !== 'class' && parent?.kind !== 'struct'))
      chosen.push(symbol)
    if (symbol.endLine > symbol.line) open.push(symbol)
  }
  return chosen
}

function isType(symbol: ChunkSymbol): boolean {
  return symbol.kind === 'interface' || symbol.kind === 'trait' || symbol.kind === 'type'
}

const commentLine = /^\s*(?:\/\/|\/\*|\*|#|@|--|"""|\*\/)/

/** The first line of the comments and attributes right above. */
function commentStart(lines: string[], line: number, owner: Int32Array): number {
  let from = line
  while (from > 1 && line - from < 60 && commentLine.test(lines[from - 2] ?? '')) from--
  // Never over what another symbol of the same level holds on its last line.
  while (from < line && owner[from] !== owner[line]) from++
  return from
}

function textRuns(
  lines: string[],
  {
    owner,
    importLines,
    test,
  }: { owner: Int32Array; importLines: ReadonlySet<number>; test: boolean },
): Chunk[] {
  const chunks: Chunk[] = []
  let run: number[] = []
  const finish = () => {
    const text = run.map((line) => lines[line - 1]).join('\n')
    const first = run[0]
    const last = run.at(-1)
    if (
      first !== undefined &&
      last !== undefined &&
      text.replace(/[^\p{L}\p{N}]+/gu, '').length >= minTextChars
    )
      chunks.push(textChunk(text, { line: first, endLine: last, test }))
    run = []
  }
  for (let line = 1; line <= lines.length; line++) {
    if (owner[line] !== -1) {
      finish()
      continue
    }
    if (importLines.has(line) || (lines[line - 1] ?? '').trim() === '') continue
    run.push(line)
    if (run.length >= maxTextLines) finish()
  }
  finish()
  return chunks
}

function textChunk(
  text: string,
  {
    line,
    endLine,
    test,
    heading = '',
  }: { line: number; endLine: number; test: boolean; heading?: string },
): Chunk {
  return {
    line,
    endLine,
    kind: 'text',
    name: '',
    container: '',
    signature: heading,
    doc: '',
    text,
    test,
    callers: [],
  }
}

/** Documents by heading (Markdown and its kin), anything else by paragraphs of up to 40 lines. */
export function chunkDocument(path: string, lines: string[], test: boolean): Chunk[] {
  const marked = /\.(?:md|mdx|markdown|rst|adoc|txt)$/i.test(path) || !/\.\w+$/.test(path)
  const chunks: Chunk[] = []
  let headings: string[] = []
  let start = 0
  let fenced = false
  const finish = (end: number) => {
    while (start < end && (lines[start] ?? '').trim() === '') start++
    const own = lines.slice(start, end)
    while (own.length > 0 && (own.at(-1) ?? '').trim() === '') own.pop()
    const text = own.join('\n')
    if (text.replace(/[^\p{L}\p{N}]+/gu, '').length >= minTextChars)
      chunks.push(
        textChunk(text, {
          line: start + 1,
          endLine: start + own.length,
          test,
          heading: headings.join(' '),
        }),
      )
    start = end
  }
  const total = Math.min(lines.length, maxDocumentLines)
  for (let index = 0; index < total; index++) {
    const line = lines[index] ?? ''
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced
    const heading = marked && !fenced ? /^(#{1,6}|={1,6})\s+(.+)$/.exec(line) : null
    if (heading?.[1] && heading[2]) {
      finish(index)
      headings = [...headings.slice(0, heading[1].length - 1), heading[2].trim()]
    } else if (index - start >= maxTextLines && (line.trim() === '' || index - start >= 60)) {
      finish(index)
    }
  }
  finish(total)
  return chunks
}
