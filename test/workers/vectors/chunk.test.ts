/** How a file is cut, and what the words of a chunk weigh. */
import { describe, expect, test } from 'bun:test'
import { type ChunkSymbol, chunkCode, chunkDocument } from '../../../workers/vectors/chunk.ts'

const symbol = (name: string, line: number, endLine: number, more: Partial<ChunkSymbol> = {}) => ({
  name,
  kind: 'function' as const,
  line,
  endLine,
  container: '',
  signature: name,
  doc: '',
  test: false,
  ...more,
})

function cut(text: string, symbols: ChunkSymbol[], importLines: number[] = []) {
  return chunkCode(text.split('\n'), { symbols, importLines: new Set(importLines), test: false })
}

describe('code', () => {
  test('a symbol is a chunk with the comment above it; what is inside another belongs to that', () => {
    const chunks = cut(
      '// says hello\nfunction hello() {\n  const inner = 1\n  return inner\n}\n\nconst limit = 40',
      [
        symbol('hello', 2, 5),
        symbol('inner', 3, 3, { kind: 'constant', container: 'hello' }),
        symbol('limit', 7, 7, { kind: 'constant' }),
      ],
    )
    expect(chunks.map(({ name, line, endLine }) => [name, line, endLine])).toEqual([
      ['hello', 2, 5],
      ['limit', 7, 7],
    ])
    expect(chunks[0]?.text).toStartWith('// says hello\n')
  })

  test('a class has the words outside of its methods', () => {
    const chunks = cut(
      'class Store {\n  private rows = []\n  open() {\n    return connect(this.path)\n  }\n}',
      [
        symbol('Store', 1, 6, { kind: 'class' }),
        symbol('open', 3, 5, { kind: 'method', container: 'Store' }),
      ],
    )
    expect(chunks.map((chunk) => chunk.name)).toEqual(['Store', 'open'])
    expect(chunks[0]?.text).toContain('private rows')
    expect(chunks[0]?.text).not.toContain('connect')
  })

  test('text outside of symbols is a chunk, imports are not', () => {
    const chunks = cut(
      "import { a } from './a.ts'\n\nregisterEverything(application)\nfunction f() {\n}",
      [symbol('f', 4, 5)],
      [1],
    )
    expect(chunks.map(({ kind, line, text }) => [kind, line, text])).toEqual([
      ['text', 3, 'registerEverything(application)'],
      ['function', 4, 'function f() {\n}'],
    ])
  })

  test('two names on one line both have its words', () => {
    const chunks = cut('const first = 1, second = 2', [
      symbol('first', 1, 1, { kind: 'constant' }),
      symbol('second', 1, 1, { kind: 'constant' }),
    ])
    expect(chunks.map((chunk) => chunk.text)).toEqual([
      'const first = 1, second = 2',
      'const first = 1, second = 2',
    ])
  })
})

describe('documents', () => {
  test('are cut at headings, which every section below keeps; fenced code has none', () => {
    const chunks = chunkDocument(
      'docs/a.md',
      '# Guide\n\nA few introductory words.\n\n## Tokens\n\n```\n# no heading at all\n```\n\nRenewed every hour.'.split(
        '\n',
      ),
      false,
    )
    expect(chunks.map(({ line, endLine, signature }) => [line, endLine, signature])).toEqual([
      [1, 3, 'Guide'],
      [5, 11, 'Guide Tokens'],
    ])
  })

  test('long data is cut into pieces, and ends somewhere', () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => `- some entry number ${at}`)
    const chunks = chunkDocument('data/list.yaml', lines, false)
    expect(chunks.length).toBeGreaterThan(10)
    expect(chunks.at(-1)?.endLine).toBe(3_000)
    for (const { line, endLine } of chunks) expect(endLine - line).toBeLessThan(70)
  })
})
