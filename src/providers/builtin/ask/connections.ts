/** How a place hangs together with the rest: who calls it, who uses it, which tests name it. */
import { plural } from '../../../base/text.ts'
import { type Graph, linksTo } from '../graph-results.ts'
import { isImport } from '../import-line.ts'
import { isCode, isProse, isTest, languageOf } from '../languages.ts'
import type { UseRow } from '../results.ts'
import { escapePattern } from '../toolkit.ts'
import { at, code, listed } from './markdown.ts'
import type { Place } from './place.ts'

const shownUses = 4
const shownTests = 3

type Used = Pick<Place, 'file' | 'line' | 'name' | 'kind' | 'exported' | 'signature'>

/** Sentences; empty when nobody uses it or nothing can be said. `graph` is of its callers, where the index has them. */
export function connections(place: Used, uses: readonly UseRow[], graph?: Graph): string {
  if (place.name === '') return ''
  const calls = graph ? callsBy(graph, place) : []
  const real = realUses(place, uses)
  const others = real.filter((use) => !isTest(use.file) && use.kind !== 'call')
  const rest = graph ? others : real.filter((use) => !isTest(use.file))
  const used = rest.filter((use) => use.kind !== 'import' && !isImport(use))
  const imports = rest.filter((use) => !used.includes(use))
  const tests = real.filter((use) => isTest(use.file)).map((use) => use.file)
  return [
    sentence(`${code(place.name)} is ${isCallable(place) ? 'called' : 'used'} by`, calls),
    calls.length === 0 ? sentence(`${code(place.name)} is used by`, used) : '',
    calls.length === 0 && used.length === 0 ? sentence('It is imported by', imports) : '',
    tests.length > 0 ? `Tests: ${listed([...new Set(tests)].map(code), shownTests)}.` : '',
  ]
    .filter((text) => text !== '')
    .join(' ')
}

function isCallable({ kind }: Used): boolean {
  return kind === 'function' || kind === 'method' || kind === 'macro'
}

type Mention = Pick<UseRow, 'file' | 'line' | 'enclosing'>

/** The calls that mean this definition for certain. */
function callsBy(graph: Graph, place: Used): Mention[] {
  return linksTo(graph, place.file)
    .filter((link) => link.sure && !link.from.test)
    .map(({ from, line }) => ({ file: from.file, line: line || from.line, enclosing: from.name }))
}

/** Without the definition itself, prose, comments and other languages. */
export function realUses(place: Used, uses: readonly UseRow[]): UseRow[] {
  const fence = languageOf(place.file)?.fence
  return uses.filter((use) => {
    if (use.file === place.file && use.line === place.line) return false
    if (!maySpeak(use.file, fence)) return false
    if (languageOf(use.file)?.comment.test(use.text)) return false
    if (isPrivate(place) && use.file !== place.file) return false
    // By text alone a method is only told from other words of its name by how it is called.
    return (
      use.kind !== '' ||
      place.kind !== 'method' ||
      new RegExp(`[.>:]${escapePattern(place.name)}\\s*[(<]`).test(use.text)
    )
  })
}

/** What a module does not export nobody else can mean, whatever its name. */
function isPrivate(place: Used): boolean {
  const known = place.signature !== '' && place.kind === 'function'
  return known && !place.exported && languageOf(place.file)?.fence === 'ts'
}

/** Code of the same language, or a script that has no extension to tell by. */
function maySpeak(file: string, fence: string | undefined): boolean {
  const other = languageOf(file)
  if (!other) return !isProse(file) && !/\.\w+$/.test(file)
  return isCode(file) && (fence === undefined || other.fence === fence)
}

function sentence(lead: string, uses: readonly Mention[]): string {
  if (uses.length === 0) return ''
  const named = uses.map((use) =>
    use.enclosing === ''
      ? at(use.file, use.line)
      : `${code(use.enclosing)} (${at(use.file, use.line)})`,
  )
  const unique = [...new Set(named)]
  const files = new Set(uses.map((use) => use.file)).size
  return `${lead} ${listed(unique, shownUses)}${unique.length > shownUses ? ` (${plural(files, 'file')})` : ''}.`
}
