/** What a diff did to the definitions in it: added, removed, given another head, or touched inside. */
import { type Definition, definitionsIn } from './definitions.ts'
import type { DiffLine, FileDiff } from './diff.ts'
import { isCode } from './languages.ts'

export interface DefinitionChange {
  name: string
  kind: Definition['kind']
  change: 'added' | 'removed' | 'moved' | 'head' | 'body'
  file: string
  /** On the new side. */
  line: number
  exported: boolean
  /** Folded heads; empty where that side has none. */
  before: string
  after: string
}

export function definitionChanges(files: readonly FileDiff[]): DefinitionChange[] {
  const changes = files.flatMap(changesOfFile)
  const named = (kind: DefinitionChange['change']): Set<string> =>
    new Set(changes.filter((change) => change.change === kind).map((change) => change.name))
  const added = named('added')
  const removed = named('removed')
  // Removed here and added there is a move: neither new nor gone.
  return changes.flatMap((change) => {
    if (change.change === 'removed' && added.has(change.name)) return []
    if (change.change === 'added' && removed.has(change.name))
      return [{ ...change, change: 'moved' as const }]
    return [change]
  })
}

function changesOfFile(file: FileDiff): DefinitionChange[] {
  if (file.binary) return []
  const before = new Map<string, Side>()
  const after = new Map<string, Side>()
  const bodies: DefinitionChange[] = []
  for (const hunk of file.hunks) {
    collect(file.oldPath || file.path, hunk.lines, '-', before)
    collect(file.path, hunk.lines, '+', after)
    bodies.push(...touchedBodies(file, hunk.heading, hunk.lines))
  }
  const changes: DefinitionChange[] = []
  for (const [name, side] of before) {
    const now = after.get(name)
    if (!now && side.touched) changes.push(entry(file, name, side, 'removed'))
    else if (now && now.signature !== side.signature && (now.touched || side.touched)) {
      changes.push({ ...entry(file, name, now, 'head'), before: side.signature })
    }
  }
  for (const [name, side] of after) {
    if (!before.has(name) && side.touched) changes.push(entry(file, name, side, 'added'))
  }
  const known = new Set(changes.map((change) => change.name))
  for (const body of bodies) {
    if (known.has(body.name)) continue
    known.add(body.name)
    changes.push(body)
  }
  return changes
}

interface Side {
  signature: string
  kind: Definition['kind']
  exported: boolean
  line: number
  /** A line of the head is itself an added or removed one. */
  touched: boolean
}

/** Definitions of one side of a hunk. Two of one name in a file (overloads, same method names) are told apart by none. */
function collect(path: string, lines: DiffLine[], mark: '+' | '-', into: Map<string, Side>): void {
  const side = lines.filter((line) => line.type === mark || line.type === ' ')
  for (const found of definitionsIn(
    path,
    side.map((line) => line.text),
  )) {
    const head = side.slice(found.at, found.headEnd + 1)
    const previous = into.get(found.name)
    if (previous?.touched) continue
    into.set(found.name, {
      signature: found.signature,
      kind: found.kind,
      exported: found.exported,
      line: side[found.at]?.newLine ?? 0,
      touched: head.some((line) => line.type === mark),
    })
  }
}

function entry(
  file: FileDiff,
  name: string,
  side: Side,
  change: DefinitionChange['change'],
): DefinitionChange {
  const removed = change === 'removed'
  return {
    name,
    kind: side.kind,
    change,
    file: removed ? file.oldPath || file.path : file.path,
    line: side.line,
    exported: side.exported,
    before: removed ? side.signature : '',
    after: removed ? '' : side.signature,
  }
}

/** Definitions around the changed lines: the nearest head above in the hunk, else the one git names in its heading. */
function touchedBodies(file: FileDiff, heading: string, lines: DiffLine[]): DefinitionChange[] {
  const side = lines.filter((line) => line.type !== '-')
  const found = definitionsIn(
    file.path,
    side.map((line) => line.text),
  )
  const outer = definitionsIn(file.path, [heading])[0]
  const touched = new Map<string, DefinitionChange>()
  for (const line of lines) {
    if (line.type === ' ' || line.text.trim() === '') continue
    const around =
      found.findLast((definition) => (side[definition.at]?.newLine ?? 0) <= line.newLine) ?? outer
    if (!around || touched.has(around.name)) continue
    touched.set(around.name, {
      name: around.name,
      kind: around.kind,
      change: 'body',
      file: file.path,
      line: line.newLine,
      exported: around.exported,
      before: around.signature,
      after: around.signature,
    })
  }
  return [...touched.values()]
}

/** Definitions as an outline tells them, of the files as they are now. */
export interface OutlineRow {
  file: string
  name: string
  kind: string
  line: number
  end: number
  exported: boolean
}

/** Changed files whose outline may name what the lines around a hunk do not. */
export function filesToOutline(
  files: readonly FileDiff[],
  changes: readonly DefinitionChange[],
): string[] {
  const unnamed = files.filter(
    (file) =>
      file.status === 'modified' &&
      isCode(file.path) &&
      !changes.some((change) => change.file === file.path && change.change !== 'body'),
  )
  return unnamed.map((file) => file.path)
}

/** Changed bodies by the innermost function around each changed line, where an outline knows it. */
export function nameBodies(
  files: readonly FileDiff[],
  changes: readonly DefinitionChange[],
  outline: readonly OutlineRow[],
): DefinitionChange[] {
  const outlined = new Set(outline.map((row) => row.file))
  const named = files
    .filter((file) => filesToOutline([file], changes).length > 0 && outlined.has(file.path))
    .flatMap((file) => bodiesOf(file, outline))
  const better = new Set(named.map((change) => change.file))
  return [...changes.filter((change) => !better.has(change.file)), ...named]
}

function bodiesOf(file: FileDiff, outline: readonly OutlineRow[]): DefinitionChange[] {
  const own = outline.filter(
    (row) => row.file === file.path && (row.kind === 'function' || row.kind === 'method'),
  )
  const found = new Map<string, DefinitionChange>()
  for (const line of file.hunks.flatMap((hunk) => hunk.lines)) {
    if (line.type === ' ' || line.text.trim() === '') continue
    const [around] = own
      .filter((row) => row.line <= line.newLine && row.end >= line.newLine)
      .sort((a, b) => a.end - a.line - (b.end - b.line))
    if (!around || found.has(around.name)) continue
    found.set(around.name, {
      name: around.name,
      kind: 'function',
      change: 'body',
      file: file.path,
      line: line.newLine,
      exported: around.exported,
      before: '',
      after: '',
    })
  }
  return [...found.values()]
}
