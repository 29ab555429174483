/** A patch as data, whatever format it was written in. */
import { CodiError } from '../../base/errors.ts'

export interface PatchFile {
  /** An update may be a move as well, with or without hunks. */
  kind: 'add' | 'delete' | 'update'
  path: string
  newPath?: string
  hunks: PatchHunk[]
  /** Of an added file, with `\n` line ends. */
  content?: string
  /** What the patch says of the permission to execute. */
  executable?: boolean
}

export interface PatchHunk {
  /** 1-based line of the patch where it begins, for messages. */
  at: number
  /** Lines that stand before the hunk, outermost first. */
  anchors: string[]
  rows: PatchRow[]
  /** 1-based line of the first row in the old file, where the patch says it. */
  oldStart?: number
  /** The last row is the last line of the file. */
  endOfFile: boolean
  /** Whether the file ends with a newline afterwards, where the patch says it. */
  finalNewline?: boolean
  /** Added lines without any old one go to the end of the file; otherwise they cannot be placed. */
  mayAppend: boolean
}

export interface PatchRow {
  sign: ' ' | '-' | '+'
  text: string
}

export function patchError(at: number, message: string): CodiError {
  return new CodiError('invalid', `Line ${at} of the patch: ${message}`)
}
