/** One symbol: what it is, what it does, what it calls, who calls it, its tests. */

import { shortHead } from '../definitions.ts'
import { fileText, type SymbolEntry, symbolRows, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { firstSentence } from '../words.ts'
import type { Asked } from './asked.ts'
import { connections, realUses } from './connections.ts'
import { withEnclosing } from './enclosing.ts'
import { at, code, excerpt, fileDoc, listed, paragraphs } from './markdown.ts'
import { placeOfSymbol } from './place.ts'
import { stepCalls, stepLines } from './steps.ts'

const excerptLines = 18
const readLines = 400

export function* explainSymbol(
  { toolkit }: Asked,
  symbol: SymbolEntry,
  others: readonly SymbolEntry[],
): Script {
  const place = placeOfSymbol(symbol)
  const offset = symbol.line + excerptLines < readLines ? 1 : Math.max(1, symbol.line - 5)
  const second: Outcome[] = yield [
    ...toolkit.read(symbol.file, { offset, limit: readLines }),
    ...toolkit.outline(symbol.file),
    ...toolkit.uses(symbol.name),
  ]
  const text = fileText(second, symbol.file)
  const uses = realUses(place, useRows(second))
  const unnamed = [...new Set(uses.filter((use) => use.enclosing === '').map((use) => use.file))]
  const third: Outcome[] = yield [
    ...stepCalls(place, text, symbolRows(second), toolkit),
    ...unnamed
      .filter((file) => file !== symbol.file)
      .slice(0, 4)
      .flatMap((file) => toolkit.outline(file)),
  ]
  const outlines = symbolRows([...second, ...third].filter((outcome) => outcome.name === 'outline'))
  const found = symbolRows(third.filter((outcome) => outcome.name === 'find_symbol'))
  const own = outlines.filter((row) => row.file === symbol.file)
  return paragraphs(
    heading(symbol, fileDoc(text, symbol.file)),
    symbol.doc.replace(/\s+/g, ' ').trim() === '' ? '' : symbol.doc.replace(/\s+/g, ' ').trim(),
    stepLines(place, text, { own, found }),
    excerpt(symbol.file, text, { from: symbol.line, to: symbol.end, maxLines: excerptLines }),
    connections(place, withEnclosing(uses, outlines)) ||
      `Nothing else here uses ${code(symbol.name)} by that name.`,
    others.length === 0
      ? ''
      : `Also named so: ${listed(
          others.map((row) => `${at(row.file, row.line)} (${row.kind})`),
          4,
        )}.`,
  )
}

function heading(symbol: SymbolEntry, doc: string): string {
  const inside = symbol.container === '' ? '' : ` of ${code(symbol.container)}`
  const visible = symbol.exported ? '' : ', not exported'
  const said = firstSentence(doc)
  const file = said === '' ? '' : ` The file: ${said}`
  return `${code(shortHead(symbol.signature || symbol.name))} is a ${symbol.kind || 'definition'}${inside} at ${at(symbol.file, symbol.line)}, ${lines(symbol)}${visible}.${file}`
}

function lines(symbol: SymbolEntry): string {
  const count = symbol.end - symbol.line + 1
  return count === 1 ? '1 line' : `${count} lines`
}
