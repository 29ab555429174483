/** What a set of changes looks like: the diff that a person judges by before, and sees after. */
import { capDiff, type UnifiedDiff, unifiedDiff } from '../../base/diff.ts'
import { plural } from '../../base/text.ts'
import type { ToolContext, ToolRequest, ToolResult } from '../../contract/tool.ts'
import type { ErrorsAfter } from './file-diagnostics.ts'
import type { FileChange } from './file-write.ts'

const preview = { maxLines: 400, maxChars: 32 * 1024 }
const shortDiff = { maxLines: 60, maxChars: 4000 }

/** Changes that were worked out and not yet made. */
export interface PlannedChange {
  /** For the gate: "edit src/a.ts". */
  summary: string
  /** For the model, once it is done. */
  done: string
  /** The model could not have known how the result looks: it reads the diff too. */
  showDiff: boolean
  changes: FileChange[]
  /** Old path of a file by its new one. */
  moved?: Map<string, string>
}

export async function requestFor(
  planned: PlannedChange,
  context: ToolContext,
): Promise<ToolRequest> {
  const { diff } = await wholeDiff(planned, context)
  const linked = planned.changes.filter((change) => (change.before?.links ?? 1) > 1)
  return {
    summary: planned.summary,
    paths: planned.changes.map((change) => change.path),
    ...(linked.length === 0 ? {} : { linkedPaths: linked.map((change) => change.path) }),
    hosts: [],
    ...(diff === '' ? {} : { preview: capDiff(diff, preview) }),
  }
}

/** Once the changes are on disk. */
export async function resultFor(
  planned: PlannedChange,
  context: ToolContext,
  errorsAfter: ErrorsAfter,
): Promise<ToolResult> {
  const { diff, added, removed } = await wholeDiff(planned, context)
  const names = planned.changes.map((change) => context.workspace.display(change.path))
  const counts = diff === '' ? '' : ` (+${added} -${removed})`
  const shown = planned.showDiff && diff !== '' ? `\n${capDiff(diff, shortDiff).trimEnd()}` : ''
  const errors = await errorsAfter()
  return {
    content: `${planned.done}${counts}${shown}${errors === '' ? '' : `\n${errors}`}`,
    detail: {
      type: 'diff',
      path: names.length === 1 ? (names[0] ?? '') : plural(names.length, 'file'),
      diff: capDiff(diff, preview),
      added,
      removed,
    },
    data: { files: names, added, removed },
  }
}

/** Of all its files, one after another, uncut. */
export async function wholeDiff(
  planned: PlannedChange,
  context: ToolContext,
): Promise<UnifiedDiff> {
  const total: UnifiedDiff = { diff: '', added: 0, removed: 0 }
  const oldPaths = new Set(planned.moved?.values())
  const textBefore = new Map(planned.changes.map((change) => [change.path, change.before?.text]))
  for (const change of planned.changes) {
    // A moved file shows as one diff from its old name to its new one.
    if (oldPaths.has(change.path)) continue
    const movedFrom = planned.moved?.get(change.path)
    const before = textBefore.get(movedFrom ?? change.path) ?? null
    const name = context.workspace.display(change.path)
    const part = await unifiedDiff(before, change.after?.text ?? null, {
      path: movedFrom === undefined ? name : context.workspace.display(movedFrom),
      newPath: name,
    })
    total.diff += part.diff
    if (movedFrom !== undefined && part.diff === '') {
      total.diff += `rename from ${context.workspace.display(movedFrom)}\nrename to ${name}\n`
    }
    total.added += part.added
    total.removed += part.removed
  }
  return total
}
