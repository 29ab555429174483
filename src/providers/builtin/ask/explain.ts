/** "Explain FILE or symbol", "what is X": decides which of the two it is. */
import { globPaths, type SymbolEntry, symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { explainFile } from './explain-file.ts'
import { explainSymbol } from './explain-symbol.ts'
import { locate } from './locate.ts'
import { lastPart } from './place.ts'
import { pickFile } from './show.ts'

export function* explainTarget(asked: Asked): Script {
  const { question, toolkit } = asked
  const path = question.paths[0]?.path
  const bare = question.target.replace(/[`'"]/g, '').trim()
  const word = question.names[0] ?? (/^[\w$.:#-]+$/.test(bare) ? bare : undefined)
  if (path === undefined && word === undefined) return yield* locate(asked)
  const base = (path ?? '').replace(/\/$/, '').split('/').pop() ?? ''
  const first: Outcome[] = yield [
    ...(path === undefined ? toolkit.glob(`**/${word}.*`) : toolkit.glob(`**/${base}`)),
    ...(word === undefined ? [] : toolkit.symbol(word, { limit: 8 })),
    ...(path === undefined || /\.\w+$/.test(base)
      ? []
      : toolkit.glob(`${path.replace(/\/$/, '')}/*`)),
  ]
  const files = globPaths(first)
  if (path !== undefined) {
    const file = pickFile(path, files)
    if (file !== undefined) return yield* explainFile(asked, file, question.paths[0]?.line)
    if (word === undefined) return yield* explainFile(asked, path, undefined)
  }
  const symbols = exactSymbols(symbolRows(first), word ?? '')
  const [best] = symbols
  if (best) return yield* explainSymbol(asked, best, symbols.slice(1))
  const [file] = files.filter((entry) => !entry.endsWith('/'))
  if (file !== undefined) return yield* explainFile(asked, file, undefined)
  return yield* locate(asked)
}

function exactSymbols(rows: SymbolEntry[], name: string): SymbolEntry[] {
  const bare = lastPart(name)
  const exact = rows.filter((row) => row.name === bare)
  return exact.length > 0
    ? exact
    : rows.filter((row) => row.name.toLowerCase() === bare.toLowerCase())
}
