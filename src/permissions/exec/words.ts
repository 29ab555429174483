/**
 * The text of one word to what the shell makes of it: quotes, ANSI-C escapes, `~`, braces, certain variables. A word
 * whose own scan does not agree with the grammar's tree is answered with undefined: nothing may be guessed.
 */
import { decodeAnsiC } from './ansi-c.ts'
import type { Atom, Expansion } from './atom.ts'
import { expandBraces } from './braces.ts'
import { literal, unknownMark, type Word } from './script.ts'

export interface WordScope {
  home: string
  /** The expansion that the tree has at this place; undefined where it has none. */
  expansionAt(index: number): Expansion | undefined
}

const ordinary = /^[\w./:@%+,=-]+$/
const plainInQuotes = /[^"\\$`]/
/** Not `,` and braces, which an expansion of braces takes apart. */
const plainBare = /[\w./:@%+=-]/
const startsExpansion = /[\w@*#?$!({-]/

export function readWord(
  text: string,
  span: { start: number; end: number },
  scope: WordScope,
): Word[] | undefined {
  const whole = text.slice(span.start, span.end)
  if (ordinary.test(whole)) return [literal(whole)]
  const atoms = readAtoms(text, span, scope)
  if (!atoms) return undefined
  const braced = expandBraces(atoms)
  if (!braced) return undefined
  return braced.flatMap(splitFields).map((word) => wordOf(word, scope.home))
}

function readAtoms(
  text: string,
  span: { start: number; end: number },
  scope: WordScope,
): Atom[] | undefined {
  const atoms: Atom[] = []
  let quoted = false
  let at = span.start
  /** True while quotes surround it, and the expansion was read. */
  const expansion = (): boolean => {
    const found = scope.expansionAt(at)
    if (!found || found.end > span.end) return false
    const written = text.slice(at, found.end)
    const splits = !quoted && found.many !== 'never' && found.value !== undefined
    if (splits)
      for (const char of found.value ?? '') atoms.push({ text: char, quoted: false, splits: true })
    else if (found.value !== undefined) atoms.push({ text: found.value, quoted: true })
    else atoms.push({ text: written, quoted, expansion: found })
    at = found.end
    return true
  }
  while (at < span.end) {
    const char = text[at] ?? ''
    const next = at + 1 < span.end ? (text[at + 1] ?? '') : ''
    if (char === '"') {
      quoted = !quoted
      // An empty string is a word, too.
      atoms.push({ text: '', quoted: true })
      at++
    } else if (char === '\\') {
      if (next === '') return undefined
      if (next !== '\n') {
        const kept = quoted && !/[$`"\\]/.test(next)
        atoms.push({ text: kept ? `\\${next}` : next, quoted: true })
      }
      at += 2
    } else if (char === '$') {
      if (!quoted && next === "'") {
        const decoded = decodeAnsiC(text, at + 2, span.end)
        if (!decoded) return undefined
        atoms.push({ text: decoded.text, quoted: true })
        at = decoded.end
      } else if (!quoted && next === '"') at++
      else if (next === '\\' && text[at + 2] === '\n') return undefined
      else if (startsExpansion.test(next)) {
        if (!expansion()) return undefined
      } else {
        atoms.push({ text: '$', quoted: true })
        at++
      }
    } else if (char === '`') {
      if (!expansion()) return undefined
    } else if (quoted) {
      const end = runEnd(text, at + 1, span.end, plainInQuotes)
      atoms.push({ text: text.slice(at, end), quoted: true })
      at = end
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0 || end >= span.end) return undefined
      atoms.push({ text: text.slice(at + 1, end), quoted: true })
      at = end + 1
    } else if (char === '<' || char === '>') {
      if (next !== '(' || !expansion()) return undefined
    } else if (/[\s;&|()]/.test(char) || (char === '#' && at === span.start)) {
      return undefined
    } else {
      const end = plainBare.test(char) ? runEnd(text, at + 1, span.end, plainBare) : at + 1
      atoms.push({ text: text.slice(at, end), quoted: false })
      at = end
    }
  }
  return quoted ? undefined : atoms
}

/** The end of a run of characters that mean nothing by themselves. */
function runEnd(text: string, from: number, limit: number, plain: RegExp): number {
  let end = from
  while (end < limit && plain.test(text[end] ?? '')) end++
  return end
}

function splitFields(atoms: Atom[]): Atom[][] {
  if (!atoms.some((atom) => atom.splits && /\s/.test(atom.text))) return [atoms]
  const fields: Atom[][] = []
  let field: Atom[] | undefined
  for (const atom of atoms) {
    if (atom.splits && /\s/.test(atom.text)) field = undefined
    else if (field) field.push(atom)
    else {
      field = [atom]
      fields.push(field)
    }
  }
  return fields
}

function wordOf(atoms: Atom[], home: string): Word {
  const first = atoms[0]
  const second = atoms[1]
  const tilde = first?.text === '~' && !first.quoted && !first.splits
  const isHome = tilde && (second === undefined || (second.text.startsWith('/') && !second.quoted))
  let value: string | undefined = ''
  let lead = ''
  let text = ''
  let shape = ''
  const variables: string[] = []
  let origin: Word['origin'] = 'seen'
  let many = false
  let glob = false
  atoms.forEach((atom, index) => {
    text += atom.text
    const { expansion } = atom
    if (expansion) {
      if (expansion.variable !== undefined) variables.push(expansion.variable)
      value = undefined
      shape += unknownMark
      if (origin === 'seen' || expansion.origin === 'unseen') origin = expansion.origin
      many ||= expansion.many === 'always' || (expansion.many === 'unquoted' && !atom.quoted)
      return
    }
    const known = index === 0 && isHome ? home : atom.text
    shape += known
    if (value !== undefined) {
      value += known
      lead = value
    }
    if (!atom.quoted && /[*?[]/.test(atom.text)) {
      glob = true
      many = true
    }
  })
  // `~name` is another one's home, wherever that is.
  if (tilde && !isHome)
    return {
      text,
      value: undefined,
      lead: '/',
      shape: `/home/${shape.slice(1)}`,
      many,
      glob,
      origin,
      variables,
    }
  return { text, value, lead, shape, many, glob, origin, variables }
}
