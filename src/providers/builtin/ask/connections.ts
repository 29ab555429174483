/** How a place hangs together with the rest: who calls it, who imports it, which tests name it. */
import { plural } from '../../../base/text.ts'
import { isImport } from '../import-line.ts'
import { isCode, isProse, isTest, languageOf } from '../languages.ts'
import type { UseRow } from '../results.ts'
import { escapePattern } from '../toolkit.ts'
import { at, code, listed } from './markdown.ts'
import type { Place } from './place.ts'

const shownUses = 4

/** Uses of the place's name as sentences; empty when nobody uses it or nothing can be said. */
export function connections(place: Place, uses: readonly UseRow[]): string {
  if (place.name === '') return ''
  const real = realUses(place, uses)
  const tests = real.filter((use) => isTest(use.file))
  const code_ = real.filter((use) => !isTest(use.file))
  const calls = code_.filter((use) => use.kind === 'call' || (use.kind === '' && !isImport(use)))
  const imports = code_.filter((use) => use.kind === 'import' || (use.kind === '' && isImport(use)))
  const others = code_.filter((use) => !calls.includes(use) && !imports.includes(use))
  const sentences = [
    sentence(`${code(place.name)} is ${callable(place) ? 'called' : 'used'} by`, calls),
    calls.length === 0 ? sentence(`${code(place.name)} is used in`, others) : '',
    calls.length === 0 && others.length === 0 ? sentence('It is imported by', imports) : '',
    tests.length > 0 ? `Tests: ${listed(files(tests).map(code), 3)}.` : '',
  ]
  return sentences.filter((text) => text !== '').join(' ')
}

function callable(place: Place): boolean {
  return place.kind === 'function' || place.kind === 'method' || place.kind === 'macro'
}

/** Without the definition itself, prose, comments and other languages. */
export function realUses(
  place: Pick<Place, 'file' | 'line' | 'name' | 'kind' | 'exported' | 'signature'>,
  uses: readonly UseRow[],
): UseRow[] {
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
function isPrivate(place: Pick<Place, 'file' | 'kind' | 'exported' | 'signature'>): boolean {
  const known = place.signature !== '' && place.kind === 'function'
  return known && !place.exported && languageOf(place.file)?.fence === 'ts'
}

/** Code of the same language, or a script that has no extension to tell by. */
function maySpeak(file: string, fence: string | undefined): boolean {
  const other = languageOf(file)
  if (!other) return !isProse(file) && !/\.\w+$/.test(file)
  return isCode(file) && (fence === undefined || other.fence === fence)
}

function sentence(lead: string, uses: UseRow[]): string {
  if (uses.length === 0) return ''
  const named = uses.map((use) =>
    use.enclosing === ''
      ? at(use.file, use.line)
      : `${code(use.enclosing)} (${at(use.file, use.line)})`,
  )
  const unique = [...new Set(named)]
  return `${lead} ${listed(unique, shownUses)}${unique.length > shownUses ? ` (${plural(files(uses).length, 'file')})` : ''}.`
}

function files(uses: readonly UseRow[]): string[] {
  return [...new Set(uses.map((use) => use.file))]
}
