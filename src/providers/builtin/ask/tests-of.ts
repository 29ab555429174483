/** "Is there a test for X", "how is X tested": the tests that name it, by their titles, and the test files near it. */
import { plural } from '../../../base/text.ts'
import { impactOf } from '../graph-results.ts'
import { isCode, isTest } from '../languages.ts'
import { globPaths, type UseRow, useRows } from '../results.ts'
import { testsNear } from '../review/untested.ts'
import type { Outcome, Script } from '../script.ts'
import { escapePattern } from '../toolkit.ts'
import { holds, stem, stemsOf } from '../words.ts'
import type { Asked } from './asked.ts'
import { locatePlaces } from './locate.ts'
import { code, listed, paragraphs, placeLine } from './markdown.ts'
import { lastPart, type Place } from './place.ts'
import type { Question } from './question.ts'
import { useLines } from './use-lines.ts'

const lookedAt = 400
const shownTests = 10
const shownNear = 4
/** Calls and imports between a test and what it tests. */
const testDepth = 4
const fixture = /(^|\/)(fixtures?|testdata)\//
const asks =
  /\b(is|are) there (a |an |any |some )?(unit |integration |e2e )?(tests?|specs?)\b|\b(which|what|where (is|are)) (is |are )?(the |a |any )?(unit |integration )?(tests?|specs?)\b|\b(is|are)\b.+\btested\b|\btests? (for|of|cover\w*)\b/i
const own = new Set(
  'test tests tested testing spec specs unit integration e2e cover covers covered covering any'.split(
    ' ',
  ),
)

export function asksForTests(question: Question): boolean {
  return asks.test(question.text) && aboutWords(question).length + question.paths.length > 0
}

function aboutWords(question: Question): string[] {
  return question.words.filter((word) => !own.has(word))
}

export function* testsOf(asked: Asked): Script {
  const { question, toolkit } = asked
  const words = aboutWords(question)
  const path = question.paths[0]?.path
  const name = question.names[0] === undefined ? undefined : lastPart(question.names[0])
  // A name is looked up as such; its parts would fit too much.
  const stems = name === undefined ? words.map(stem) : []
  const found: Outcome[] = yield [
    ...toolkit.glob('**/*{test,Test,spec}*'),
    ...toolkit.glob('**/{test,tests,spec,__tests__}/**'),
    ...(path === undefined
      ? []
      : [...toolkit.glob(`**/*${baseOf(path)}*`), ...toolkit.impact({ path }, testDepth)]),
    ...stems.filter((one) => one.length > 2).flatMap((one) => toolkit.glob(`**/*${one}*`)),
    ...(stems.length === 0
      ? []
      : toolkit.grep(headPattern(stems), { ignoreCase: true, limit: lookedAt })),
    ...(name === undefined ? [] : [...toolkit.uses(name), ...toolkit.impact({ name }, testDepth)]),
  ]
  const files = [...new Set(globPaths(found))].filter(
    (file) => isTest(file) && isCode(file) && !fixture.test(file),
  )
  const near = path === undefined ? [] : testsNear(path, files)
  const named = files.filter((file) => fits(stems, stemsOf(file)))
  const heads = titles(useRows(found.filter((outcome) => outcome.name === 'grep')), stems)
  const references = useRows(found.filter((outcome) => outcome.name === 'find_references'))
  const uses = references.filter((use) => isTest(use.file))
  const best = near.length > 0 ? near : named
  const reaching = testsReaching(found, { name, path }).filter(
    (file) => !best.includes(file) && !uses.some((use) => use.file === file),
  )
  if (best.length + heads.length + uses.length + reaching.length === 0)
    return yield* noTest(asked, words, files.length > 0)
  const told = new Set([
    ...best,
    ...reaching,
    ...heads.map((use) => use.file),
    ...uses.map((use) => use.file),
  ])
  const nearest = told.size < shownNear ? yield* nearTests(asked) : []
  const others = nearest.filter((place) => !told.has(place.file))
  return paragraphs(
    best.length === 0
      ? ''
      : `Test file${best.length > 1 ? 's' : ''} named for it: ${listed(best.map(code), 6)}.`,
    heads.length === 0
      ? ''
      : `${plural(heads.length, 'test title')} ${heads.length === 1 ? 'names' : 'name'} it:\n${useLines(heads, shownTests)}`,
    uses.length === 0
      ? ''
      : `Used in tests, ${plural(uses.length, 'place')}:\n${useLines(uses, heads.length > 0 ? 4 : shownTests)}`,
    reaching.length === 0
      ? ''
      : `${uses.length === 0 ? 'Tests that reach it' : 'Others reach it through what they call or import'}: ${listed(reaching.map(code), 6)}.`,
    placeList('By what stands in them:', others),
  )
}

function testsReaching(
  outcomes: readonly Outcome[],
  { name, path }: { name: string | undefined; path: string | undefined },
): string[] {
  const about = name === undefined ? (path === undefined ? undefined : { path }) : { name }
  return (about && impactOf(outcomes, about)?.tests) ?? []
}

function* nearTests(asked: Asked): Script<Place[]> {
  const words = aboutWords(asked.question)
  const about = { words, stems: words.map(stem), intent: 'where' as const, wantsTests: true }
  const question = { ...asked.question, ...about }
  const places = yield* locatePlaces({ ...asked, question })
  return places
    .filter((place) => isTest(place.file) && !fixture.test(place.file) && place.coverage > 0)
    .slice(0, shownNear)
}

function placeList(lead: string, places: readonly Place[]): string {
  if (places.length === 0) return ''
  return `${lead}\n${places.map((place, index) => `${index + 1}. ${placeLine(place)}`).join('\n')}`
}

function* noTest(asked: Asked, words: readonly string[], someTests: boolean): Script {
  if (!someTests) return 'There are no test files here at all.'
  const path = asked.question.paths[0]?.path
  if (path !== undefined) return `No test here is named for ${code(path)} or imports it.`
  return paragraphs(
    `No test here has ${listed(words.map(code), 4)} in its title or its file name.`,
    placeList('The nearest by what stands in them:', yield* nearTests(asked)),
  )
}

/** Heads of tests in many languages, with one of the words. */
function headPattern(stems: readonly string[]): string {
  const words = stems.map((one) => escapePattern(one)).join('|')
  return `^\\s*(\\b(it|test|describe|context|scenario|specify|should)(\\.\\w+)*\\s*[( ]\\s*['"\`]|(async )?def (test_|self\\.)?|func Test|(pub |async )*fn |(public |static )*void |class Test).*(${words})`
}

/** Lines of test files that have all the words, best first: those with fewer others. */
function titles(uses: readonly UseRow[], stems: readonly string[]): UseRow[] {
  return uses
    .filter((use) => isTest(use.file) && isCode(use.file))
    .map((use) => ({ use, words: stemsOf(use.text), path: stemsOf(use.file) }))
    .filter(
      ({ words, path }) =>
        fits(stems, new Set([...words, ...path])) && stems.some((one) => holds(words, one)),
    )
    .sort(
      (a, b) =>
        Number(fits(stems, b.words)) - Number(fits(stems, a.words)) || a.words.size - b.words.size,
    )
    .map((row) => row.use)
}

function fits(stems: readonly string[], words: ReadonlySet<string>): boolean {
  return stems.length > 0 && stems.every((one) => holds(words, one))
}

function baseOf(file: string): string {
  return (file.split('/').pop() ?? file).replace(/\.\w+$/, '')
}
