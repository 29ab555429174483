/**
 * Edits of a language server as changes of files: worked out against what lies on disk, only where the server saw the
 * same, and only in the workspace.
 */
import { stat } from 'node:fs/promises'
import { CodiError } from '../../base/errors.ts'
import { oneLine } from '../../base/text.ts'
import type { LspEdit } from '../../contract/lsp-service.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { changedText } from '../files/change-tool.ts'
import { applyEdits, type TextEdit, withPlainLineEnds } from '../files/file-edits.ts'
import type { PlannedChange } from '../files/file-preview.ts'
import { requireFresh } from '../files/file-stale.ts'
import { newFileBytes, openExistingText, openText, type TextFile } from '../files/file-text.ts'
import type { FileChange } from '../files/file-write.ts'

export interface LspEditOptions {
  /** Milliseconds since the epoch when the server was asked: a file written since then is refused. */
  askedAt: number
  /** Whether that text may be replaced by the other. */
  expect(replaced: string, newText: string): boolean
}

/** Belongs to others, whatever a server says. */
const installed = /(^|\/)(node_modules|site-packages|\.venv|venv)(\/|$)/

/** Throws a CodiError: `stale`, `outside`, `unsupported`; nothing is written. */
export async function planLspEdits(
  edits: readonly LspEdit[],
  context: ToolContext,
  options: LspEditOptions,
): Promise<Pick<PlannedChange, 'changes' | 'moved'>> {
  const changes: FileChange[] = []
  const moved = new Map<string, string>()
  for (const edit of edits) {
    const path = await ownPath(edit.path, context)
    if (edit.operation?.type === 'create') {
      changes.push(await created(path, edit))
      continue
    }
    const from = edit.operation?.type === 'move' ? edit.operation.from : undefined
    const oldPath = from === undefined ? path : await ownPath(from, context)
    const before = await openExistingText(oldPath, context)
    await requireSeen(before, context, options)
    if (edit.operation?.type === 'delete') {
      changes.push({ path, before, after: null })
      continue
    }
    const change = await changedFile(before, edit, context, options)
    if (from === undefined) {
      changes.push(change)
      continue
    }
    moved.set(path, oldPath)
    changes.push({ path: oldPath, before, after: null })
    changes.push({ path, before: await openText(path, context), after: withMode(change, before) })
  }
  const real = changes.filter(({ before, after }) => before?.text !== after?.text || !after)
  return moved.size === 0 ? { changes: real } : { changes, moved }
}

async function ownPath(path: string, context: ToolContext): Promise<string> {
  const absolute = await context.workspace.resolve(path)
  if (!installed.test(context.workspace.display(absolute))) return absolute
  throw new CodiError(
    'unsupported',
    `The language server would change ${path}, which is an installed package; nothing was changed`,
  )
}

function withMode({ after }: FileChange, { mode }: TextFile): FileChange['after'] {
  return after && { ...after, mode }
}

/** What the server saw is what lies there: not written since it was asked, and as the model knows it. */
async function requireSeen(
  file: TextFile,
  context: ToolContext,
  { askedAt }: LspEditOptions,
): Promise<void> {
  const { mtimeMs } = await stat(file.path)
  // A time that has not come yet says nothing.
  if (mtimeMs > askedAt + 1 && mtimeMs <= Date.now())
    throw changedMeanwhile(context.workspace.display(file.path))
  await requireFresh(file, context, { verb: 'rename in', mustBeKnown: false })
}

function changedMeanwhile(name: string): CodiError {
  return new CodiError(
    'stale',
    `${name} changed while the language server worked, so nothing was changed; call it again`,
  )
}

async function created(path: string, edit: LspEdit): Promise<FileChange> {
  const text = edit.edits.map(({ newText }) => newText).join('')
  return { path, before: undefined, after: { bytes: newFileBytes(text), text } }
}

async function changedFile(
  before: TextFile,
  { path, edits }: LspEdit,
  context: ToolContext,
  { expect }: LspEditOptions,
): Promise<FileChange> {
  const offsetOf = offsets(before.text)
  const made: TextEdit[] = edits.map((edit) => {
    const start = offsetOf(edit.line, edit.column)
    const end = offsetOf(edit.endLine, edit.endColumn)
    if (start === undefined || end === undefined) throw changedMeanwhile(path)
    const replaced = before.text.slice(start, end)
    if (!expect(replaced, edit.newText)) {
      throw new CodiError(
        'stale',
        `The language server sees ${path} otherwise than it is: at line ${edit.line} stands "${oneLine(replaced, 60)}"; nothing was changed, name the symbol itself, or read the file again`,
      )
    }
    return { start, end, text: withPlainLineEnds(edit.newText) }
  })
  return changedText(before, applyEdits(before, made), context)
}

/** An offset into a text with `\n` line ends; undefined outside of it. One line past the last is its end. */
function offsets(text: string): (line: number, column: number) => number | undefined {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (line, column) => {
    const start = starts[line - 1]
    if (start === undefined) return line === starts.length + 1 ? text.length : undefined
    const end = line < starts.length ? (starts[line] ?? 0) - 1 : text.length
    // The protocol has a column past the end of a line mean its end.
    return Math.min(start + column - 1, end)
  }
}
