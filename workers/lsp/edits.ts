/**
 * A WorkspaceEdit as one row a file: its edits ordered and known not to overlap, files created, moved and deleted said
 * so. What cannot be done exactly as the server meant it is refused; nothing is written here.
 */

import { statSync } from 'node:fs'
import type {
  AnnotatedTextEdit,
  CreateFile,
  DeleteFile,
  RenameFile,
  SnippetTextEdit,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol'
import { CodiError } from '../../src/base/errors.ts'
import type { LspEdit } from '../../src/contract/lsp-service.ts'
import { rangeOf, shownPath } from './locations.ts'
import { pathOfUri } from './uri.ts'

export interface EditOptions {
  root: string
  /** The version that the server was shown; undefined for files that are not open. */
  version(path: string): number | undefined
}

type Change = TextDocumentEdit | CreateFile | RenameFile | DeleteFile
type AnyEdit = TextEdit | AnnotatedTextEdit | SnippetTextEdit

const maxFiles = 2000

/** Throws a CodiError of kind `worker` for what contradicts itself, `stale` for an old version. */
export function editsOf(edit: WorkspaceEdit | null, options: EditOptions): LspEdit[] {
  const files = new Map<string, LspEdit>()
  for (const change of changesOf(edit)) {
    if (!('kind' in change)) addEdits(files, change, options)
    else if (change.kind === 'create') addCreated(files, change, options)
    else if (change.kind === 'rename') addMoved(files, change, options)
    else addDeleted(files, change, options)
    if (files.size > maxFiles)
      throw new CodiError('limit', `it would change more than ${maxFiles} files`)
  }
  const changed = [...files.values()].filter((file) => file.operation || file.edits.length > 0)
  for (const file of changed) file.edits = ordered(file)
  return changed
}

function changesOf(edit: WorkspaceEdit | null): Change[] {
  if (edit?.documentChanges) return edit.documentChanges
  return Object.entries(edit?.changes ?? {}).map(([uri, edits]) => ({
    textDocument: { uri, version: null },
    edits,
  }))
}

function addEdits(
  files: Map<string, LspEdit>,
  { textDocument, edits }: TextDocumentEdit,
  options: EditOptions,
): void {
  const absolute = absoluteOf(textDocument.uri)
  const path = shownPath(absolute, options.root)
  const shown = options.version(absolute)
  if (typeof textDocument.version === 'number' && shown !== undefined) {
    if (textDocument.version !== shown)
      throw new CodiError(
        'stale',
        `it answered for version ${textDocument.version} of ${path}, which is at ${shown}; ask again`,
      )
  }
  fileOf(files, path).edits.push(...edits.map((edit) => lspEdit(edit, path)))
}

function lspEdit(edit: AnyEdit, path: string): LspEdit['edits'][number] {
  if (!('newText' in edit))
    throw new CodiError(
      'unsupported',
      `it sent a snippet for ${path}, which nobody offered to take`,
    )
  return { ...rangeOf(edit.range), newText: edit.newText }
}

function addCreated(
  files: Map<string, LspEdit>,
  { uri, options: how }: CreateFile,
  { root }: EditOptions,
): void {
  const absolute = absoluteOf(uri)
  const path = shownPath(absolute, root)
  if (isThere(absolute)) {
    if (how?.ignoreIfExists && !how.overwrite) return
    throw new CodiError('unsupported', `it would create ${path}, which exists already`)
  }
  fileOf(files, path).operation = { type: 'create' }
}

function addMoved(
  files: Map<string, LspEdit>,
  { oldUri, newUri }: RenameFile,
  { root }: EditOptions,
): void {
  const [oldPath, newPath] = [absoluteOf(oldUri), absoluteOf(newUri)]
  const from = shownPath(oldPath, root)
  const path = shownPath(newPath, root)
  if (statSync(oldPath, { throwIfNoEntry: false })?.isDirectory())
    throw new CodiError('unsupported', `it would move the whole directory ${from} to ${path}`)
  if (isThere(newPath))
    throw new CodiError('unsupported', `it would move ${from} to ${path}, which exists already`)
  const before = files.get(from)
  files.delete(from)
  // What was to be edited before the move is edited after it.
  files.set(path, { path, operation: { type: 'move', from }, edits: before?.edits ?? [] })
}

function addDeleted(files: Map<string, LspEdit>, { uri }: DeleteFile, { root }: EditOptions): void {
  const absolute = absoluteOf(uri)
  const path = shownPath(absolute, root)
  const info = statSync(absolute, { throwIfNoEntry: false })
  if (info?.isDirectory())
    throw new CodiError('unsupported', `it would delete the whole directory ${path}`)
  if (info) files.set(path, { path, operation: { type: 'delete' }, edits: [] })
}

function fileOf(files: Map<string, LspEdit>, path: string): LspEdit {
  const known = files.get(path)
  if (known) return known
  const file: LspEdit = { path, edits: [] }
  files.set(path, file)
  return file
}

/** From top to bottom; of several insertions at one place the server's order is kept. */
function ordered({ path, edits }: LspEdit): LspEdit['edits'] {
  const sorted = edits.toSorted((a, b) => a.line - b.line || a.column - b.column)
  for (const [at, edit] of sorted.entries()) {
    if (comesBefore(edit.endLine, edit.endColumn, edit.line, edit.column))
      throw new CodiError('worker', `it sent an edit of ${path} that ends before it begins`)
    const next = sorted[at + 1]
    if (next && comesBefore(next.line, next.column, edit.endLine, edit.endColumn))
      throw new CodiError('worker', `it sent edits of ${path} that overlap at line ${next.line}`)
  }
  return sorted
}

function comesBefore(line: number, column: number, otherLine: number, otherColumn: number) {
  return line < otherLine || (line === otherLine && column < otherColumn)
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function absoluteOf(uri: string): string {
  const path = pathOfUri(uri)
  if (path === undefined)
    throw new CodiError('unsupported', `it would change ${uri}, which is no file`)
  return path
}
