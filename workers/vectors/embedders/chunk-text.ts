/** The text of a chunk as a model gets it: where it stands and what it is called, then its lines. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchStore } from '../store.ts'
import { cutToTokens } from './embedder.ts'

export interface ChunkText {
  chunkId: number
  text: string
  /** Of the text: the same hash is the same vector. */
  hash: string
}

interface Row {
  id: number
  path: string
  line: number
  end_line: number
  name: string
  container: string
}

/** In the order of their files; chunks that are gone by now are left out. */
export function chunkTexts(
  { store, root, maxTokens }: { store: SearchStore; root: string; maxTokens: number },
  chunkIds: readonly number[],
): ChunkText[] {
  const rows = store
    .query<Row, [string]>(
      `SELECT c.id, d.path, c.line, c.end_line, c.name, c.container
       FROM chunks c JOIN docs d ON d.id = c.doc_id
       WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY d.path, c.line`,
    )
    .all(JSON.stringify(chunkIds))
  let open = { path: '', lines: [] as string[] }
  return rows.map((row) => {
    if (open.path !== row.path) open = { path: row.path, lines: linesOf(join(root, row.path)) }
    const symbol = [row.container, row.name].filter((part) => part !== '').join('.')
    const head = symbol === '' ? row.path : `${row.path}: ${symbol}`
    const body = open.lines.slice(row.line - 1, row.end_line).join('\n')
    const text = cutToTokens(`${head}\n${body}`, maxTokens)
    return { chunkId: row.id, text, hash: Bun.hash.xxHash64(text).toString(36) }
  })
}

/** None when the file is gone: the next update takes its chunks out. */
function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
