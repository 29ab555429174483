/**
 * A diff with some lines more before each hunk, from the files as they are now: the head of what changed may stand
 * above what the diff shows. Only of files that are as the diff says; which these are is told too.
 */
import type { FileDiff, Hunk } from '../diff.ts'
import { isCode } from '../languages.ts'
import { type FileText, fileText } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'

const maxFiles = 20
const readLines = 2_000
const linesBefore = 12

export interface Widened {
  files: FileDiff[]
  /** Paths of files that are on disk as the diff leaves them. */
  current: ReadonlySet<string>
}

export function* widened(files: readonly FileDiff[], toolkit: Toolkit): Script<Widened> {
  const wanted = files
    .filter((file) => file.status !== 'deleted' && !file.binary && isCode(file.path))
    .slice(0, maxFiles)
  const reads: Outcome[] = yield wanted.flatMap((file) =>
    toolkit.read(file.path, { offset: 1, limit: readLines }),
  )
  const current = new Set<string>()
  const wide = files.map((file) => {
    const text = wanted.includes(file) ? fileText(reads, file.path) : undefined
    if (!text || !isAsOnDisk(file, text)) return file
    current.add(file.path)
    return { ...file, hunks: file.hunks.map((hunk, at) => widen(hunk, file.hunks[at - 1], text)) }
  })
  return { files: wide, current }
}

function isAsOnDisk(file: FileDiff, text: FileText): boolean {
  const added = file.hunks.flatMap((hunk) => hunk.lines).filter((line) => line.type === '+')
  return added.every((line) => {
    const now = text.lines[line.newLine - text.start]
    // Beyond what was read it cannot be told.
    return now === undefined || now.trimEnd() === line.text.trimEnd() || now.includes('… [')
  })
}

function widen(hunk: Hunk, previous: Hunk | undefined, text: FileText): Hunk {
  const [first] = hunk.lines
  if (!first) return hunk
  const from = Math.max(first.newLine - linesBefore, (previous?.lines.at(-1)?.newLine ?? 0) + 1)
  const shift = first.oldLine - first.newLine
  const before = text.lines
    .slice(Math.max(0, from - text.start), Math.max(0, first.newLine - text.start))
    .map((line, index) => {
      const newLine = Math.max(from, text.start) + index
      return { type: ' ' as const, text: line, oldLine: newLine + shift, newLine }
    })
  return { ...hunk, lines: [...before, ...hunk.lines] }
}
