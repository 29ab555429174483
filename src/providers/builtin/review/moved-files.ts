/** Files that the diff moved or deleted and that others still import by their old path. */
import type { Finding } from '../../../contract/review.ts'
import type { FileDiff } from '../diff.ts'
import { isCode, isTest } from '../languages.ts'
import { useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { importCalls, importsOf } from './old-imports.ts'

const maxFiles = 6
const shownUses = 4

/** Only imports by a relative path count: a bare name may mean a library. */
export function* movedFiles(files: readonly FileDiff[], toolkit: Toolkit): Script<Finding[]> {
  const moved = files
    .filter((file) => file.status === 'renamed' || file.status === 'deleted')
    .filter((file) => isCode(oldPathOf(file)) && !isTest(oldPathOf(file)))
    .slice(0, maxFiles)
  const outcomes: Outcome[] = yield moved.flatMap((file) => importCalls(oldPathOf(file), toolkit))
  const rows = useRows(outcomes.filter((outcome) => outcome.name === 'grep'))
  return moved.flatMap((file) => {
    const old = oldPathOf(file)
    const uses = importsOf(old, rows).filter(
      (use) => /['"]\.{1,2}\//.test(use.text) && use.file !== file.path && !isChanged(use, files),
    )
    if (uses.length === 0) return []
    const shown = uses.slice(0, shownUses).map((use) => `\`${use.file}:${use.line}\``)
    const rest = uses.length > shownUses ? ` and ${uses.length - shownUses} more` : ''
    const done = file.status === 'renamed' ? `moved to \`${file.path}\`` : 'deleted'
    return [
      {
        severity: 'error' as const,
        file: file.path,
        line: 0,
        title: `\`${old}\` is gone and still imported`,
        detail: `It was ${done}; imported by its old path at ${shown.join(', ')}${rest}.`,
      },
    ]
  })
}

function oldPathOf(file: FileDiff): string {
  return file.oldPath || file.path
}

/** The diff took this line away, or brought it. */
function isChanged(use: { file: string; text: string }, files: readonly FileDiff[]): boolean {
  const own = files.find((entry) => entry.path === use.file || entry.oldPath === use.file)
  if (!own) return false
  if (own.status === 'deleted') return true
  return own.hunks.some((hunk) =>
    hunk.lines.some((line) => line.type !== ' ' && line.text.trim() === use.text.trim()),
  )
}
