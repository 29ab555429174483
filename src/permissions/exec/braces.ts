/** Brace expansion over the pieces of a word: `{rm,-rf,/}` is three words. Too many are not expanded but refused. */
import type { Atom } from './atom.ts'

const maxWords = 64
const maxBraces = 32
const maxSequence = 64

/** The words that one becomes; undefined where there are too many to look at. */
export function expandBraces(atoms: Atom[]): Atom[][] | undefined {
  if (!atoms.some((atom) => isChar(atom, '{'))) return [atoms]
  if (atoms.filter((atom) => isChar(atom, '{')).length > maxBraces) return undefined
  const open = findOpen(atoms)
  if (!open) return [atoms]
  const head = atoms.slice(0, open.at)
  const tails = expandBraces(atoms.slice(open.end))
  if (!tails) return undefined
  const words: Atom[][] = []
  for (const choice of open.choices) {
    const inner = expandBraces(choice)
    if (!inner || inner.length * tails.length + words.length > maxWords) return undefined
    for (const middle of inner) for (const tail of tails) words.push([...head, ...middle, ...tail])
  }
  return words
}

interface Open {
  at: number
  end: number
  choices: Atom[][]
}

/** The first brace that has a partner and a comma or a sequence inside; others mean themselves. */
function findOpen(atoms: Atom[]): Open | undefined {
  for (let at = 0; at < atoms.length; at++) {
    const atom = atoms[at]
    if (!atom || !isChar(atom, '{')) continue
    let depth = 0
    let start = at + 1
    const choices: Atom[][] = []
    for (let index = at; index < atoms.length; index++) {
      const one = atoms[index]
      if (!one) break
      if (isChar(one, '{')) depth++
      else if (isChar(one, ',') && depth === 1) {
        choices.push(atoms.slice(start, index))
        start = index + 1
      } else if (isChar(one, '}') && --depth === 0) {
        const last = atoms.slice(start, index)
        if (choices.length > 0) return { at, end: index + 1, choices: [...choices, last] }
        const sequence = sequenceOf(last)
        if (sequence) return { at, end: index + 1, choices: sequence }
        break
      }
    }
  }
  return undefined
}

function sequenceOf(atoms: Atom[]): Atom[][] | undefined {
  if (atoms.some((atom) => atom.quoted || atom.expansion || atom.splits)) return undefined
  const text = atoms.map((atom) => atom.text).join('')
  const found = /^(?:(-?\d+)\.\.(-?\d+)|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d+))?$/.exec(text)
  if (!found) return undefined
  const [, from, to, first, last, by] = found
  const isLetter = first !== undefined
  const start = isLetter ? first.charCodeAt(0) : Number(from)
  const end = isLetter ? (last ?? first).charCodeAt(0) : Number(to)
  const step = Math.max(1, Math.abs(Number(by ?? 1)))
  const count = Math.floor(Math.abs(end - start) / step) + 1
  // A long sequence of numbers: what matters of it is seen in its first ones.
  return Array.from({ length: Math.min(count, maxSequence) }, (_, index) => {
    const value = start + Math.sign(end - start) * step * index
    return [{ text: isLetter ? String.fromCharCode(value) : String(value), quoted: true }]
  })
}

function isChar(atom: Atom, char: string): boolean {
  return atom.text === char && !atom.quoted && !atom.splits && !atom.expansion
}
