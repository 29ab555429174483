/** "Where do we talk to the network?", "which environment variables are read?": every place, by file or by name. */
import { plural } from '../../../base/text.ts'
import { definitionsIn } from '../definitions.ts'
import { codeOnly, isCode, isProse, isTest, languageOf } from '../languages.ts'
import { symbolRows, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { holds, stem, stemsOf } from '../words.ts'
import type { Asked } from './asked.ts'
import { withEnclosing } from './enclosing.ts'
import { locate, locatePlaces } from './locate.ts'
import { at, code, listed, paragraphs, placeLine } from './markdown.ts'
import type { Place } from './place.ts'
import { isForeign } from './place-files.ts'
import { narrowing, type Topic } from './topics.ts'
import { useLine } from './use-lines.ts'

const lookedAt = 400
const shownFiles = 8
const shownInFile = 2
const shownNames = 24
const shownBeside = 3

export function* survey(asked: Asked, topic: Topic): Script {
  const { question, toolkit } = asked
  const places = yield* locatePlaces(asked)
  const found: Outcome[] = yield toolkit.grep(topic.pattern, { limit: lookedAt })
  const uses = chosen(useRows(found), topic, narrowing(question, topic))
  if (uses.length === 0) return yield* locate(asked)
  const own = uses.filter((use) => !isTest(use.file) && !isForeign(use.file))
  const shown = own.length > 0 ? own : uses
  const lines = topic.name === undefined ? yield* byFile(asked, shown) : byName(shown, topic.name)
  const left = uses.length - shown.length
  const rest = left > 0 ? `In tests, examples and vendored code: ${plural(left, 'more line')}.` : ''
  const files = new Set(shown.map((use) => use.file)).size
  return paragraphs(
    `${topic.title}: ${plural(shown.length, 'place')} in ${plural(files, 'file')}, by what stands in the code.`,
    lines,
    rest,
    beside(places, shown),
  )
}

/** Code that is no comment, and of it what the further words of the question choose, if they choose anything. */
function chosen(uses: readonly UseRow[], topic: Topic, words: readonly string[]): UseRow[] {
  const seen = new Set<string>()
  const says = new RegExp(topic.pattern)
  const real = uses.filter((use) => {
    const key = `${use.file}:${use.line}`
    if (seen.has(key) || (!topic.anyFile && !isCode(use.file))) return false
    seen.add(key)
    const language = languageOf(use.file)
    if (topic.inComments || topic.anyFile) return !isProse(use.file)
    if (language?.comment.test(use.text) || definesIt(use)) return false
    return topic.name !== undefined || says.test(codeOnly(use.text, language))
  })
  const stems = words.map(stem)
  const fitting = real.filter((use) => {
    const own = stemsOf(`${use.file} ${use.text}`)
    return stems.every((wanted) => holds(own, wanted))
  })
  return stems.length > 0 && fitting.length > 0 ? fitting : real
}

/** A function that bears the name of what it wraps is a definition, not a use. */
function definesIt(use: UseRow): boolean {
  return definitionsIn(use.file, [use.text]).some((row) => row.kind !== 'value')
}

function* byFile({ toolkit }: Asked, uses: readonly UseRow[]): Script {
  const files = [...Map.groupBy(uses, (use) => use.file)].sort((a, b) => b[1].length - a[1].length)
  const shown = files.slice(0, shownFiles)
  const outlines: Outcome[] = yield shown
    .filter(([file]) => isCode(file))
    .flatMap(([file]) => toolkit.outline(file))
  const rows = symbolRows(outlines)
  const lines = shown.flatMap(([file, own]) => {
    const named = withEnclosing(own.slice(0, shownInFile), rows).map(useLine)
    const more = own.length - shownInFile
    return more > 0 ? [...named, `  - … and ${plural(more, 'more line')} of ${code(file)}`] : named
  })
  const rest = files.length - shown.length
  if (rest > 0) {
    const names = files.slice(shownFiles).map(([file]) => code(file))
    lines.push(`- … and ${plural(rest, 'more file')}: ${listed(names, 8)}`)
  }
  return lines.join('\n')
}

/** One line a name; reads whose name the code computes stand last. */
function byName(uses: readonly UseRow[], name: RegExp): string {
  const groups = Map.groupBy(uses, (use) => name.exec(use.text)?.[1] ?? '')
  const computed = groups.get('') ?? []
  groups.delete('')
  const rows = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = rows.slice(0, shownNames).map(([key, own]) => {
    const where = [...new Set(own.map((use) => at(use.file, use.line)))]
    return `- ${code(key)}: ${listed(where, 3)}`
  })
  if (rows.length > shownNames) {
    const names = rows.slice(shownNames).map(([key]) => code(key))
    lines.push(`- … and ${listed(names, 20)}`)
  }
  if (computed.length === 0) return lines.join('\n')
  const some = computed.slice(0, 6).map(useLine)
  const more = computed.length - some.length
  if (more > 0) some.push(`- … and ${plural(more, 'more place')}`)
  return paragraphs(
    lines.join('\n'),
    `${lines.length > 0 ? 'Passed on whole, or with a computed name:' : 'No name stands there; it is computed or passed on:'}\n${some.join('\n')}`,
  )
}

/** What search finds by the words, where the list does not have that file. */
function beside(places: readonly Place[], shown: readonly UseRow[]): string {
  const known = new Set(shown.map((use) => use.file))
  const more = places
    .filter((place) => place.coverage >= 0.75 && (!known.has(place.file) || place.name !== ''))
    .slice(0, shownBeside)
  if (more.length === 0) return ''
  return `By the words of the question:\n${more.map((place, index) => `${index + 1}. ${placeLine(place)}`).join('\n')}`
}
