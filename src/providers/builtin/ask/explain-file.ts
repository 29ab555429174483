/** One file: what it says of itself, its parts, what it imports, who imports it, its tests, its size. */
import { isJsonObject, parseJson } from '../../../base/json.ts'
import { oneLine, plural } from '../../../base/text.ts'
import { shortHead } from '../definitions.ts'
import { type Graph, graphOf, linksFrom, linksTo } from '../graph-results.ts'
import { isCode, isProse, isTest, languageOf } from '../languages.ts'
import { type FileText, fileText, globPaths, type SymbolEntry, symbolRows } from '../results.ts'
import { testsNear } from '../review/untested.ts'
import type { Outcome, Script } from '../script.ts'
import { firstSentence } from '../words.ts'
import type { Asked } from './asked.ts'
import { explainDirectory } from './explain-directory.ts'
import { explainSymbol } from './explain-symbol.ts'
import { code, excerpt, fileDoc, listed, paragraphs } from './markdown.ts'

const shownParts = 14
const readLines = 2000
const shownLines = 10
const fullGlob = 90

export function* explainFile(asked: Asked, path: string, line: number | undefined): Script {
  const { toolkit } = asked
  const stem = (path.split('/').pop() ?? path).replace(/\.\w+$/, '')
  const outcomes: Outcome[] = yield [
    ...toolkit.read(path, { offset: 1, limit: readLines }),
    ...(isCode(path) ? toolkit.outline(path) : []),
    ...(isCode(path) ? toolkit.imports(path, { direction: 'both', external: true }) : []),
    ...toolkit.glob(`**/*${stem}*`),
  ]
  const text = fileText(outcomes, path)
  if (!text) {
    const refusal =
      outcomes.find((outcome) => outcome.name === 'read_file' && !outcome.ok)?.text ?? ''
    if (/director/i.test(refusal)) return yield* explainDirectory(asked, path)
    return refusal.split('\n')[0] || `There is no file ${code(path)} here.`
  }
  const rows = symbolRows(outcomes).filter((row) => row.file === path || path.endsWith(row.file))
  if (line !== undefined) {
    const around = innermost(rows, line)
    if (around) return yield* explainSymbol(asked, around, [])
  }
  const graph = graphOf(outcomes, 'get_dependency_graph', path)
  const importers = graph ? linksTo(graph).map((link) => link.from.file) : []
  return paragraphs(
    heading(path, text, { rows, footer: footerOf(outcomes) }),
    fileDoc(text, path) || (isCode(path) ? '' : dataOrWords(path, text)),
    isIgnored(path, outcomes) ? 'It is ignored: searches leave it out.' : '',
    partLines(rows),
    rows.length === 0 && isCode(path)
      ? excerpt(path, text, { from: 1, to: text.start + text.lines.length, maxLines: 20 })
      : '',
    graph ? dependenciesText(graph, importers) : '',
    testsText(path, globPaths(outcomes), importers),
  )
}

function innermost(rows: readonly SymbolEntry[], line: number): SymbolEntry | undefined {
  return rows
    .filter((row) => row.line <= line && row.end >= line)
    .sort((a, b) => a.end - a.line - (b.end - b.line))[0]
}

function heading(
  path: string,
  text: FileText,
  { rows, footer }: { rows: readonly SymbolEntry[]; footer: string },
): string {
  const exported = rows.filter((row) => row.exported && row.container === '').length
  const lines = text.total ?? text.start + text.lines.length - 1
  const whole = /of a file of ([^;\]]+)/.exec(footer)?.[1]
  const cut = text.lines.find((line) => /… \[[\d,]+ more characters in this line\]$/.test(line))
  const long =
    cut === undefined ? '' : `, one of them ${/\[([\d,]+)/.exec(cut)?.[1]} characters and more`
  const size = whole === undefined ? `${plural(lines, 'line')}${long}` : `${whole}`
  const parts =
    rows.length === 0
      ? ''
      : `, ${plural(rows.length, 'definition')}${exported > 0 ? `, ${exported} exported` : ''}`
  return `${code(path)}: ${languageOf(path)?.fence ?? 'text'}, ${size}${parts}.`
}

/** Globs leave out what is ignored, and hidden files, which need no word. */
function isIgnored(path: string, outcomes: readonly Outcome[]): boolean {
  const globs = outcomes.filter((outcome) => outcome.name === 'glob' && outcome.ok)
  const found = globPaths(globs)
  // A full answer may have left it out.
  if (globs.length === 0 || found.length >= fullGlob || /(^|\/)\./.test(path)) return false
  return !found.includes(path)
}

/** The note under a page that is not all of the file. */
function footerOf(outcomes: readonly Outcome[]): string {
  const read = outcomes.find((outcome) => outcome.name === 'read_file' && outcome.ok)
  return read?.text.split('\n').findLast((line) => line.startsWith('[lines ')) ?? ''
}

/** What a file that is no code holds: keys of data, sections of prose, else its first lines. */
function dataOrWords(path: string, text: FileText): string {
  const said = isProse(path) ? firstWords(text) : keysText(path, text)
  if (said !== '') return said
  return excerpt(path, text, { from: 1, to: text.lines.length, maxLines: shownLines })
}

/** The names at the top level of JSON, YAML, TOML and INI files. */
function keysText(path: string, text: FileText): string {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  if (/^jsonc?$/.test(ending)) {
    const parsed = parseJson(text.lines.join('\n'))
    if (Array.isArray(parsed)) return `A list of ${plural(parsed.length, 'value')}.`
    if (isJsonObject(parsed)) return `Its keys: ${listed(Object.keys(parsed).map(code), 16)}.`
    return ''
  }
  const pattern = /^ya?ml$/.test(ending)
    ? /^(["']?[\w./@-]+["']?):(?:\s|$)/
    : /^(toml|ini|cfg|conf|properties|editorconfig)$/.test(ending)
      ? /^\[+([^\]]+)\]+|^([\w.-]+)\s*[=:]/
      : undefined
  if (!pattern) return ''
  const keys = text.lines.flatMap((line) => {
    const found = pattern.exec(line)
    return found ? [found[1] ?? found[2] ?? ''] : []
  })
  const sections = text.lines.flatMap((line) => /^\[+([^\]]+)\]+/.exec(line)?.[1] ?? [])
  const named = [...new Set(sections.length > 0 ? sections : keys)]
  const what = sections.length > 0 ? 'sections' : 'keys'
  return named.length === 0 ? '' : `Its ${what}: ${listed(named.map(code), 16)}.`
}

/** The first paragraph that is prose, of a README or a text. */
function firstWords(text: FileText): string {
  const body = text.lines.slice(0, 80).join('\n')
  const paragraph = body
    .split(/\n\s*\n/)
    .find((part) => /^[A-Za-z`*_[]/.test(part.trim()) && !/^(\[!|<|#)/.test(part.trim()))
  const headings = text.lines
    .filter((row) => /^#{1,3} \S/.test(row))
    .map((row) => row.replace(/^#+ /, ''))
  return paragraphs(
    paragraph === undefined ? '' : oneLine(paragraph, 400),
    headings.length > 1 ? `Sections: ${listed(headings, 12)}.` : '',
  )
}

/** Exported ones first when there are too many; members under what they belong to. */
function partLines(rows: readonly SymbolEntry[]): string {
  if (rows.length === 0) return ''
  const parts = rows.filter(
    (row) =>
      row.kind !== 'property' &&
      !(row.container === '' && row.kind === 'variable' && !row.exported),
  )
  const chosen = [...parts]
    .sort((a, b) => weightOf(a) - weightOf(b) || a.line - b.line)
    .slice(0, shownParts)
    .sort((a, b) => a.line - b.line)
  let around = ''
  const lines = chosen.map((row) => {
    const said = firstSentence(row.doc)
    const own = row.container.split('.').pop() ?? ''
    if (row.container === '') around = row.name
    const of = own === '' || own === around ? '' : ` of ${code(own)}`
    const indent = row.container === '' || of !== '' ? '' : '  '
    return `${indent}- ${row.line}: ${code(shortHead(row.signature || row.name))}${of}${said === '' ? '' : `: ${said}`}`
  })
  const left = parts.length - chosen.length
  if (left > 0) lines.push(`- … and ${left} more`)
  return `Its parts:\n${lines.join('\n')}`
}

/** What others can use and what does something first, then what belongs to it. */
function weightOf(row: SymbolEntry): number {
  const passive = ['constant', 'variable', 'property'].includes(row.kind)
  const inner = row.container === '' ? 0 : 2
  const usual = /^(_|fmt$|new$|drop$|default$|from$|clone$|eq$|hash$)/.test(row.name) ? 1 : 0
  return inner + usual + (row.exported ? 0 : 1) + (passive ? 3 : 0)
}

/** The project's own first, then packages; tests that import it are told apart. */
function dependenciesText(graph: Graph, importers: readonly string[]): string {
  const links = linksFrom(graph)
  const local = links.filter((link) => link.to.kind === 'file').map((link) => link.to.file)
  const packages = links
    .filter((link) => link.to.kind !== 'file')
    .map((link) => link.to.file || link.to.name)
  const imports = [...new Set([...local, ...packages])]
  const users = [...new Set(importers)].filter((file) => !isTest(file))
  return [
    imports.length === 0 ? '' : `It imports ${listed(imports.map(code), 8)}.`,
    users.length === 0 ? '' : `It is imported by ${listed(users.map(code), 6)}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function testsText(path: string, near: string[], importers: readonly string[]): string {
  if (isTest(path) || !isCode(path)) return ''
  const tests = [...new Set([...testsNear(path, near), ...importers.filter(isTest)])]
  return tests.length === 0 ? 'No test near it was found.' : `Tests: ${listed(tests.map(code), 4)}.`
}
