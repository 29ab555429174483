/** A file as a server gets it. What is too big or no text is refused with a reason. */
import { readFile, stat } from 'node:fs/promises'
import { CodiError } from '../../src/base/errors.ts'
import { formatBytes } from '../../src/base/text.ts'

export interface SourceFile {
  text: string
  /** Changes with every change of the file on disk. */
  stamp: string
}

const maxFileBytes = 2 * 1024 * 1024
const sniffedBytes = 8192

export async function readSource(path: string): Promise<SourceFile> {
  const info = await stat(path, { bigint: true })
  if (!info.isFile()) throw new CodiError('invalid', 'It is not a file')
  if (info.size > maxFileBytes) {
    throw new CodiError(
      'limit',
      `The file has ${formatBytes(Number(info.size))}; language servers get at most ${formatBytes(maxFileBytes)}`,
    )
  }
  const bytes = await readFile(path)
  if (bytes.subarray(0, sniffedBytes).includes(0)) {
    throw new CodiError('unsupported', 'The file is binary; language servers read only text')
  }
  // A byte order mark is no part of the text: editors show servers none, and it would count as a column.
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  return { text, stamp: `${info.mtimeNs}:${info.size}` }
}

/** `text` changes with every change of the file; undefined when it is gone. */
export async function stampOf(path: string): Promise<{ text: string; bornMs: number } | undefined> {
  try {
    const info = await stat(path, { bigint: true })
    return { text: `${info.mtimeNs}:${info.size}`, bornMs: Number(info.birthtimeMs) }
  } catch {
    return undefined
  }
}
