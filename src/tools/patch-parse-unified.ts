/**
 * Unified diffs: of diff, git (renames, modes, new and deleted files, quoted names) and of models, whose line counts
 * are often wrong. Text round the diffs, such as a commit message, does not count.
 */
import { CodiError } from '../base/errors.ts'
import { type PatchFile, type PatchHunk, type PatchRow, patchError } from './patch-types.ts'

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

interface Headers {
  from?: string
  to?: string
  renameFrom?: string
  renameTo?: string
  copyFrom?: string
  newMode?: string
  oldMode?: string
  isNew: boolean
  isDeleted: boolean
}

const hunkHeader = /^@@(?: -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))?)?(?:[^@]*)@@ ?(.*)$/

function isFileStart(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? ''
  if (line.startsWith('diff --git ')) return true
  return line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ')
}

function parseFile(
  lines: readonly string[],
  start: number,
): { file: PatchFile | undefined; next: number } {
  const headers: Headers = { isNew: false, isDeleted: false }
  let at = start
  for (; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (at > start && line.startsWith('diff --git ')) break
    if (line.startsWith('@@')) break
    if (line === '' && headers.to !== undefined) break
    readHeader(line, headers, at + 1)
    if (headers.to !== undefined && line.startsWith('+++ ')) {
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

function readHeader(line: string, headers: Headers, at: number): void {
  const rest = (prefix: string): string => unquote(line.slice(prefix.length).replace(/\s+$/, ''))
  if (line.startsWith('--- ')) headers.from = withoutTime(line.slice(4))
  else if (line.startsWith('+++ ')) headers.to = withoutTime(line.slice(4))
  else if (line.startsWith('rename from ')) headers.renameFrom = rest('rename from ')
  else if (line.startsWith('rename to ')) headers.renameTo = rest('rename to ')
  else if (line.startsWith('copy from ')) headers.copyFrom = rest('copy from ')
  else if (line.startsWith('old mode ')) headers.oldMode = rest('old mode ')
  else if (line.startsWith('new mode ')) headers.newMode = rest('new mode ')
  else if (line.startsWith('new file mode ')) {
    headers.isNew = true
    headers.newMode = rest('new file mode ')
  } else if (line.startsWith('deleted file mode ')) {
    headers.isDeleted = true
  } else if (line.startsWith('GIT binary patch') || /^Binary files .* differ$/.test(line)) {
    throw patchError(at, 'binary changes cannot be applied; only text')
  }
}

function toFile(
  headers: Headers,
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

/** Null for /dev/null. Rename lines have bare names; the others begin with a/ and b/ where git wrote them. */
function pathsOf(
  headers: Headers,
  first: string,
): { from: string | null | undefined; to: string | null | undefined } {
  if (headers.renameFrom !== undefined && headers.renameTo !== undefined) {
    return { from: headers.renameFrom, to: headers.renameTo }
  }
  const isGit = first.startsWith('diff --git ')
  let { from, to } = headers
  if (from === undefined && to === undefined && isGit) [from, to] = gitNames(first)
  const bare = withoutPrefixes(from, to, isGit)
  const fromPath = from === '/dev/null' ? null : bare.from
  const toPath = to === '/dev/null' ? null : bare.to
  // `diff -u x.orig x`: without git, the new name is the file that is meant, and nothing is renamed.
  if (!isGit && typeof fromPath === 'string' && typeof toPath === 'string') {
    return { from: toPath, to: toPath }
  }
  return { from: fromPath, to: toPath }
}

/** `a/x b/x`: split where both halves name the same file. */
function gitNames(line: string): [string | undefined, string | undefined] {
  const names = line.slice('diff --git '.length)
  const quoted = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(names)
  if (quoted) return [unquote(quoted[1] ?? ''), unquote(quoted[2] ?? '')]
  const middle = (names.length - 1) / 2
  const [left, right] = [names.slice(0, middle), names.slice(middle + 1)]
  return left.slice(2) === right.slice(2) ? [left, right] : [undefined, undefined]
}

const prefixPairs = [
  ['a/', 'b/'],
  ['i/', 'w/'],
  ['c/', 'i/'],
  ['c/', 'w/'],
  ['o/', 'w/'],
] as const

function withoutPrefixes(
  from: string | undefined,
  to: string | undefined,
  isGit: boolean,
): { from: string | undefined; to: string | undefined } {
  for (const [left, right] of prefixPairs) {
    const fits =
      (from === undefined || from === '/dev/null' || from.startsWith(left)) &&
      (to === undefined || to === '/dev/null' || to.startsWith(right))
    const isSure = isGit || left === 'a/'
    if (fits && isSure) {
      return {
        from: from === '/dev/null' ? from : from?.slice(left.length),
        to: to === '/dev/null' ? to : to?.slice(right.length),
      }
    }
  }
  return { from, to }
}

function contentOf(hunks: readonly PatchHunk[]): string {
  const rows = hunks.flatMap((hunk) => hunk.rows)
  const old = hunks.find((hunk) => hunk.rows.some((row) => row.sign !== '+'))
  if (old) throw patchError(old.at, 'a new file has only lines that begin with `+`')
  const text = rows.map((row) => `${row.text}\n`).join('')
  return hunks.at(-1)?.finalNewline === false ? text.slice(0, -1) : text
}

function parseHunk(lines: readonly string[], start: number): { hunk: PatchHunk; next: number } {
  const header = hunkHeader.exec(lines[start] ?? '')
  const hunk: PatchHunk = {
    at: start + 1,
    anchors: [],
    rows: [],
    endOfFile: false,
    mayAppend: false,
  }
  const heading = header?.[5]?.trimEnd() ?? ''
  if (heading !== '') hunk.anchors.push(heading)
  if (header?.[1] !== undefined) hunk.oldStart = Number(header[1])

  const counts = header?.[1] === undefined ? undefined : countsOf(header)
  const end = (counts && countedEnd(lines, start + 1, counts)) ?? looseEnd(lines, start + 1)
  readRows(hunk, lines.slice(start + 1, end), start + 2)
  if (!hunk.rows.some((row) => row.sign !== ' ') && hunk.finalNewline === undefined) {
    throw patchError(start + 1, 'the hunk adds and removes nothing')
  }
  return { hunk, next: end }
}

function countsOf(header: RegExpExecArray): { old: number; new: number } {
  return { old: Number(header[2] ?? 1), new: Number(header[4] ?? 1) }
}

/** The end by the header's counts; undefined where what follows shows that they are wrong. */
function countedEnd(
  lines: readonly string[],
  from: number,
  counts: { old: number; new: number },
): number | undefined {
  let { old, new: added } = counts
  let at = from
  while (at < lines.length && (old > 0 || added > 0)) {
    const sign = (lines[at] ?? '')[0] ?? ' '
    if (sign === '\\') {
      at++
      continue
    }
    if (sign !== ' ' && sign !== '-' && sign !== '+') return undefined
    if (sign !== '+') old--
    if (sign !== '-') added--
    if (old < 0 || added < 0) return undefined
    at++
  }
  if (old > 0 || added > 0) return undefined
  if ((lines[at] ?? '').startsWith('\\')) at++
  return isHunkEnd(lines, at) || lines[at] === '' || lines[at] === '-- ' ? at : undefined
}

function looseEnd(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && !isHunkEnd(lines, at)) at++
  while (at > from && lines[at - 1] === '') at--
  return at
}

function isHunkEnd(lines: readonly string[], at: number): boolean {
  const line = lines[at]
  if (line === undefined || line.startsWith('@@') || isFileStart(lines, at)) return true
  return line.startsWith('```') || /^(Index: |Only in |diff -|[A-Z]*EOF$|PATCH$)/.test(line)
}

/** A line without newline is marked by a line after it: the marks say how each side ends. */
function readRows(hunk: PatchHunk, lines: readonly string[], firstAt: number): void {
  let oldOpen = false
  let newOpen = false
  lines.forEach((line, index) => {
    const sign = line[0] ?? ' '
    if (sign === '\\') {
      const last = hunk.rows.at(-1)?.sign
      if (last !== '+') oldOpen = true
      if (last !== '-') newOpen = true
      return
    }
    if (sign !== ' ' && sign !== '-' && sign !== '+') {
      throw patchError(
        firstAt + index,
        `a line of a hunk must begin with a space, \`+\` or \`-\`, found ${JSON.stringify(line.slice(0, 80))}`,
      )
    }
    const row: PatchRow = { sign, text: line.slice(1) }
    hunk.rows.push(row)
  })
  if (oldOpen || newOpen) {
    hunk.endOfFile = true
    hunk.finalNewline = !newOpen
  }
}

function withoutTime(name: string): string {
  const tab = name.indexOf('\t')
  return unquote((tab < 0 ? name : name.slice(0, tab)).trimEnd())
}

/** Git quotes names with bytes beyond ASCII: `"a/\303\251.txt"`. */
function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"') || name.length < 2) return name
  const bytes: number[] = []
  const body = name.slice(1, -1)
  for (let index = 0; index < body.length; index++) {
    const char = body[index] ?? ''
    if (char !== '\\') {
      bytes.push(...Buffer.from(char, 'utf8'))
      continue
    }
    const octal = /^[0-3][0-7]{2}/.exec(body.slice(index + 1))?.[0]
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8))
      index += 3
      continue
    }
    index++
    const escaped = body[index] ?? ''
    const control = escapes[escaped]
    if (control === undefined) throw new CodiError('invalid', `The quoted name ${name} is broken`)
    bytes.push(control)
  }
  return Buffer.from(bytes).toString('utf8')
}

const escapes: Record<string, number> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
}
