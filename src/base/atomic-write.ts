/**
 * Replaces a file whole or not at all: a temporary file in the same directory, fsync, rename. Mode and owner stay; a
 * file with several hard links, or in a directory that takes no new files, is written in place instead, with its old
 * bytes put back when that fails. A temporary file never outlives its call.
 */
import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CodiError, errorCode, toCodiError } from './errors.ts'

export interface StageOptions {
  /** Permission bits; without it those of the existing file, else what the umask leaves. */
  mode?: number
  /** Fails when something has the name by the time of `commit`. */
  mustBeNew?: boolean
  /** The path as messages name it, where it is reached by another one. */
  shownAs?: string
  /** A file that has further names (hard links) is refused instead of written through all of them. */
  onlyName?: boolean
}

export interface StagedWrite {
  /** Puts the new content in place. Throws with the old content untouched. */
  commit(): Promise<void>
  /** Forgets the new content; harmless after `commit`. */
  discard(): Promise<void>
}

/** Errors are CodiErrors of kind `io` that name the file and say that it is as it was. */
export async function writeAtomic(
  path: string,
  bytes: Uint8Array,
  options: StageOptions = {},
): Promise<void> {
  const staged = await stageWrite(path, bytes, options)
  try {
    await staged.commit()
  } finally {
    await staged.discard()
  }
}

/** Writes the bytes beside `path` (a resolved path, not a link), so that only a rename is left to do. */
export async function stageWrite(
  path: string,
  bytes: Uint8Array,
  options: StageOptions = {},
): Promise<StagedWrite> {
  const shown = options.shownAs ?? path
  const existing = await existingFile(path, shown)
  refuseSpecial(shown, existing, options)
  const mode = options.mode ?? (existing ? existing.mode & 0o7777 : undefined)

  let temporary: string | undefined
  try {
    temporary = await writeTemporary(path, bytes, { mode, existing })
  } catch (thrown) {
    if (!existing || !isDirectoryRefusal(thrown)) throw unchanged(shown, thrown)
  }

  async function discard(): Promise<void> {
    if (temporary === undefined) return
    const leftover = temporary
    temporary = undefined
    await unlink(leftover).catch(() => {})
  }

  return {
    discard,
    async commit() {
      try {
        if (temporary === undefined || (existing && existing.nlink > 1)) {
          await writeInPlace(path, bytes, options.mode)
        } else if (existing) {
          temporary = await renameOnto(temporary, path, bytes)
        } else {
          await placeNew(temporary, path, options)
        }
      } catch (thrown) {
        throw unchanged(shown, thrown)
      } finally {
        await discard()
      }
    },
  }
}

async function existingFile(path: string, shown: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw unchanged(shown, thrown)
  }
}

function refuseSpecial(path: string, existing: Stats | undefined, options: StageOptions): void {
  if (!existing) return
  if (options.mustBeNew) throw new CodiError('io', `${path} exists already; nothing was written`)
  if (existing.isDirectory()) throw new CodiError('io', `${path} is a directory, not a file`)
  if (!existing.isFile()) {
    throw new CodiError('io', `${path} is no regular file; only regular files are written`)
  }
  if (options.onlyName && existing.nlink > 1) {
    throw new CodiError(
      'stale',
      `${path} has further names (hard links) since it was asked about; nothing was written, call it again`,
    )
  }
  if ((existing.mode & 0o222) === 0) {
    throw new CodiError(
      'io',
      `${path} is read-only (mode ${(existing.mode & 0o777).toString(8)}); make it writable first: chmod u+w`,
    )
  }
}

async function writeTemporary(
  path: string,
  bytes: Uint8Array,
  options: { mode: number | undefined; existing: Stats | undefined },
): Promise<string> {
  const name = `.${basename(path).slice(0, 60)}.${crypto.getRandomValues(new Uint8Array(6)).toHex()}.tmp`
  const temporary = join(dirname(path), name)
  const handle = await open(temporary, 'wx', options.mode ?? 0o666)
  try {
    await writeAll(handle, bytes)
    if (options.existing) await keepOwner(handle, options.existing)
    if (options.mode !== undefined) await handle.chmod(options.mode)
    await handle.sync()
    await handle.close()
    return temporary
  } catch (thrown) {
    await handle.close().catch(() => {})
    await unlink(temporary).catch(() => {})
    throw thrown
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset, offset)
    offset += bytesWritten
  }
}

/** Only root may give a file away; for anyone else the file becomes theirs, as with any editor. */
async function keepOwner(handle: FileHandle, existing: Stats): Promise<void> {
  const mine = await handle.stat()
  if (mine.uid === existing.uid && mine.gid === existing.gid) return
  await handle.chown(existing.uid, existing.gid).catch(() => {})
}

/** The directory takes no new file (its mode, a read-only mount above a writable file), but the file may be writable. */
function isDirectoryRefusal(thrown: unknown): boolean {
  const code = errorCode(thrown)
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
}

/** Answers what is left to unlink. A file that is a mount point cannot be replaced, only written. */
async function renameOnto(
  temporary: string,
  path: string,
  bytes: Uint8Array,
): Promise<string | undefined> {
  try {
    await rename(temporary, path)
    return undefined
  } catch (thrown) {
    if (errorCode(thrown) !== 'EBUSY') throw thrown
    await writeInPlace(path, bytes)
    return temporary
  }
}

/** A hard link fails where the name is taken, which a rename would not notice. */
async function placeNew(temporary: string, path: string, options: StageOptions): Promise<void> {
  if (!options.mustBeNew) return rename(temporary, path)
  try {
    await link(temporary, path)
  } catch (thrown) {
    const code = errorCode(thrown)
    if (code === 'EEXIST') throw thrown
    const shown = options.shownAs ?? path
    if (await existingFile(path, shown)) throw new CodiError('io', `${shown} exists already`)
    await rename(temporary, path)
  }
}

async function writeInPlace(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  // The name may have become a link since it was looked at: that one leads elsewhere.
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  let before: Buffer | undefined
  try {
    before = await handle.readFile()
    await overwrite(handle, bytes)
    if (mode !== undefined) await handle.chmod(mode)
  } catch (thrown) {
    if (before) await overwrite(handle, before)
    throw thrown
  } finally {
    await handle.close()
  }
}

async function overwrite(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  await writeAll(handle, bytes)
  await handle.truncate(bytes.length)
  await handle.sync()
}

function unchanged(path: string, thrown: unknown): CodiError {
  const cause = toCodiError(thrown)
  if (thrown instanceof CodiError) return cause
  return new CodiError('io', `Cannot write ${path}; it is as it was before. ${cause.message}`, {
    cause: thrown,
  })
}
