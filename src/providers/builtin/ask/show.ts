/** "Show me FILE", "show me parseConfig": the source itself, as much as is pleasant to read. */
import { fileText, globPaths, type SymbolEntry, symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { locate } from './locate.ts'
import { at, code, excerpt, listed, paragraphs } from './markdown.ts'
import { lastPart } from './place.ts'
import { pickFile } from './subject.ts'

const shownLines = 80

export function* showSource(asked: Asked): Script {
  const { question, toolkit } = asked
  const given = question.paths[0]
  if (given) return yield* showFile(asked, given.path, given.line)
  const name = question.names[0] ?? question.target.replace(/`/g, '')
  if (name === '' || /\s/.test(name)) return yield* locate(asked)
  const first: Outcome[] = yield toolkit.symbol(name, { limit: 6 })
  const rows = symbolRows(first)
  const exact = rows.filter((row) => row.name.toLowerCase() === lastPart(name).toLowerCase())
  const [row] = exact
  if (!row) return yield* locate(asked)
  const second: Outcome[] = yield toolkit.read(row.file, {
    offset: row.line,
    limit: Math.min(row.end - row.line + 1, shownLines + 1),
  })
  const body = excerpt(row.file, fileText(second, row.file), {
    from: row.line,
    to: row.end,
    maxLines: shownLines,
  })
  return paragraphs(`${at(row.file, row.line)}\n${body}`, alsoDefined(exact.slice(1), row))
}

function alsoDefined(others: SymbolEntry[], shown: SymbolEntry): string {
  if (others.length === 0) return ''
  return `${code(shown.name)} is also defined at ${listed(
    others.map((row) => at(row.file, row.line)),
    4,
  )}.`
}

function* showFile({ toolkit, question }: Asked, path: string, line: number | undefined): Script {
  const base = path.split('/').pop() || path
  const found: Outcome[] = yield toolkit.glob(`**/${base}`)
  const file = pickFile(path, globPaths(found)) ?? path
  const offset = line === undefined ? 1 : Math.max(1, line - 10)
  const read: Outcome[] = yield toolkit.read(file, { offset, limit: shownLines + 1 })
  const text = fileText(read, file)
  if (!text) return cannotRead(path, read, question.words)
  const to = text.start + text.lines.length - 1
  const body = excerpt(file, text, { from: text.start, to, maxLines: shownLines })
  const rest =
    text.lines.length > shownLines
      ? `Only the first ${shownLines} lines; ask for \`${file}:LINE\` to see further.`
      : ''
  return paragraphs(`${at(file, line ?? 0)}\n${body}`, rest)
}

function cannotRead(path: string, outcomes: Outcome[], words: string[]): string {
  const said = outcomes.find((outcome) => !outcome.ok)?.text.split('\n')[0]
  const why = said === undefined || said === '' ? `There is no file ${code(path)} here.` : said
  return words.length === 0 ? why : `${why}`
}
