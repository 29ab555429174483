/** An export into a file: written beside it, for the person alone, and put in its place when it is whole. */
import { open, rename, stat, unlink } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { CodiError, reasonOf } from '../base/errors.ts'
import type { SessionSummary } from '../contract/session.ts'
import { type ExportFormat, exportFormats } from '../contract/session-transfer.ts'

/** As asked for, else as the file is named, else Markdown. */
export function formatFor(asked: string | undefined, file: string | undefined): ExportFormat {
  const ending = extname(file ?? '')
    .slice(1)
    .toLowerCase()
  const wanted = asked ?? { markdown: 'md', htm: 'html' }[ending] ?? ending
  const found = exportFormats.find((format) => format === wanted)
  if (found) return found
  if (asked === undefined) return 'md'
  throw new CodiError('usage', `An export is one of ${exportFormats.join(', ')}, not "${asked}"`)
}

/** Absolute; in a directory that is named, and where nothing is, a name is made. */
export async function exportPath(
  file: string | undefined,
  about: { cwd: string; row: SessionSummary; format: ExportFormat },
): Promise<string> {
  const path = resolve(about.cwd, file ?? '.')
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isDirectory ? join(path, `codi-${about.row.id}.${about.format}`) : path
}

/** Answers how many bytes it has. */
export async function writeExport(
  path: string,
  pieces: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<number> {
  // Whole or not at all, but for what is no file (`/dev/stdout`, a pipe): that is written to, never replaced.
  const isOther = await isNoFile(path)
  const part = isOther
    ? path
    : join(dirname(path), `.codi-export-${process.pid}-${Date.now()}.part`)
  try {
    const file = isOther ? await open(path, 'a') : await open(part, 'wx', 0o600)
    let bytes = 0
    try {
      for await (const piece of gathered(pieces)) {
        signal.throwIfAborted()
        bytes += (await file.write(piece)).bytesWritten
      }
    } finally {
      await file.close()
    }
    if (!isOther) await rename(part, path)
    return bytes
  } catch (thrown) {
    if (!isOther) await unlink(part).catch(() => undefined)
    if (signal.aborted) throw new CodiError('cancelled', 'The export was interrupted')
    if (thrown instanceof CodiError) throw thrown
    throw new CodiError('io', `Cannot write ${path}: ${reasonOf(thrown)}`, { cause: thrown })
  }
}

async function isNoFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isFile(),
    () => false,
  )
}

const pieceChars = 64 * 1024

/** Fewer, larger pieces. */
export async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let waiting = ''
  for await (const piece of pieces) {
    waiting += piece
    if (waiting.length < pieceChars) continue
    yield waiting
    waiting = ''
  }
  if (waiting !== '') yield waiting
}
