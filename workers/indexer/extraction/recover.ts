/**
 * What is found in a file that does not parse. A parser that meets a missing brace may lose all that follows; here the
 * pieces that are broken by themselves are found, blanked, and the rest is parsed again: a syntax error loses at most
 * its own definition, and of that it keeps the name where it can.
 */
import { withoutBranches, withoutMacros } from './c-macros.ts'
import type { Extraction } from './extraction.ts'

/** One try at a text. */
export interface Attempt {
  extraction: Extraction
  hasError: boolean
  /** Places that the grammar could not make sense of. */
  errors: number
  /** An error over several lines: what follows it may be lost. */
  hasLargeError: boolean
}

export interface RecoverOptions {
  language: string
  attempt(text: string): Attempt | undefined
  /** Cheaper than an attempt: only whether a piece parses by itself. */
  isBroken(text: string): boolean
  isOver(): boolean
}

interface Piece {
  start: number
  end: number
}

const maxPieces = 2_000
const maxBroken = 60
/** Broken pieces that are parsed once more, for their own names. */
const maxAlone = 12
const maxChars = 400_000
const minMembers = 2
/** What a piece needs around it to stand alone. */
const wraps: Readonly<Record<string, readonly [string, string]>> = {
  java: ['class A {\n', '\n}'],
  csharp: ['class A {\n', '\n}'],
  typescript: ['class A {\n', '\n}'],
  tsx: ['class A {\n', '\n}'],
  javascript: ['class A {\n', '\n}'],
  php: ['<?php class A {\n', '\n}'],
  cpp: ['class A {\n', '\n};'],
  rust: ['impl A {\n', '\n}'],
}
const holdsMembers = /\b(?:class|interface|struct|enum|trait|impl|module|namespace|record|mod)\b/
/** Words that go on with what was begun on a line before. */
const continues =
  /^(?:else|catch|finally|elif|elsif|except|end|fi|done|esac|then|do|when|rescue|ensure|in|where|case|default|begin)\b/

/** The first attempt, or a better one: that which finds the most. */
export function recover(text: string, first: Attempt, options: RecoverOptions): Extraction {
  if (text.length > maxChars) return first.extraction
  if (options.language !== 'cpp') return withoutBroken(text, first.extraction, options)
  const expanded = preprocessed(text, first, options)
  return expanded.attempt.hasLargeError
    ? withoutBroken(expanded.text, expanded.attempt.extraction, options)
    : expanded.attempt.extraction
}

/** C and C++ as the grammar can read it, where that leaves fewer errors. */
function preprocessed(
  text: string,
  first: Attempt,
  options: RecoverOptions,
): { text: string; attempt: Attempt } {
  let best = { text, attempt: first }
  const plain = withoutMacros(text)
  const simpler = plain === text ? undefined : options.attempt(plain)
  if (simpler && simpler.errors < first.errors) best = { text: plain, attempt: simpler }
  if (!best.attempt.hasLargeError) return best
  const straight = withoutBranches(best.text)
  const attempt = options.attempt(straight)
  if (!attempt) return best
  const left = definitionsIn(best.attempt.extraction, straight)
  const extraction = merge(attempt.extraction, [left])
  return count(extraction) > count(best.attempt.extraction)
    ? { text: straight, attempt: { ...attempt, extraction } }
    : best
}

function withoutBroken(source: string, best: Extraction, options: RecoverOptions): Extraction {
  const broken = brokenPieces(source, options)
  if (broken.length === 0 || broken.length > maxBroken) return best
  let rest = source
  for (const piece of broken) rest = blank(rest, piece)
  const whole = options.attempt(rest)
  if (!whole) return best
  const parts = broken.slice(0, maxAlone).flatMap((piece) => {
    const before = blank(source, { start: 0, end: piece.start })
    const alone = options.attempt(blank(before, { start: piece.end, end: source.length }))
    return alone ? [alone.extraction] : []
  })
  const merged = merge(whole.extraction, parts)
  const gain = count(merged) - count(best)
  return gain > 0 || (gain === 0 && !whole.hasError) ? merged : best
}

/** What stands on lines that are blank in `straight`: the branches that were left out. */
function definitionsIn(extraction: Extraction, straight: string): Extraction {
  const lines = straight.split('\n')
  const definitions = extraction.definitions.filter(
    (row) => lines[row.line - 1]?.trim() === '' && lines[row.endLine - 1]?.trim() === '',
  )
  return { definitions, references: [], bases: [], imports: [] }
}

function count(extraction: Extraction): number {
  return extraction.definitions.length
}

/** The smallest pieces that do not parse alone: definitions at the margin, of types only those of their members. */
function brokenPieces(text: string, options: RecoverOptions): Piece[] {
  return brokenAmong(text, cut(text, { start: 0, end: text.length }, 0), options)
}

function brokenAmong(text: string, pieces: Piece[], options: RecoverOptions): Piece[] {
  if (pieces.length > maxPieces || options.isOver()) return []
  return pieces
    .filter((piece) => isBrokenAlone(text, piece, options))
    .flatMap((piece) => {
      const indent = holdsMembers.test(text.slice(piece.start, nextLine(text, piece.start)))
        ? memberIndent(text, piece)
        : undefined
      if (indent === undefined) return [piece]
      const members = cut(text, piece, indent).slice(1)
      const broken = members.length < minMembers ? [] : brokenAmong(text, members, options)
      return broken.length > 0 ? broken : [piece]
    })
}

function isBrokenAlone(
  text: string,
  piece: Piece,
  { language, isBroken }: RecoverOptions,
): boolean {
  const own = text.slice(piece.start, piece.end)
  // The closing brace of the type around belongs to the last piece of its body.
  const member = own.replace(/\n[}\]);\s]*$/, (tail) =>
    own.startsWith(' ') || own.startsWith('\t') ? tail.replace(/^(\n\s+\})?[\s\S]*$/, '$1') : tail,
  )
  const plain = language === 'php' && !own.startsWith('<?php') ? `<?php\n${member}` : member
  if (!isBroken(plain)) return false
  const wrap = wraps[language]
  return !wrap || isBroken(wrap[0] + member + wrap[1])
}

/** Cuts where a line with exactly this indentation begins something new. */
function cut(text: string, { start, end }: Piece, indent: number): Piece[] {
  const pieces: Piece[] = []
  let from = start
  for (let line = start; line < end; line = nextLine(text, line)) {
    if (line > from && beginsAt(text, line, indent)) {
      pieces.push({ start: from, end: line })
      from = line
    }
  }
  pieces.push({ start: from, end })
  return pieces
}

function beginsAt(text: string, line: number, indent: number): boolean {
  if (indentOf(text, line) !== indent) return false
  const head = text.slice(line + indent, line + indent + 12)
  return /^[\p{L}_@$~[]/u.test(head) && !continues.test(head)
}

/** The smallest indentation below the first line. */
function memberIndent(text: string, piece: Piece): number | undefined {
  let least: number | undefined
  for (let line = nextLine(text, piece.start); line < piece.end; line = nextLine(text, line)) {
    const indent = indentOf(text, line)
    if (indent > 0 && beginsAt(text, line, indent) && (least === undefined || indent < least))
      least = indent
  }
  return least
}

function indentOf(text: string, line: number): number {
  let at = line
  while (text[at] === ' ' || text[at] === '\t') at++
  return at - line
}

function nextLine(text: string, line: number): number {
  const at = text.indexOf('\n', line)
  return at < 0 ? text.length : at + 1
}

/** Spaces in place of everything but line breaks: all other places stay what they are. */
function blank(text: string, { start, end }: Piece): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
}

/** The parts' definitions in their places, inside the types that they stand in. */
function merge(whole: Extraction, parts: Extraction[]): Extraction {
  const rows = whole.definitions.map((row, index) => ({ row, from: whole, index }))
  for (const part of parts)
    part.definitions.forEach((row, index) => {
      rows.push({ row: inContainer(row, whole), from: part, index })
    })
  rows.sort((a, b) => a.row.line - b.row.line || a.row.nameColumn - b.row.nameColumn)
  const places = new Map<Extraction, number[]>()
  rows.forEach(({ from, index }, place) => {
    const list = places.get(from) ?? []
    list[index] = place
    places.set(from, list)
  })
  const placeOf = (from: Extraction, index: number) => places.get(from)?.[index] ?? -1
  const all = [whole, ...parts]
  return {
    definitions: rows.map(({ row }) => row),
    references: all.flatMap((from) =>
      from.references.map((row) => ({ ...row, enclosing: placeOf(from, row.enclosing) })),
    ),
    bases: all.flatMap((from) =>
      from.bases.map((row) => ({ ...row, definition: placeOf(from, row.definition) })),
    ),
    imports: all.flatMap((from) => from.imports),
  }
}

function inContainer(
  row: Extraction['definitions'][number],
  whole: Extraction,
): Extraction['definitions'][number] {
  if (row.container !== '') return row
  const around = whole.definitions.findLast(
    (other) =>
      /^(?:class|struct|interface|trait|enum|module)$/.test(other.kind) &&
      other.line < row.line &&
      other.endLine >= row.endLine,
  )
  if (!around) return row
  const container = around.container ? `${around.container}.${around.name}` : around.name
  return { ...row, container, kind: row.kind === 'function' ? 'method' : row.kind }
}
