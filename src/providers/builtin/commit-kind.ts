/** Type and scope of a conventional commit, from the paths and the kinds of change. */
import type { DefinitionChange } from './changes.ts'
import type { FileDiff } from './diff.ts'
import { codeOnly, isProse, isTest, languageOf } from './languages.ts'

const ci =
  /(^|\/)(\.github\/workflows|\.ci|\.circleci|\.gitlab)\/|(^|\/)(\.gitlab-ci\.yml|\.travis\.yml|azure-pipelines\.yml|Jenkinsfile|\.drone\.yml)$/
const build =
  /(^|\/)(package\.json|(package-lock|npm-shrinkwrap)\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.(toml|lock)|go\.(mod|sum)|requirements[^/]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|setup\.(py|cfg)|Gemfile(\.lock)?|composer\.(json|lock)|Makefile|CMakeLists\.txt|Dockerfile|docker-compose\.ya?ml|build\.(ts|js|rs|gradle(\.kts)?)|pom\.xml|tsconfig[^/]*\.json|(vite|webpack|rollup|esbuild)\.config\.\w+)$/
const chore =
  /(^|\/)(\.gitignore|\.gitattributes|\.editorconfig|\.prettierrc[^/]*|\.eslintrc[^/]*|biome\.jsonc?|\.npmrc|\.nvmrc|\.vscode\/.*)$/
const repair = /\b(fix(es|ed)|bug(fix)?|regression|issue #?\d+)\b/i

export function commitType(
  files: readonly FileDiff[],
  changes: readonly DefinitionChange[],
): string {
  const all = (test: (path: string) => boolean): boolean => files.every((file) => test(file.path))
  if (all((path) => isTest(path))) return 'test'
  if (all((path) => isProse(path) || /^docs?\//.test(path))) return 'docs'
  if (all((path) => ci.test(path))) return 'ci'
  if (all((path) => build.test(path) || ci.test(path))) return 'build'
  if (all((path) => chore.test(path) || build.test(path))) return 'chore'
  if (files.every((file) => file.status === 'renamed' && file.hunks.length === 0)) return 'refactor'
  if (onlyWhiteSpace(files)) return 'style'
  if (onlyComments(files)) return 'docs'
  return sourceType(files, changes)
}

function sourceType(files: readonly FileDiff[], changes: readonly DefinitionChange[]): string {
  const source = files.filter((file) => !isTest(file.path) && !isProse(file.path))
  const own = changes.filter((change) => !isTest(change.file))
  const added = own.filter((change) => change.change === 'added')
  const removed = own.filter((change) => change.change === 'removed')
  if (saysRepair(files)) return 'fix'
  if (mostlyTests(files)) return 'test'
  const moved = own.filter((change) => change.change === 'moved')
  if (moved.length > 0 && moved.length >= added.length) return 'refactor'
  if (source.some((file) => file.status === 'added')) return 'feat'
  if (removed.length > 0 && removed.length >= added.length) return 'refactor'
  if (added.some((change) => change.exported)) return 'feat'
  if (source.every((file) => file.status === 'deleted')) return 'refactor'
  const lines = source.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))
  const plus = lines.filter((line) => line.type === '+' && line.text.trim() !== '')
  const minus = lines.filter((line) => line.type === '-' && line.text.trim() !== '')
  // A few lines changed inside of what exists, most of all conditions and checks: that is what a repair looks like.
  if (added.length === 0 && plus.length + minus.length <= 20) return 'fix'
  if (plus.some((line) => guards.test(line.text)) && plus.length <= 40) return 'fix'
  if (plus.length > 3 * minus.length) return 'feat'
  return 'refactor'
}

const guards =
  /\b(if|unless|guard|catch|except|rescue|throw|raise)\b|\?\?|\?\.|!= ?nil|!==? ?(null|undefined)/

/** Names of added tests, and comments beside them, speak of a repair. */
function saysRepair(files: readonly FileDiff[]): boolean {
  const lines = files.filter((file) => isTest(file.path)).flatMap((file) => addedTexts(file))
  return lines.some(
    (text) => repair.test(text) && /^\s*(it|test|def test|func Test|\/\/|#|\*|\/\*)/.test(text),
  )
}

function addedTexts(file: FileDiff): string[] {
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  return lines
    .filter((line) => line.type === '+' && line.text.trim() !== '')
    .map((line) => line.text)
}

/** Far more was written in tests than in what they test. */
function mostlyTests(files: readonly FileDiff[]): boolean {
  const size = (own: readonly FileDiff[]): number =>
    own.reduce((sum, file) => sum + addedTexts(file).length, 0)
  const tests = size(files.filter((file) => isTest(file.path)))
  const source = size(files.filter((file) => !isTest(file.path)))
  return tests > 20 && tests > 8 * source
}

function onlyWhiteSpace(files: readonly FileDiff[]): boolean {
  return files.every((file) => {
    const lines = file.hunks.flatMap((hunk) => hunk.lines)
    const bare = (mark: string): string =>
      lines
        .filter((line) => line.type === mark)
        .map((line) => line.text.replace(/\s/g, ''))
        .join('')
    return lines.length > 0 && languageOf(file.path)?.fence !== 'python' && bare('+') === bare('-')
  })
}

function onlyComments(files: readonly FileDiff[]): boolean {
  return files.every((file) => {
    const changed = file.hunks.flatMap((hunk) => hunk.lines).filter((line) => line.type !== ' ')
    const language = languageOf(file.path)
    return (
      file.status === 'modified' &&
      changed.length > 0 &&
      changed.every(
        (line) =>
          line.text.trim() === '' ||
          ((language?.definitions.length ?? 0) > 0 && codeOnly(line.text, language).trim() === ''),
      )
    )
  })
}

/** Directories that say nothing of the topic. */
const vague = new Set(
  'src lib app apps packages crates internal pkg cmd source main java python tests test spec docs doc workflows'.split(
    ' ',
  ),
)

/** The last telling part of the directory that all source files share; empty where they share none. */
export function commitScope(files: readonly FileDiff[]): string {
  const source = files.filter((file) => !isTest(file.path) && !isProse(file.path))
  const judged = source.length > 0 ? source : files
  const directories = judged.map((file) => file.path.split('/').slice(0, -1))
  const first = directories[0] ?? []
  let shared = first.length
  for (const parts of directories) {
    let same = 0
    while (same < shared && parts[same] === first[same]) same++
    shared = same
  }
  const telling = first.slice(0, shared).filter((part) => !vague.has(part) && !part.startsWith('.'))
  // A package of a monorepo says more than the directory deep inside of it.
  const inPackages =
    /^(packages|apps|crates|services|workers|plugins)$/.test(first[0] ?? '') && shared > 1
  return (inPackages ? telling[0] : telling.at(-1)) ?? ''
}
