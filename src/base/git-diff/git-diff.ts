/**
 * A set of changed files as a diff that `git apply` takes: creation and deletion, renames, modes, symbolic links, binary
 * files, names that need quotes. What is known of a file by its name alone is said to differ, which git refuses to apply.
 */
import { unifiedDiff } from '../diff.ts'
import { binaryPatch } from './binary.ts'
import { gitFileLine, gitName } from './names.ts'
import { findRenames } from './renames.ts'

export interface DiffSide {
  /** Permission bits. */
  mode: number
  isLink: boolean
  /** Of its git blob. */
  sha: string
  /** Of a link its target; undefined where the content is not known. */
  bytes: Uint8Array | undefined
}

export interface DiffFile {
  /** Relative, with `/`. */
  path: string
  /** Undefined: there was none, there is none. */
  before: DiffSide | undefined
  after: DiffSide | undefined
}

export interface FileDiff {
  path: string
  kind: 'created' | 'changed' | 'deleted' | 'renamed' | 'mode'
  /** The name before. */
  from?: string
  /** Permission bits, where they are others now. */
  mode?: { before: number; after: number }
  binary: boolean
  added: number
  removed: number
  /** With its header; empty where git knows no difference (a mode that is not about executing). */
  diff: string
}

const noSha = '0'.repeat(40)

/** By path; a pair that is a rename is one row. */
export async function gitDiff(files: readonly DiffFile[]): Promise<FileDiff[]> {
  const deleted = files.filter((file) => file.before && !file.after)
  const created = files.filter((file) => !file.before && file.after)
  const renames = findRenames(
    deleted.map((file) => renameSide(file.before)),
    created.map((file) => renameSide(file.after)),
  )
  const renamed = new Map<DiffFile, { from: DiffFile; percent: number }>()
  const gone = new Set<DiffFile>()
  for (const { from, to, percent } of renames) {
    const source = deleted[from]
    const target = created[to]
    if (!source || !target || source.before?.isLink !== target.after?.isLink) continue
    renamed.set(target, { from: source, percent })
    gone.add(source)
  }
  const rows: FileDiff[] = []
  for (const file of files) {
    if (gone.has(file)) continue
    const rename = renamed.get(file)
    if (rename) rows.push(await oneFile({ ...file, before: rename.from.before }, rename))
    // A file that became a link is, to git, a deletion and a creation.
    else if (file.before && file.after && file.before.isLink !== file.after.isLink)
      rows.push(await replaced(file))
    else rows.push(await oneFile(file))
  }
  return rows.sort((one, two) => (one.path < two.path ? -1 : one.path > two.path ? 1 : 0))
}

async function replaced(file: DiffFile): Promise<FileDiff> {
  const removal = await oneFile({ ...file, after: undefined })
  const creation = await oneFile({ ...file, before: undefined })
  return {
    path: file.path,
    kind: 'changed',
    binary: removal.binary || creation.binary,
    added: creation.added,
    removed: removal.removed,
    diff: removal.diff + creation.diff,
  }
}

async function oneFile(
  { path, before, after }: DiffFile,
  rename?: { from: DiffFile; percent: number },
): Promise<FileDiff> {
  const oldPath = rename?.from.path ?? path
  const isSame = before !== undefined && after !== undefined && before.sha === after.sha
  const content = isSame
    ? { text: '', added: 0, removed: 0, binary: false }
    : await contentDiff({ before, after, oldPath, path })
  const head = [
    `diff --git ${gitName('a/', oldPath)} ${gitName('b/', path)}`,
    ...modeLines(before, after),
    ...(rename
      ? [
          `similarity index ${rename.percent}%`,
          `rename from ${gitName('', oldPath)}`,
          `rename to ${gitName('', path)}`,
        ]
      : []),
    ...(isSame ? [] : [indexLine(before, after)]),
  ]
  const says = content.text !== '' || head.length > (isSame ? 1 : 2)
  return {
    path,
    kind: kindOf({ before, after, isSame, isRename: rename !== undefined }),
    ...(rename ? { from: oldPath } : {}),
    ...(before && after && before.mode !== after.mode && !after.isLink
      ? { mode: { before: before.mode, after: after.mode } }
      : {}),
    binary: content.binary,
    added: content.added,
    removed: content.removed,
    diff: says || !isSame ? `${head.join('\n')}\n${content.text}` : '',
  }
}

function kindOf(of: {
  before: DiffSide | undefined
  after: DiffSide | undefined
  isSame: boolean
  isRename: boolean
}): FileDiff['kind'] {
  if (of.isRename) return 'renamed'
  if (!of.before) return 'created'
  if (!of.after) return 'deleted'
  return of.isSame ? 'mode' : 'changed'
}

function modeLines(before: DiffSide | undefined, after: DiffSide | undefined): string[] {
  if (!before) return after ? [`new file mode ${gitMode(after)}`] : []
  if (!after) return [`deleted file mode ${gitMode(before)}`]
  const [was, is] = [gitMode(before), gitMode(after)]
  return was === is ? [] : [`old mode ${was}`, `new mode ${is}`]
}

/** All that git keeps of a mode. */
function gitMode({ isLink, mode }: DiffSide): string {
  if (isLink) return '120000'
  return mode & 0o100 ? '100755' : '100644'
}

function indexLine(before: DiffSide | undefined, after: DiffSide | undefined): string {
  const shas = `index ${before?.sha ?? noSha}..${after?.sha ?? noSha}`
  return before && after && gitMode(before) === gitMode(after) ? `${shas} ${gitMode(after)}` : shas
}

async function contentDiff(of: DiffFile & { oldPath: string }): Promise<{
  text: string
  added: number
  removed: number
  binary: boolean
}> {
  const { before, after, oldPath, path } = of
  const oldName = before ? gitFileLine('a/', oldPath) : '/dev/null'
  const newName = after ? gitFileLine('b/', path) : '/dev/null'
  const oldBytes = before ? before.bytes : new Uint8Array()
  const newBytes = after ? after.bytes : new Uint8Array()
  if (!oldBytes || !newBytes) {
    const text = `Binary files ${oldName} and ${newName} differ\n`
    return { text, added: 0, removed: 0, binary: true }
  }
  const oldText = textOf(oldBytes)
  const newText = textOf(newBytes)
  if (oldText === undefined || newText === undefined)
    return { text: binaryPatch(oldBytes, newBytes), added: 0, removed: 0, binary: true }
  const { diff, added, removed } = await unifiedDiff(oldText, newText, { path: 'x' })
  if (diff === '') return { text: '', added: 0, removed: 0, binary: false }
  const hunks = diff.slice(diff.indexOf('\n@@') + 1)
  return { text: `--- ${oldName}\n+++ ${newName}\n${hunks}`, added, removed, binary: false }
}

/** Undefined for what a diff of text could not carry byte for byte. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8000).includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function renameSide(side: DiffSide | undefined) {
  return {
    sha: side?.sha ?? noSha,
    text: side?.bytes === undefined || side.isLink ? undefined : textOf(side.bytes),
  }
}
