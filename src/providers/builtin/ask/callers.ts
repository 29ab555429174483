/** "What calls X", "who uses X", "who imports FILE": the definition, then every use by file, tests last. */
import { plural } from '../../../base/text.ts'
import { isImport } from '../import-line.ts'
import { isTest } from '../languages.ts'
import { type SymbolEntry, symbolRows, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { escapePattern } from '../toolkit.ts'
import type { Asked } from './asked.ts'
import { realUses } from './connections.ts'
import { withEnclosing } from './enclosing.ts'
import { importersOf } from './importers.ts'
import { locate } from './locate.ts'
import { code, paragraphs, placeLine } from './markdown.ts'
import { lastPart, placeOfSymbol } from './place.ts'
import { looksLikeName } from './question.ts'
import { useLine, useLines } from './use-lines.ts'

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
  if (definitions.length === 0 && uses.length === 0) return notThere(bare, rows)
  const missing = [...new Set(uses.filter((use) => use.enclosing === '').map((use) => use.file))]
  const outlines: Outcome[] = yield missing
    .slice(0, outlinedFiles)
    .flatMap((file) => toolkit.outline(file))
  const named = withEnclosing(uses, symbolRows(outlines))
  const heirs = /\b(implement|extend|inherit|derive|subclass)/i.test(question.text)
    ? named.filter(inherits)
    : []
  if (heirs.length > 0) {
    const lines = useLines(heirs, shownUses)
    return paragraphs(
      definitionText(definitions, bare),
      `Implemented or extended in ${plural(heirs.length, 'place')}:\n${lines}`,
    )
  }
  return paragraphs(
    definitionText(definitions, bare),
    usesText(named, bare, toolkit.has('find_references')),
  )
}

function inherits(use: UseRow): boolean {
  return (
    use.kind === 'inherit' ||
    /\b(extends|implements|impl\b.*\bfor)\b|^\s*class \w+\s*[(:]/.test(use.text)
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

function notThere(name: string, near: SymbolEntry[]): string {
  const names = near.slice(0, 5).map((row) => `- ${placeLine(placeOfSymbol(row))}`)
  return paragraphs(
    `Nothing named ${code(name)} is defined or used here.`,
    names.length === 0 ? '' : `The nearest names:\n${names.join('\n')}`,
  )
}
