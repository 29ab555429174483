/** "Explain FILE or symbol", "what is X": decides which of the two it is. */

import { closest } from '../../../base/closest.ts'
import { globPaths, type SymbolEntry, symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { explainDirectory } from './explain-directory.ts'
import { explainFile } from './explain-file.ts'
import { explainSymbol } from './explain-symbol.ts'
import { locate } from './locate.ts'
import { code, listed, paragraphs } from './markdown.ts'
import { lastPart } from './place.ts'
import { pickFile } from './show.ts'

export function* explainTarget(asked: Asked): Script {
  const { question, toolkit } = asked
  const path = question.paths[0]?.path
  const bare = question.target.replace(/[`'"]/g, '').trim()
  const word = question.names[0] ?? (/^[\w$.:#-]+$/.test(bare) ? bare : undefined)
  if (path === undefined && word === undefined) return yield* locate(asked)
  const named = (path ?? word ?? '').replace(/\/$/, '')
  const base = named.split('/').pop() ?? ''
  const mayBeDirectory = /^[\w@.+/-]+$/.test(named)
  const first: Outcome[] = yield [
    ...toolkit.glob(path === undefined ? `**/${word}.*` : `**/${base}`),
    ...(word === undefined ? [] : toolkit.symbol(word, { limit: 8 })),
    ...(mayBeDirectory ? toolkit.glob(`${named}/**`) : []),
  ]
  const found = globPaths(first)
  const inDirectory = found.filter((file) => file.startsWith(`${named}/`))
  const files = found.filter((file) => !inDirectory.includes(file) || /\.\w+$/.test(base))
  if (path !== undefined) {
    const file = path.endsWith('/') ? undefined : pickFile(path, files)
    if (file !== undefined) return yield* explainFile(asked, file, question.paths[0]?.line)
    if (inDirectory.length > 0) return yield* explainDirectory(asked, named)
  }
  const symbols = exactSymbols(symbolRows(first), word ?? '')
  const [best] = symbols
  if (best) return yield* explainSymbol(asked, best, symbols.slice(1))
  if (inDirectory.length > 0) return yield* explainDirectory(asked, named)
  const [file] = files
  if (path !== undefined) return yield* noSuchFile(asked, path)
  if (file !== undefined) return yield* explainFile(asked, file, undefined)
  return yield* locate(asked)
}

/** With the files whose names come nearest. */
function* noSuchFile({ toolkit }: Asked, path: string): Script {
  const base = path.replace(/\/$/, '').split('/').pop() ?? path
  const extension = /\.\w+$/.exec(base)?.[0] ?? ''
  const outcomes: Outcome[] = yield [
    ...toolkit.glob(`**/${base.slice(0, 2)}*${extension}`),
    ...toolkit.glob(`**/*${extension}`),
  ]
  const byName = new Map(globPaths(outcomes).map((file) => [file.split('/').pop() ?? file, file]))
  const near = closest(base, byName.keys(), { threshold: 0.5 }).map(
    (name) => byName.get(name) ?? name,
  )
  return paragraphs(
    `There is no file ${code(path)} here.`,
    near.length === 0 ? '' : `The nearest names: ${listed(near.map(code), 3)}.`,
  )
}

function exactSymbols(rows: SymbolEntry[], name: string): SymbolEntry[] {
  const bare = lastPart(name)
  const exact = rows.filter((row) => row.name === bare)
  return exact.length > 0
    ? exact
    : rows.filter((row) => row.name.toLowerCase() === bare.toLowerCase())
}
