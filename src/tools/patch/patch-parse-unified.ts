/**
 * Unified diffs: of diff, git (renames, modes, new and deleted files, quoted names) and of models, whose line counts
 * are often wrong. Text round the diffs, such as a commit message, does not count.
 */
import { type PatchFile, type PatchHunk, patchError } from './patch-types.ts'
import { isFileStart, parseHunk } from './patch-unified-hunk.ts'
import { type DiffHeaders, pathsOf, unquote, withoutTime } from './patch-unified-names.ts'

export function parseUnified(lines: readonly string[]): PatchFile[] {
  const files: PatchFile[] = []
  let at = 0
  while (at < lines.length) {
    if (!isFileStart(lines, at)) {
      at++
      continue
    }
    const parsed = parseFile(lines, at)
    if (parsed.file) files.push(parsed.file)
    at = parsed.next
  }
  return files
}

function parseFile(
  lines: readonly string[],
  start: number,
): { file: PatchFile | undefined; next: number } {
  const headers: DiffHeaders = { isNew: false, isDeleted: false }
  let at = start
  for (; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (at > start && line.startsWith('diff --git ')) break
    if (line.startsWith('@@')) break
    if (line === '' && headers.newName !== undefined) break
    readHeader(line, headers, at + 1)
    if (headers.newName !== undefined && line.startsWith('+++ ')) {
      at++
      break
    }
  }
  const hunks: PatchHunk[] = []
  while (at < lines.length && (lines[at] ?? '').startsWith('@@')) {
    const parsed = parseHunk(lines, at)
    hunks.push(parsed.hunk)
    at = parsed.next
    // A blank line between hunks is a model's, not part of the diff.
    while ((lines[at] ?? '').trim() === '' && (lines[at + 1] ?? '').startsWith('@@')) at++
  }
  return { file: toFile(headers, hunks, { line: lines[start] ?? '', at: start + 1 }), next: at }
}

/** What git says of a file before its hunks. */
const gitHeaders: readonly { pattern: RegExp; set(headers: DiffHeaders, value: string): void }[] = [
  { pattern: /^rename from (.*)$/, set: (headers, value) => (headers.renameFrom = value) },
  { pattern: /^rename to (.*)$/, set: (headers, value) => (headers.renameTo = value) },
  { pattern: /^copy from (.*)$/, set: (headers, value) => (headers.copyFrom = value) },
  { pattern: /^new mode (.*)$/, set: (headers, value) => (headers.newMode = value) },
  {
    pattern: /^new file mode (.*)$/,
    set: (headers, value) => {
      headers.isNew = true
      headers.newMode = value
    },
  },
  { pattern: /^deleted file mode (.*)$/, set: (headers) => (headers.isDeleted = true) },
]

function readHeader(line: string, headers: DiffHeaders, at: number): void {
  if (line.startsWith('GIT binary patch') || /^Binary files .* differ$/.test(line)) {
    throw patchError(at, 'binary changes cannot be applied; only text')
  }
  if (line.startsWith('--- ')) headers.oldName = withoutTime(line.slice(4))
  if (line.startsWith('+++ ')) headers.newName = withoutTime(line.slice(4))
  for (const { pattern, set } of gitHeaders) {
    const value = pattern.exec(line)?.[1]
    if (value !== undefined) set(headers, unquote(value.trimEnd()))
  }
}

function toFile(
  headers: DiffHeaders,
  hunks: PatchHunk[],
  start: { line: string; at: number },
): PatchFile | undefined {
  if (headers.copyFrom !== undefined) {
    throw patchError(start.at, 'copies are not supported; add the file with its content instead')
  }
  if (headers.newMode !== undefined && !/^100\d{3}$/.test(headers.newMode)) {
    throw patchError(start.at, `mode ${headers.newMode} (a link or submodule) is not supported`)
  }
  const { from, to } = pathsOf(headers, start.line)
  const executable =
    headers.newMode === undefined
      ? {}
      : { executable: (Number.parseInt(headers.newMode, 8) & 0o111) !== 0 }
  if (headers.isNew || from === null) {
    if (to === null || to === undefined) throw patchError(start.at, 'the new file has no name')
    return { kind: 'add', path: to, hunks: [], content: contentOf(hunks), ...executable }
  }
  if (headers.isDeleted || to === null) {
    if (from === undefined) throw patchError(start.at, 'the deleted file has no name')
    return { kind: 'delete', path: from, hunks }
  }
  if (from === undefined || to === undefined) {
    throw patchError(start.at, `no file is named by ${JSON.stringify(start.line)}`)
  }
  if (hunks.length === 0 && from === to && headers.newMode === undefined) {
    throw patchError(start.at, `the diff of ${from} has no hunks`)
  }
  return {
    kind: 'update',
    path: from,
    hunks,
    ...(from === to ? {} : { newPath: to }),
    ...executable,
  }
}

function contentOf(hunks: readonly PatchHunk[]): string {
  const rows = hunks.flatMap((hunk) => hunk.rows)
  const old = hunks.find((hunk) => hunk.rows.some((row) => row.sign !== '+'))
  if (old) throw patchError(old.at, 'a new file has only lines that begin with `+`')
  const text = rows.map((row) => `${row.text}\n`).join('')
  return hunks.at(-1)?.finalNewline === false ? text.slice(0, -1) : text
}
