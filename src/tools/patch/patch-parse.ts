/**
 * The text of a patch as data: the `*** Begin Patch` format or unified diffs, bare or wrapped in a code fence or a
 * here-document. What cannot be understood is an error with the line of the patch.
 */
import { CodiError } from '../../base/errors.ts'
import { parseBeginPatch } from './patch-parse-begin.ts'
import { parseUnified } from './patch-parse-unified.ts'
import type { PatchFile } from './patch-types.ts'
import { isFileStart } from './patch-unified-hunk.ts'

/** Throws a CodiError of kind `invalid`. The files are in the order of the patch and at least one. */
export function parsePatch(patch: string): PatchFile[] {
  const lines = patch.replaceAll('\r\n', '\n').replace(/\r$/, '').split('\n')
  const files = isBeginPatch(lines) ? parseBeginPatch(lines) : parseUnified(lines)
  if (files.length > 0) return files
  throw new CodiError(
    'invalid',
    patch.trim() === ''
      ? 'The patch is empty'
      : 'The patch changes no file; give `*** Begin Patch` … `*** End Patch`, or a unified diff with --- and +++ lines',
  )
}

/** A unified diff may have the marks in its context, with a space before them. */
function isBeginPatch(lines: readonly string[]): boolean {
  const marks = lines.filter((line) => line.trim() === '*** Begin Patch')
  if (marks.some((line) => line.startsWith('***'))) return true
  return marks.length > 0 && !lines.some((_, at) => isFileStart(lines, at))
}
