/** The `*** Begin Patch` format: Add, Delete and Update File, Move to, `@@` anchors, `*** End of File`. */
import { type PatchFile, type PatchHunk, type PatchRow, patchError } from './patch-types.ts'

const headers = /^\*\*\* (Add|Delete|Update) File: *(.+?)\s*$/

/** Lines before the begin and after the end (a fence, a here-document) do not count. */
export function parseBeginPatch(lines: readonly string[]): PatchFile[] {
  const begin = markLine(lines, '*** Begin Patch', 0)
  let end = markLine(lines, '*** End Patch', begin + 1)
  if (end < 0) {
    throw patchError(lines.length, 'the patch has no `*** End Patch`; it may have been cut off')
  }
  const files: PatchFile[] = []
  let at = begin + 1
  while (at < end) {
    const line = lines[at] ?? ''
    if (line.trim() === '') {
      at++
      continue
    }
    const header = headers.exec(line.trim())
    if (!header) {
      throw patchError(
        at + 1,
        `expected \`*** Add File: \`, \`*** Delete File: \` or \`*** Update File: \`, found ${quote(line)}`,
      )
    }
    const next = sectionEnd(lines, at + 1, end)
    const section = { lines: lines.slice(at + 1, next), at: at + 2, path: header[2] ?? '' }
    files.push(parseSection(header[1] ?? '', section))
    at = next
  }
  // A second patch in the same text is more likely a mistake than something to leave out in silence.
  end = lines.findIndex((line, index) => index > end && line.trimEnd() === '*** Begin Patch')
  if (end >= 0)
    throw patchError(end + 1, 'a second `*** Begin Patch`; put all files into one patch')
  return files
}

/** With a space before it a mark may be a line of context, and counts only where there is no other. */
function markLine(lines: readonly string[], mark: string, from: number): number {
  const bare = lines.findIndex((line, index) => index >= from && line.trimEnd() === mark)
  return bare >= 0 ? bare : lines.findLastIndex((line) => line.trim() === mark)
}

interface Section {
  lines: readonly string[]
  /** 1-based line of the patch of the first of `lines`. */
  at: number
  path: string
}

function sectionEnd(lines: readonly string[], from: number, end: number): number {
  let at = from
  while (at < end && !headers.test((lines[at] ?? '').trimEnd())) at++
  return at
}

function parseSection(kind: string, section: Section): PatchFile {
  if (kind === 'Add') {
    return { kind: 'add', path: section.path, hunks: [], content: addedContent(section) }
  }
  if (kind === 'Delete') {
    const extra = section.lines.findIndex((line) => line.trim() !== '')
    if (extra >= 0) {
      throw patchError(
        section.at + extra,
        `nothing may follow \`*** Delete File: ${section.path}\``,
      )
    }
    return { kind: 'delete', path: section.path, hunks: [] }
  }
  return parseUpdate(section)
}

/** Every line begins with `+`; an empty one between them is taken for an empty line. */
function addedContent(section: Section): string {
  const last = section.lines.findLastIndex((line) => line.trim() !== '')
  const content = section.lines.slice(0, last + 1).map((line, index) => {
    if (line.startsWith('+')) return line.slice(1)
    if (line === '') return ''
    throw patchError(
      section.at + index,
      `every line of the new file ${section.path} must begin with \`+\`, found ${quote(line)}`,
    )
  })
  return content.map((line) => `${line}\n`).join('')
}

function parseUpdate(section: Section): PatchFile {
  const move = /^\*\*\* Move to: *(.+?)\s*$/.exec(section.lines[0] ?? '')
  const body = section.lines.slice(move ? 1 : 0)
  const hunks = parseHunks(body, section.at + (move ? 1 : 0))
  if (hunks.length === 0 && !move) {
    throw patchError(section.at, `the update of ${section.path} has no changes`)
  }
  const file: PatchFile = { kind: 'update', path: section.path, hunks }
  return move ? { ...file, newPath: move[1] ?? '' } : file
}

function parseHunks(lines: readonly string[], firstAt: number): PatchHunk[] {
  const hunks: PatchHunk[] = []
  let hunk: PatchHunk | undefined
  lines.forEach((line, index) => {
    const at = firstAt + index
    if (line.startsWith('@@')) {
      // Several anchors in a row narrow one hunk down.
      if (!hunk || hunk.rows.length > 0) {
        hunk = emptyHunk(at)
        hunks.push(hunk)
      }
      addAnchor(hunk, line)
      return
    }
    if (line.trimEnd() === '*** End of File') {
      if (!hunk) throw patchError(at, '`*** End of File` stands before any change')
      hunk.endOfFile = true
      return
    }
    if (!hunk || hunk.endOfFile) {
      if (line.trim() === '') return
      hunk = emptyHunk(at)
      hunks.push(hunk)
    }
    hunk.rows.push(parseRow(line, at))
  })
  for (const parsed of hunks) {
    dropTrailingEmpty(parsed.rows)
    if (!parsed.rows.some((row) => row.sign !== ' ')) {
      throw patchError(parsed.at, 'the hunk adds and removes nothing')
    }
  }
  return hunks
}

function emptyHunk(at: number): PatchHunk {
  return { at, anchors: [], rows: [], endOfFile: false, mayAppend: true }
}

/** `@@ class Foo`, and as some models write it `@@ -12,3 +12,4 @@ class Foo` or `@@ class Foo @@`. */
function addAnchor(hunk: PatchHunk, line: string): void {
  const numbers = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@(.*)$/.exec(line)
  const anchor = (numbers ? (numbers[2] ?? '') : line.slice(2)).replace(/ @@\s*$/, '')
  if (numbers) {
    hunk.oldStart = Number(numbers[1])
    hunk.mayAppend = false
  }
  if (anchor.trim() !== '' && anchor.trim() !== '@@') {
    hunk.anchors.push(anchor.startsWith(' ') ? anchor.slice(1) : anchor)
  }
}

function parseRow(line: string, at: number): PatchRow {
  if (line === '') return { sign: ' ', text: '' }
  const sign = line[0]
  if (sign === ' ' || sign === '-' || sign === '+') return { sign, text: line.slice(1) }
  throw patchError(
    at,
    `a line of a change must begin with a space, \`+\` or \`-\`, found ${quote(line)}`,
  )
}

/** Empty lines at the end of a hunk are mostly the space before the next header. */
function dropTrailingEmpty(rows: PatchRow[]): void {
  for (let row = rows.at(-1); row?.sign === ' ' && row.text === ''; row = rows.at(-1)) rows.pop()
}

function quote(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line)
}
