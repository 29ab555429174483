/**
 * The text of a patch as data: the `*** Begin Patch` format or unified diffs, bare or wrapped in a code fence or a
 * here-document. What cannot be understood is an error with the line of the patch.
 */
import { CodiError } from '../base/errors.ts'
import { parseBeginPatch } from './patch-parse-begin.ts'
import { parseUnified } from './patch-parse-unified.ts'
import type { PatchFile } from './patch-types.ts'

/** Throws a CodiError of kind `invalid`. The files are in the order of the patch and at least one. */
export function parsePatch(patch: string): PatchFile[] {
  const lines = patch.replaceAll('\r\n', '\n').replace(/\r$/, '').split('\n')
  const isBeginPatch = lines.some((line) => /^\s*\*\*\* Begin Patch\s*$/.test(line))
  const files = isBeginPatch ? parseBeginPatch(lines) : parseUnified(lines)
  if (files.length > 0) return files
  throw new CodiError(
    'invalid',
    patch.trim() === ''
      ? 'The patch is empty'
      : 'The patch changes no file; give `*** Begin Patch` … `*** End Patch`, or a unified diff with --- and +++ lines',
  )
}
