/**
 * Unified diffs for people and previews, by the `diff` package, which is loaded on first use. Inputs too large or too
 * different to compare in time still get a right diff, only a coarse one: everything between the equal ends.
 */

export interface UnifiedDiff {
  /** Empty where nothing differs; ends with a newline otherwise. */
  diff: string
  added: number
  removed: number
}

export interface DiffOptions {
  path: string
  /** The name afterwards, when it is another. */
  newPath?: string
  /** Equal lines round each change. */
  context?: number
}

interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  lines: string[]
}

const maxFineChars = 4 * 1024 * 1024
const maxFineEdits = 4000
const maxFineMs = 1000
const noNewline = '\\ No newline at end of file'

/** `null` for a file that is not there (created, deleted). */
export async function unifiedDiff(
  before: string | null,
  after: string | null,
  options: DiffOptions,
): Promise<UnifiedDiff> {
  if (before === after) return { diff: '', added: 0, removed: 0 }
  const hunks = await compare(before ?? '', after ?? '', options.context ?? 3)
  const lines = hunks.flatMap((hunk) => hunk.lines)
  const header = [
    before === null ? '--- /dev/null' : `--- a/${options.path}`,
    after === null ? '+++ /dev/null' : `+++ b/${options.newPath ?? options.path}`,
  ]
  const body = hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines])
  return {
    diff: `${[...header, ...body].join('\n')}\n`,
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
}

/** The first lines of a diff, with a last line that says how much is missing. */
export function capDiff(diff: string, options: { maxLines: number; maxChars: number }): string {
  const lines = diff.split('\n')
  let chars = 0
  let count = 0
  while (count < lines.length && count < options.maxLines) {
    chars += (lines[count] ?? '').length + 1
    if (chars > options.maxChars + 1) break
    count++
  }
  if (count >= lines.length || (count === lines.length - 1 && lines.at(-1) === '')) return diff
  const missing = lines.length - count - (lines.at(-1) === '' ? 1 : 0)
  return `${lines.slice(0, count).join('\n')}\n… ${missing} more lines of the diff\n`
}

/** Stretches of two lists of lines, in order: equal, or replaced by one another (either side may be empty). */
export interface LineRun {
  equal: boolean
  oldStart: number
  oldCount: number
  newStart: number
  newCount: number
}

export async function diffLineLists(
  before: readonly string[],
  after: readonly string[],
): Promise<LineRun[]> {
  const { diffArrays } = await import('diff')
  const changes = diffArrays([...before], [...after], { maxEditLength: maxFineEdits }) ?? [
    { added: false, removed: true, count: before.length },
    { added: true, removed: false, count: after.length },
  ]
  const runs: LineRun[] = []
  let oldStart = 0
  let newStart = 0
  for (const change of changes) {
    const equal = !change.added && !change.removed
    const oldCount = change.added ? 0 : change.count
    const newCount = change.removed ? 0 : change.count
    const last = runs.at(-1)
    if (last && !last.equal && !equal) {
      last.oldCount += oldCount
      last.newCount += newCount
    } else {
      runs.push({ equal, oldStart, oldCount, newStart, newCount })
    }
    oldStart += oldCount
    newStart += newCount
  }
  return runs
}

async function compare(before: string, after: string, context: number): Promise<Hunk[]> {
  if (before.length + after.length <= maxFineChars) {
    const { structuredPatch } = await import('diff')
    const patch = structuredPatch('a', 'b', before, after, undefined, undefined, {
      context,
      maxEditLength: maxFineEdits,
      timeout: maxFineMs,
    })
    if (patch) return patch.hunks
  }
  return [coarseHunk(splitLines(before), splitLines(after), context)]
}

/** One hunk from the first line that differs to the last. */
function coarseHunk(before: string[], after: string[], context: number): Hunk {
  let head = 0
  const shorter = Math.min(before.length, after.length)
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++

  const from = Math.max(0, head - context)
  const until = Math.max(0, tail - context)
  const lines = [
    ...mark(' ', before.slice(from, head)),
    ...mark('-', before.slice(head, before.length - tail)),
    ...mark('+', after.slice(head, after.length - tail)),
    ...mark(' ', before.slice(before.length - tail, before.length - until)),
  ]
  return {
    oldStart: from + 1,
    oldLines: before.length - until - from,
    newStart: from + 1,
    newLines: after.length - until - from,
    lines,
  }
}

/** Each with its newline, so that a missing last one is a difference. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function mark(sign: string, lines: string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, noNewline],
  )
}

function hunkHeader(hunk: Hunk): string {
  return `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`
}

/** The format counts an empty range from the line before it. */
function range(start: number, lines: number): string {
  if (lines === 0) return `${start - 1},0`
  return lines === 1 ? `${start}` : `${start},${lines}`
}
