/** "What calls X", "who uses X", "who imports FILE": the definition, then every use by file, tests last. */
import { plural } from '../../../base/text.ts'
import { isTest, languageOf } from '../languages.ts'
import { globPaths, type SymbolEntry, symbolRows, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { escapePattern } from '../toolkit.ts'
import type { Asked } from './asked.ts'
import { isImport, realUses } from './connections.ts'
import { locate } from './locate.ts'
import { at, code, paragraphs, placeLine } from './markdown.ts'
import { lastPart, placeOfSymbol } from './place.ts'
import { looksLikeName } from './question.ts'

const shownUses = 12
const outlinedFiles = 8

export function* callersOf(asked: Asked): Script {
  const { question, toolkit } = asked
  const path = question.paths[0]?.path
  if (path !== undefined && question.names.length === 0) return yield* importersOf(asked, path)
  const name = nameIn(asked)
  if (name === undefined) return yield* locate(asked)
  const bare = lastPart(name)
  const first: Outcome[] = yield [...toolkit.symbol(name, { limit: 8 }), ...toolkit.uses(bare)]
  const rows = symbolRows(first)
  const definitions = definitionsNamed(rows, bare)
  const found = useRows(first).filter(
    (use) => new RegExp(`(^|[^\\w$])${escapePattern(bare)}`).test(use.text) || use.kind !== '',
  )
  const uses = usesOf(definitions, found)
  if (definitions.length === 0 && uses.length === 0) return notThere(asked, bare, rows)
  const missing = [...new Set(uses.filter((use) => use.enclosing === '').map((use) => use.file))]
  const outlines: Outcome[] = yield missing
    .slice(0, outlinedFiles)
    .flatMap((file) => toolkit.outline(file))
  const named = withEnclosing(uses, symbolRows(outlines))
  return paragraphs(
    definitionText(definitions, bare),
    usesText(named, bare, toolkit.has('find_references')),
  )
}

/** A name as written, or a single word: "what uses Session". */
function nameIn({ question }: Asked): string | undefined {
  const [written] = question.names
  if (written !== undefined) return written
  const word = question.target.replace(/[`'"?]/g, '').trim()
  if (/^[\w$.:#]+$/.test(word)) return word
  const shaped = word.split(/\s+/).find((part) => looksLikeName(part) || /^[A-Z]\w+/.test(part))
  return shaped
}

/** Exact, else without regard to case. */
function definitionsNamed(rows: SymbolEntry[], name: string): SymbolEntry[] {
  const exact = rows.filter((row) => row.name === name)
  return exact.length > 0
    ? exact
    : rows.filter((row) => row.name.toLowerCase() === name.toLowerCase())
}

function usesOf(definitions: SymbolEntry[], uses: UseRow[]): UseRow[] {
  const [first] = definitions
  if (!first) return uses
  const real = realUses(first, uses)
  return real.filter(
    (use) => !definitions.some((row) => row.file === use.file && row.line === use.line),
  )
}

/** The innermost definition around each use, where an outline of its file is at hand. */
export function withEnclosing(uses: readonly UseRow[], outline: readonly SymbolEntry[]): UseRow[] {
  return uses.map((use) => {
    if (use.enclosing !== '') return use
    const around = outline
      .filter(
        (row) =>
          row.file === use.file &&
          row.line <= use.line &&
          row.end >= use.line &&
          row.kind !== 'variable',
      )
      .sort((a, b) => a.end - a.line - (b.end - b.line))[0]
    if (!around || around.line === use.line) return use
    return {
      ...use,
      enclosing: around.container === '' ? around.name : `${around.container}.${around.name}`,
    }
  })
}

function definitionText(definitions: SymbolEntry[], name: string): string {
  if (definitions.length === 0) return `${code(name)} is not defined here, but it is used.`
  const lines = definitions.slice(0, 3).map((row) => placeLine(placeOfSymbol(row)))
  if (lines.length === 1) return `Defined at ${lines[0]}`
  const more = definitions.length > 3 ? `\n- … and ${definitions.length - 3} more` : ''
  return `${code(name)} is defined in ${plural(definitions.length, 'place')}; the uses below may be of any of them:\n${lines.map((line) => `- ${line}`).join('\n')}${more}`
}

function usesText(uses: UseRow[], name: string, indexed: boolean): string {
  const calls = uses.filter((use) => use.kind !== 'import' && !isImport(use))
  const imports = uses.filter((use) => !calls.includes(use))
  const code_ = calls.filter((use) => !isTest(use.file))
  const tests = calls.filter((use) => isTest(use.file))
  if (calls.length === 0) {
    if (imports.length === 0)
      return `Nothing here uses ${code(name)}${indexed ? '' : ' by that name'}.`
    return `Nothing calls ${code(name)}, but it is imported:\n${imports.slice(0, shownUses).map(useLine).join('\n')}`
  }
  const parts = [
    code_.length === 0
      ? 'Only tests use it.'
      : `Used in ${plural(code_.length, 'place')}${inFiles(code_)}:\n${useLines(code_, shownUses)}`,
    tests.length === 0
      ? ''
      : `In tests, ${plural(tests.length, 'place')}${inFiles(tests)}:\n${useLines(tests, code_.length === 0 ? shownUses : 3)}`,
  ]
  return paragraphs(...parts)
}

function inFiles(uses: UseRow[]): string {
  const count = new Set(uses.map((use) => use.file)).size
  return count > 1 ? ` of ${plural(count, 'file')}` : ''
}

function useLines(uses: UseRow[], limit: number): string {
  const lines = uses.slice(0, limit).map(useLine)
  if (uses.length > limit) lines.push(`- … and ${plural(uses.length - limit, 'more place')}`)
  return lines.join('\n')
}

function useLine(use: UseRow): string {
  const where = use.enclosing === '' ? '' : ` in ${code(use.enclosing)}`
  return `- ${at(use.file, use.line)}${where}: ${code(use.text.slice(0, 120))}`
}

function notThere({ question }: Asked, name: string, near: SymbolEntry[]): string {
  const names = near.slice(0, 5).map((row) => `- ${placeLine(placeOfSymbol(row))}`)
  return paragraphs(
    `Nothing named ${code(name)} is defined or used here.`,
    names.length === 0 ? '' : `The nearest names:\n${names.join('\n')}`,
    names.length === 0 && question.words.length > 1
      ? 'Ask with the exact name, as in `what calls parseConfig?`.'
      : '',
  )
}

/** Files whose import lines name the file: every language writes its stem there. */
function* importersOf({ toolkit, question }: Asked, path: string): Script {
  const base = path.split('/').pop() ?? path
  const stem = base.replace(/\.\w+$/, '')
  const found: Outcome[] = yield [
    ...toolkit.glob(`**/${base}`),
    ...toolkit.grep(importPattern(path), { limit: 100 }),
  ]
  const files = globPaths(found)
  const file =
    files.find((entry) => entry === path) ??
    files.find((entry) => entry.endsWith(`/${path}`)) ??
    files[0]
  if (file === undefined) {
    return paragraphs(
      `There is no file ${code(path)} here.`,
      `Ask about a name in it instead: \`what calls ${question.words[0] ?? 'parseConfig'}?\``,
    )
  }
  const uses = importsOf(file, useRows(found))
  if (uses.length === 0) return `No file here imports ${code(file)} by its name.`
  const tests = uses.filter((use) => isTest(use.file))
  const rest = uses.filter((use) => !isTest(use.file))
  return paragraphs(
    `${code(file)} is imported by ${plural(rest.length, 'file')}${tests.length > 0 ? ` and ${plural(tests.length, 'test')}` : ''}:`,
    useLines([...rest, ...tests], 20),
    files.length > 1
      ? `Other files named ${code(stem)}: ${files
          .filter((entry) => entry !== file)
          .slice(0, 4)
          .map(code)
          .join(', ')}.`
      : '',
  )
}

/** Import lines that name the stem (or, for an index file or a package, its directory). */
export function importPattern(path: string): string {
  const parts = path.replace(/\.\w+$/, '').split('/')
  const last = parts.at(-1) ?? ''
  const entry =
    /^(index|mod|__init__|lib|main)$/.test(last) && parts.length > 1
      ? (parts.at(-2) as string)
      : last
  return `(\\b(import|from|require|use|mod|include|export)\\b).*\\b${escapePattern(entry)}\\b`
}

/** Of the lines that `importPattern` finds those that can mean this file: same language, an import, not the file itself. */
export function importsOf(file: string, uses: readonly UseRow[]): UseRow[] {
  const language = languageOf(file)?.fence
  const seen = new Set<string>()
  return uses.filter((use) => {
    if (use.file === file || seen.has(use.file)) return false
    if (languageOf(use.file)?.fence !== language) return false
    const importing = isImport(use) || /^\s*(pub\s+)?mod\s|\bimport\(/.test(use.text)
    if (!importing || !pathFits(file, use)) return false
    seen.add(use.file)
    return true
  })
}

/** A relative specifier must lead to the file. */
function pathFits(file: string, use: UseRow): boolean {
  const specifier = /['"](\.{1,2}\/[^'"]+)['"]/.exec(use.text)?.[1]
  if (specifier === undefined) return true
  const parts = use.file.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  const target = parts.join('/')
  const bare = file.replace(/\.\w+$/, '')
  return target === file || target.replace(/\.\w+$/, '') === bare || `${target}/index` === bare
}
