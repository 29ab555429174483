/** Memories in words, the same for the REPL and the command line: what was typed, which are meant, how they are listed. */
import { CodiError } from '../base/errors.ts'
import { oneLine, plural } from '../base/text.ts'
import type {
  Memory,
  MemoryFact,
  MemoryFile,
  MemoryScope,
  NewMemory,
  StoredMemory,
} from '../contract/memory.ts'

const shownChars = 320

const scopeFlags: Readonly<Record<string, MemoryScope>> = {
  '--project': 'project',
  '--user': 'user',
}

/** `[category:] fact [--project|--user]`. */
export function readMemoryWords(words: string): NewMemory {
  let scope: MemoryScope | undefined
  const rest = words.replace(
    /(^|\s)(--project|--user)(?=\s|$)/g,
    (_, before: string, flag: string) => {
      if (scope !== undefined && scope !== scopeFlags[flag])
        throw new CodiError('usage', 'A memory is for the project or for the user, not both')
      scope = scopeFlags[flag]
      return before
    },
  )
  const found = /^\s*([\p{L}][\p{L}\p{N}_-]{0,39}):\s+(\S[\s\S]*)$/u.exec(rest)
  return {
    text: (found?.[2] ?? rest).trim(),
    ...(found?.[1] === undefined ? {} : { category: found[1] }),
    ...(scope === undefined ? {} : { scope }),
  }
}

/** Without `--project` and `--user`: a scope, and what is left. */
export function scopeOfWords(words: string): { scope: MemoryScope | undefined; rest: string } {
  const { scope, text, category } = readMemoryWords(words)
  return { scope, rest: category === undefined ? text : `${category}: ${text}` }
}

/** A fact with the number by which a person names it; numbers count over both files. */
export interface NumberedFact {
  number: number
  fact: MemoryFact
}

export function numberedFacts(files: readonly MemoryFile[]): NumberedFact[] {
  return files.flatMap(({ facts }) => facts).map((fact, index) => ({ number: index + 1, fact }))
}

/** Those that hold the text, in their words or their category. */
export function matchingFacts(facts: readonly NumberedFact[], query: string): NumberedFact[] {
  const wanted = query.trim().toLowerCase()
  return facts.filter(({ fact }) => `${fact.category}: ${fact.text}`.toLowerCase().includes(wanted))
}

/** By `N`, `N M`, `*` or a part of the text. Throws a CodiError where that is none. */
export function chosenFacts(files: readonly MemoryFile[], pattern: string): MemoryFact[] {
  const facts = numberedFacts(files)
  const wanted = pattern.trim()
  if (wanted === '')
    throw new CodiError('usage', 'Which memory? Give its number, a part of its text, or *')
  const broken = files.find(({ state }) => state === 'broken')
  if (facts.length === 0)
    throw new CodiError(
      'not_found',
      broken ? `${broken.path}: ${broken.why}` : 'Nothing is remembered',
    )
  if (wanted === '*' || wanted === 'all') return facts.map(({ fact }) => fact)
  const numbers = /^\d+(?:[\s,]+\d+)*$/.test(wanted) ? wanted.split(/[\s,]+/).map(Number) : []
  const missing = numbers.find((number) => number < 1 || number > facts.length)
  if (missing !== undefined)
    throw new CodiError(
      'not_found',
      `There is no memory ${missing}; there are 1 to ${facts.length}`,
    )
  const chosen =
    numbers.length > 0
      ? facts.filter(({ number }) => numbers.includes(number))
      : matchingFacts(facts, wanted)
  if (chosen.length === 0)
    throw new CodiError('not_found', `No memory holds "${oneLine(wanted, 80)}"`)
  return chosen.map(({ fact }) => fact)
}

/** The files with their facts, as lines; what is not used says why. */
export function memoryLines(
  all: readonly MemoryFile[],
  { query, scope }: { query: string; scope?: MemoryScope | undefined },
): string[] {
  const numbered = numberedFacts(all)
  const files = all.filter((file) => scope === undefined || file.scope === scope)
  const shown = query === '' ? numbered : matchingFacts(numbered, query)
  return files.flatMap((file) => {
    const facts = shown.filter(({ fact }) => file.facts.includes(fact))
    const why = file.why === undefined ? '' : ` (not used: ${file.why})`
    if (facts.length === 0 && why === '') return []
    return [`${file.scope}: ${file.path}${why}`, ...facts.map(factText)]
  })
}

function factText({ number, fact }: NumberedFact): string {
  const date = fact.date === undefined ? '' : ` (${fact.date})`
  return `${String(number).padStart(4)}  ${fact.category}: ${oneLine(fact.text, shownChars)}${date}`
}

export function factWords(fact: MemoryFact): string {
  return `${fact.category}: ${oneLine(fact.text, shownChars)} (${fact.scope})`
}

export function storedText({ fact, outcome, path, why }: StoredMemory): string {
  const words = { stored: 'Remembered', renewed: 'Remembered anew', known: 'Known already' }
  const where = fact.scope === 'project' ? 'for this project' : 'for every project'
  const note = why === undefined ? '' : `; it is not used yet: ${why}`
  return `${words[outcome]} ${where}: ${fact.text} (${path})${note}`
}

/** Takes over what the earlier Codi kept; answers what was done, a line each. */
export async function importEarlier(memory: Memory): Promise<string[]> {
  const { facts, profile } = memory.earlier()
  const lines: string[] = []
  let stored = 0
  for (const { text, category } of facts) {
    try {
      const added = await memory.add({ text, category, scope: 'user' })
      if (added.outcome !== 'known') stored++
    } catch (thrown) {
      if (!(thrown instanceof CodiError) || !['invalid', 'denied'].includes(thrown.kind))
        throw thrown
      lines.push(`Left out "${oneLine(text, 60)}": ${thrown.message}`)
    }
  }
  for (const [key, value] of profile) await memory.profile.set(key, value)
  const rows = profile.length === 0 ? '' : `, ${plural(profile.length, 'row')} of the profile`
  return [...lines, `Took over ${plural(stored, 'memory', 'memories')}${rows} of the earlier Codi`]
}
