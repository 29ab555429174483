/** A conventional commit message from a diff: what changed in names and kinds, not why. Pure. */
import { oneLine, plural } from '../../base/text.ts'
import { type DefinitionChange, definitionChanges, nameBodies, type OutlineRow } from './changes.ts'
import { commitScope, commitType } from './commit-kind.ts'
import { type FileDiff, parseDiff } from './diff.ts'
import { isProse, isTest } from './languages.ts'

const maxSubjectChars = 72
const maxBullets = 8
const bodyWidth = 76

/** `note` is what the author says of the change: the one thing that no diff tells, so it stands first in the body. */
export function commitMessage(
  diff: string,
  note = '',
  outline: readonly OutlineRow[] = [],
): string {
  const files = parseDiff(diff)
  if (files.length === 0) return 'There is no staged change to describe: stage one with `git add`.'
  const changes = nameBodies(files, definitionChanges(files), outline)
  const type = commitType(files, changes)
  const scope = commitScope(files)
  const prefix = `${type}${scope === '' ? '' : `(${scope})`}: `
  const subject = shorten(subjectCandidates(files, changes, type), maxSubjectChars - prefix.length)
  const body = files.length === 1 && changes.length <= 2 ? [] : bullets(files, changes)
  const parts = [[prefix + subject], note === '' ? [] : [wrapped(note)], body]
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')
}

function wrapped(note: string): string {
  let line = ''
  const lines: string[] = []
  for (const word of note.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > bodyWidth) {
      lines.push(line)
      line = word
    } else line += line === '' ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}

/** The first that fits, else the last one cut. */
function shorten(candidates: string[], room: number): string {
  return candidates.find((text) => text.length <= room) ?? oneLine(candidates.at(-1) ?? '', room)
}

/** From the most telling to the shortest. */
function subjectCandidates(files: FileDiff[], changes: DefinitionChange[], type: string): string[] {
  const only = files.length === 1 ? files[0] : undefined
  if (only?.status === 'renamed' && only.hunks.length === 0) {
    return [
      `rename ${only.oldPath} to ${baseName(only.path)}`,
      `rename ${baseName(only.oldPath)} to ${baseName(only.path)}`,
      `rename ${baseName(only.path)}`,
    ]
  }
  if (type === 'build') return dependencySubjects(files)
  if (type === 'test') {
    const titles = addedTestTitles(files)
    if (titles.length === 1)
      return [`hold that ${lowerFirst(titles[0] as string)}`, `cover ${topicOf(files)}`]
    if (titles.length > 1) return [`add ${plural(titles.length, 'test')} of ${topicOf(files)}`]
  }
  if (type === 'docs') return docSubjects(files)
  return [...symbolSubjects(changes), ...fileSubjects(files)]
}

function symbolSubjects(changes: DefinitionChange[]): string[] {
  const source = changes.filter((change) => !isTest(change.file))
  const notable = [...source].sort((a, b) => Number(b.exported) - Number(a.exported))
  const names = (kind: DefinitionChange['change']): string[] =>
    notable.filter((change) => change.change === kind).map((change) => change.name)
  const added = names('added')
  const removed = names('removed')
  const heads = names('head')
  const bodies = names('body')
  const moved = names('moved')
  if (
    added.length === 1 &&
    removed.length === 1 &&
    added.length + removed.length === source.length - bodies.length
  ) {
    return [`rename ${removed[0]} to ${added[0]}`, `add ${added[0]}`]
  }
  const onlyHelpers = !notable.some((change) => change.change === 'added' && change.exported)
  if (added.length > 0 && !(onlyHelpers && heads.length + bodies.length > 0))
    return lists('add', added)
  if (removed.length > 0) return lists('remove', removed)
  if (heads.length > 0) return lists('change the signature of', heads)
  if (bodies.length > 0) return lists('change', bodies)
  if (moved.length > 0) return lists('move', moved)
  return []
}

function lists(verb: string, names: string[]): string[] {
  const unique = [...new Set(names)]
  const [first, second] = unique
  if (unique.length === 1) return [`${verb} ${first}`]
  const options: string[] = []
  if (unique.length === 2) options.push(`${verb} ${first} and ${second}`)
  if (unique.length === 3) options.push(`${verb} ${first}, ${second} and ${unique[2]}`)
  if (unique.length > 3) options.push(`${verb} ${first}, ${second} and ${unique.length - 2} more`)
  return [...options, `${verb} ${first} and ${unique.length - 1} more`]
}

function fileSubjects(files: FileDiff[]): string[] {
  const verbs = { added: 'add', deleted: 'remove', modified: 'update', renamed: 'move' }
  const statuses = new Set(files.map((file) => file.status))
  const first = files[0] as FileDiff
  const verb = statuses.size === 1 ? verbs[first.status] : 'update'
  const names = files.map((file) => baseName(file.path))
  return [...lists(verb, names), `${verb} ${plural(files.length, 'file')}`]
}

function docSubjects(files: FileDiff[]): string[] {
  const headings = files
    .flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))
    .filter((line) => line.type === '+' && /^#{1,4} \S/.test(line.text))
    .map((line) => line.text.replace(/^#+ /, '').trim())
  const prose = files.filter((file) => isProse(file.path))
  const [first] = headings
  if (headings.length === 1 && prose.length === 1 && prose[0]?.status === 'modified') {
    return [`add "${first}" to ${baseName(prose[0].path)}`, ...fileSubjects(files)]
  }
  return fileSubjects(files)
}

/** `bump x from 1 to 2`, `add x 1.0`, `remove x`, else the files. */
function dependencySubjects(files: FileDiff[]): string[] {
  const versions = new Map<string, { before?: string; after?: string }>()
  for (const file of files.filter((entry) =>
    /(^|\/)(package\.json|Cargo\.toml|go\.mod|requirements[^/]*\.txt|pyproject\.toml)$/.test(
      entry.path,
    ),
  )) {
    for (const line of file.hunks.flatMap((hunk) => hunk.lines)) {
      const match =
        /^\s*"?(?<name>@?[\w./-]+)"?\s*(?:[:=]\s*|==\s*|\s+(?=v\d))["{]*\s*(?:version\s*=\s*")?[\^~>=]*(?<version>v?\d[\w.+-]*)/.exec(
          line.text,
        )
      const { name, version } = match?.groups ?? {}
      if (line.type === ' ' || name === undefined || version === undefined || name === 'version')
        continue
      const row = versions.get(name) ?? {}
      if (line.type === '-') row.before = version
      else row.after = version
      versions.set(name, row)
    }
  }
  const changed = [...versions].filter(([, row]) => row.before !== row.after)
  const [only] = changed
  if (changed.length === 1 && only) {
    const [name, { before, after }] = only
    if (before !== undefined && after !== undefined)
      return [`bump ${name} from ${before} to ${after}`, `bump ${name} to ${after}`]
    return after === undefined ? [`remove ${name}`] : [`add ${name} ${after}`]
  }
  if (changed.length > 1)
    return lists(
      'update',
      changed.map(([name]) => name),
    )
  return fileSubjects(files)
}

function addedTestTitles(files: FileDiff[]): string[] {
  return files.flatMap((file) =>
    file.hunks.flatMap((hunk) =>
      hunk.lines.flatMap((line) => {
        if (line.type !== '+') return []
        const quoted = /^\s*(?:it|test)(?:\.\w+)*\s*\(\s*(['"`])(.+?)\1/.exec(line.text)?.[2]
        const named = /^\s*(?:(?:async\s+)?def\s+test_(\w+)|func\s+Test(\w+))/.exec(line.text)
        const title = quoted ?? named?.[1]?.replaceAll('_', ' ') ?? named?.[2]
        return title === undefined ? [] : [title]
      }),
    ),
  )
}

/** What the tests are of: the stem of the one file, or the directory. */
function topicOf(files: FileDiff[]): string {
  const tests = files.filter((file) => isTest(file.path))
  const first = tests[0]
  if (!first) return 'the code'
  const stem = baseName(first.path)
    .replace(/\.\w+$/, '')
    .replace(/[._-](test|spec)$/, '')
    .replace(/^test_/, '')
  return tests.length === 1 ? stem : (first.path.split('/').at(-2) ?? stem)
}

function bullets(files: FileDiff[], changes: DefinitionChange[]): string[] {
  const rows = files.map((file) => {
    const own = changes.filter(
      (change) => change.file === file.path || change.file === file.oldPath,
    )
    const said = describe(file, own)
    return oneLine(`- ${file.path}: ${said}`, bodyWidth)
  })
  const shown = rows.slice(0, rows.length > maxBullets ? maxBullets - 1 : maxBullets)
  const left = rows.length - shown.length
  return left > 0 ? [...shown, `- and ${plural(left, 'more file')}`] : shown
}

function describe(file: FileDiff, own: DefinitionChange[]): string {
  const words: [DefinitionChange['change'], string][] = [
    ['added', 'add'],
    ['removed', 'remove'],
    ['moved', 'take over'],
    ['head', 'new signature of'],
    ['body', 'change'],
  ]
  const parts = words.flatMap(([kind, verb]) => {
    const names = [
      ...new Set(own.filter((change) => change.change === kind).map((change) => change.name)),
    ]
    if (names.length === 0) return []
    const shown = names.slice(0, 3).join(', ')
    return [`${verb} ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`]
  })
  if (file.status === 'renamed') parts.unshift(`moved from ${file.oldPath}`)
  if (file.status === 'deleted') return 'removed'
  if (file.binary) return `${file.status === 'added' ? 'new' : 'changed'} binary file`
  if (file.status === 'added') return parts.length === 0 ? 'new file' : `new, ${parts.join('; ')}`
  return parts.length > 0 ? parts.join('; ') : lineCount(file)
}

function lineCount(file: FileDiff): string {
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  const added = lines.filter((line) => line.type === '+').length
  const removed = lines.filter((line) => line.type === '-').length
  if (added === 0 && removed === 0) return 'mode changed'
  return `+${added} -${removed}`
}

function baseName(path: string): string {
  return path.split('/').pop() ?? path
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
