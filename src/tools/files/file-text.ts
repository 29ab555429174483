/**
 * A file as the edit tools see it: text with `\n` line ends for matching, and all that is needed to give back every
 * byte that was not edited: encoding, byte order mark and each line's own end.
 */
import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { decodeText, encodeText, type TextFormat } from '../../base/encoding.ts'
import { CodiError, errorCode, toCodiError } from '../../base/errors.ts'
import { pinDirectory } from '../../base/pinned-directory.ts'
import { formatBytes } from '../../base/text.ts'
import type { FileStamp, ToolContext } from '../../contract/tool.ts'
import { fileKind, kindBytes } from './file-kind.ts'
import { requireShown } from './file-secrecy.ts'
import { missingFile } from './file-suggest.ts'

/** Larger files are read in parts and not edited. */
export const maxWholeBytes = 16 * 1024 * 1024

export interface TextFile {
  /** Absolute, resolved. */
  path: string
  bytes: Uint8Array
  stamp: FileStamp
  /** Permission bits. */
  mode: number
  /** With `\n` line ends, without byte order mark. */
  text: string
  /** As decoded, with its own line ends. */
  raw: string
  format: TextFormat
  lossless: boolean
  lineEnd: '\n' | '\r\n' | '\r'
  /** True when some lines end with `\n` and some with `\r\n`; `lineEnd` is the more frequent. */
  mixed: boolean
  /** How many names (hard links) it has. */
  links: number
  /** Not text: it can be deleted and moved, and `text` is empty. */
  binary?: boolean
}

/** An opened regular file; whoever opened it closes it. */
export interface OpenFile {
  handle: FileHandle
  info: BigIntStats
}

/** Undefined where nothing has that name. Throws for a directory and for what is no regular file. */
export async function openRegular(
  path: string,
  context: ToolContext,
): Promise<OpenFile | undefined> {
  const name = context.workspace.display(path)
  let handle: FileHandle
  try {
    handle = await openPinned(path)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    if (errorCode(thrown) === 'ENXIO') throw notRegular(name)
    if (errorCode(thrown) === 'ELOOP') throw becameLink(name)
    throw toCodiError(thrown)
  }
  try {
    requireShown(path, context)
    const info = await handle.stat({ bigint: true })
    if (info.isDirectory()) {
      throw new CodiError(
        'invalid',
        `${name} is a directory; use list_directory to see what it holds`,
      )
    }
    if (!info.isFile()) throw notRegular(name)
    return { handle, info }
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** The path is resolved: whatever is a link on it now was put there since. */
async function openPinned(path: string): Promise<FileHandle> {
  const directory = pinDirectory(dirname(path))
  try {
    // Opening a pipe would wait for its writer: O_NONBLOCK does not.
    const handle = await open(directory.entry(basename(path)), flags)
    try {
      directory.verify()
    } catch (thrown) {
      await handle.close()
      throw thrown
    }
    return handle
  } finally {
    directory.close()
  }
}

const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

export function becameLink(name: string): CodiError {
  return new CodiError(
    'stale',
    `${name} has become a symbolic link meanwhile; nothing was done, call it again`,
  )
}

function notRegular(name: string): CodiError {
  return new CodiError('unsupported', `${name} is a device, pipe or socket, not a regular file`)
}

/** For the edit tools. Undefined where nothing has that name; throws for what cannot be edited as text. */
export async function openText(
  path: string,
  context: ToolContext,
  options?: { allowBinary?: boolean },
): Promise<TextFile | undefined> {
  const opened = await openRegular(path, context)
  if (!opened) return undefined
  const name = context.workspace.display(path)
  try {
    if (opened.info.size > BigInt(maxWholeBytes)) {
      throw new CodiError(
        'unsupported',
        `${name} is too large to edit (${formatBytes(Number(opened.info.size))}, at most ${formatBytes(maxWholeBytes)}); use bash (sed, awk)`,
      )
    }
    const bytes = await opened.handle.readFile()
    const file = await toTextFile(path, bytes, opened.info)
    if (file) return file
    if (options?.allowBinary) return binaryFile(path, bytes, opened.info)
    throw notText(name, bytes)
  } finally {
    await opened.handle.close()
  }
}

/** Like `openText`, but a missing file is an error that says which one was perhaps meant. */
export async function openExistingText(path: string, context: ToolContext): Promise<TextFile> {
  const file = await openText(path, context)
  if (!file) throw await missingFile(path, context)
  return file
}

export function notText(name: string, bytes: Uint8Array): CodiError {
  const kind = fileKind(bytes.subarray(0, kindBytes))
  const what = kind && 'name' in kind ? ` (${kind.name})` : kind ? ` (${kind.type})` : ''
  return new CodiError('unsupported', `${name} is binary${what}; it is not edited as text`)
}

function binaryFile(path: string, bytes: Uint8Array, info: BigIntStats): TextFile {
  return {
    path,
    bytes,
    stamp: stampOf(bytes, info),
    mode: Number(info.mode) & 0o7777,
    links: Number(info.nlink),
    text: '',
    raw: '',
    format: { encoding: 'binary', bom: false },
    lossless: false,
    lineEnd: '\n',
    mixed: false,
    binary: true,
  }
}

/** Undefined for what is not text. */
export async function toTextFile(
  path: string,
  bytes: Uint8Array,
  info: BigIntStats,
): Promise<TextFile | undefined> {
  if (fileKind(bytes.subarray(0, kindBytes))) return undefined
  const decoded = await decodeText(bytes)
  if (!decoded) return undefined
  const { text, lineEnd, mixed } = normalizeLineEnds(decoded.text)
  return {
    path,
    bytes,
    stamp: stampOf(bytes, info, text),
    mode: Number(info.mode) & 0o7777,
    links: Number(info.nlink),
    text,
    raw: decoded.text,
    format: decoded.format,
    lossless: decoded.lossless,
    lineEnd,
    mixed,
  }
}

export function stampOf(bytes: Uint8Array, info: BigIntStats, text?: string): FileStamp {
  const stamp = { size: bytes.length, mtimeNs: String(info.mtimeNs), hash: hashOf(bytes) }
  return text === undefined ? stamp : { ...stamp, text }
}

export function hashOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

/** `\r\n` becomes `\n`; so does `\r` in a text that has no `\n` at all. */
export function normalizeLineEnds(raw: string): {
  text: string
  lineEnd: TextFile['lineEnd']
  mixed: boolean
} {
  if (!raw.includes('\r')) return { text: raw, lineEnd: '\n', mixed: false }
  if (!raw.includes('\n')) return { text: raw.replaceAll('\r', '\n'), lineEnd: '\r', mixed: false }
  const all = raw.split('\n').length - 1
  const windows = raw.split('\r\n').length - 1
  return {
    text: raw.replaceAll('\r\n', '\n'),
    lineEnd: windows > all / 2 ? '\r\n' : '\n',
    mixed: windows > 0 && windows < all,
  }
}

/** Bytes of a file that does not exist yet: UTF-8, the text as it is. */
export function newFileBytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

/** Throws where the text cannot be written in the file's encoding, or the file could not be kept byte for byte. */
export async function bytesOf(file: TextFile, raw: string, name: string): Promise<Uint8Array> {
  if (file.binary) return file.bytes
  if (!file.lossless) {
    throw new CodiError(
      'unsupported',
      `${name} is not clean ${file.format.encoding} text, so an edit would change bytes elsewhere in it; use bash`,
    )
  }
  try {
    return await encodeText(raw, file.format)
  } catch (thrown) {
    if (!(thrown instanceof CodiError)) throw thrown
    throw new CodiError(thrown.kind, `${name}: ${thrown.message}`, { cause: thrown })
  }
}
