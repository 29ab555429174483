/** "Where is the version set": the manifests' own line first, then constants and assignments that say so. */
import { plural } from '../../../base/text.ts'
import { isTest } from '../languages.ts'
import { type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { locate } from './locate.ts'
import { paragraphs } from './markdown.ts'
import { isForeign } from './place-files.ts'
import type { Question } from './question.ts'
import { useLines } from './use-lines.ts'

const own = new Set(
  'version versions number set stored come comes package release released current bump kept written printed shown'.split(
    ' ',
  ),
)
const lookedAt = 300
const shownPlaces = 10
const spreadOfWeights = 6

const manifests =
  /(^|\/)(package\.json|Cargo\.toml|pyproject\.toml|setup\.(py|cfg)|composer\.json|pom\.xml|[^/]+\.gemspec|build\.gradle(\.kts)?|CMakeLists\.txt|VERSION|version\.txt|[^/]+\.csproj|deno\.jsonc?|mix\.exs)$/
/** A name with "version" in it that is given a number or a text that begins with one. */
const assignment =
  "^\\s*([\\w.#\"'\\s<-]*[\\s.\"'])?_*\\w*(version|VERSION|Version)_*[\"']?\\s*(:\\s*[&'\\w. ]+)?\\s*(:=|=>|[=:(>]|\\s(?:[\"']))\\s*[(\"'v]*\\d+\\.\\d+"

/** The version of the program itself, and nothing narrower. */
export function asksForVersion(question: Question): boolean {
  return (
    /\bversion\b/i.test(question.text) &&
    question.names.length === 0 &&
    question.paths.length === 0 &&
    question.words.every((word) => own.has(word))
  )
}

export function* whereVersion(asked: Asked): Script {
  const found: Outcome[] = yield asked.toolkit.grep(assignment, { limit: lookedAt })
  const rows = useRows(found).filter(
    (use) => !isTest(use.file) && !/(^|\/)[^/]*lock[^/]*$/i.test(use.file),
  )
  const sorted = rows
    .map((use) => ({ use, weight: weightOf(use) }))
    .sort((a, b) => a.weight - b.weight)
  const [best] = sorted
  if (!best || best.weight >= 20) return yield* locate(asked)
  const likely = sorted
    .filter((row) => row.weight <= best.weight + spreadOfWeights)
    .map((row) => row.use)
  return paragraphs(
    `The version stands in ${plural(likely.length, 'place')}, the likeliest first:`,
    useLines(likely, shownPlaces),
  )
}

/** Less is likelier: near the root, in a manifest, by its plain name; dependencies and others' code last. */
function weightOf(use: UseRow): number {
  const depth = use.file.split('/').length - 1
  const named = /(^|[\s"'.])_*version_*["']?\s*[:=(]/i.test(use.text)
  const source = manifests.test(use.file)
    ? 0
    : /(^|\/)(_*version_*|__init__|__about__|version)\.\w+$/i.test(use.file)
      ? 2
      : 6
  const inComment = /^\s*(\/\/|#|\*|<!--)/.test(use.text)
  return depth + source + (named ? 0 : 4) + (inComment ? 20 : 0) + (isForeign(use.file) ? 20 : 0)
}
