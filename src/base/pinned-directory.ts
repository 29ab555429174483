/**
 * A directory held open: what is done below its `path` happens in this very directory, whatever becomes of its name.
 * It is reached without following a symbolic link, so that a resolved path means what it meant when it was judged.
 * Where the system cannot do that (no /proc), `verify` tells afterwards whether the name still leads there.
 */
import { closeSync, constants, lstatSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { basename, dirname, join, parse, sep } from 'node:path'
import { CodiError, errorCode, toCodiError } from './errors.ts'

export interface PinnedDirectory extends Disposable {
  /** Leads into the directory; only for this process. */
  readonly path: string
  /** The same for programs that this process starts, while it is open. */
  readonly sharedPath: string
  /** Path of an entry; `name` has no separator. */
  entry(name: string): string
  /** Throws a CodiError of kind `stale` where the name no longer leads here; nothing to do on Linux. */
  verify(): void
  close(): void
}

export interface PinOptions {
  /** Makes what is missing on the way, and tells each directory that was made, the outermost first. */
  made?: string[]
}

/** Linux: a handle that only stands for a place. */
const O_PATH = 0x200000
const linkRefusals = new Set(['ELOOP', 'ENOTDIR'])

/**
 * `directory` is absolute and resolved. Throws a CodiError of kind `stale` where a part of it is a symbolic link or no
 * directory, and the system's error where it is missing.
 */
export function pinDirectory(directory: string, options: PinOptions = {}): PinnedDirectory {
  if (process.platform !== 'linux') return namedDirectory(directory, options)
  const parts = directory.split('/').filter((part) => part !== '')
  let fd = openPlace('/')
  let walked = ''
  try {
    for (const part of parts) {
      walked += `/${part}`
      const next = step(fd, part, { walked, options })
      closeSync(fd)
      fd = next
    }
  } catch (thrown) {
    closeSync(fd)
    if (errorCode(thrown) === 'ENOENT' && !procWorks()) return namedDirectory(directory, options)
    throw thrown
  }
  const path = `/proc/self/fd/${fd}`
  let open = true
  const close = () => {
    if (open) closeSync(fd)
    open = false
  }
  return {
    path,
    sharedPath: `/proc/${process.pid}/fd/${fd}`,
    entry: (name) => `${path}/${name}`,
    verify: () => undefined,
    close,
    [Symbol.dispose]: close,
  }
}

/** A descriptor of the file that lies at this resolved path, reached without a symbolic link; opened for reading. */
export function openPinnedFile(path: string): number {
  const directory = pinDirectory(dirname(path))
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
    const fd = openSync(directory.entry(basename(path)), O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    try {
      directory.verify()
      return fd
    } catch (thrown) {
      closeSync(fd)
      throw thrown
    }
  } catch (thrown) {
    throw errorCode(thrown) === 'ELOOP' ? changed(path, thrown) : thrown
  } finally {
    directory.close()
  }
}

function step(
  fd: number,
  part: string,
  { walked, options }: { walked: string; options: PinOptions },
): number {
  const name = `/proc/self/fd/${fd}/${part}`
  try {
    return openPlace(name)
  } catch (thrown) {
    refuseLink(name, walked, thrown)
    if (errorCode(thrown) !== 'ENOENT' || !options.made || !procWorks()) throw thrown
  }
  try {
    mkdirSync(name)
    options.made.push(walked)
  } catch (thrown) {
    // Somebody else may have made it: then it is opened like any other, and refused if it is a link.
    if (errorCode(thrown) !== 'EEXIST') throw thrown
  }
  try {
    return openPlace(name)
  } catch (thrown) {
    refuseLink(name, walked, thrown)
    throw thrown
  }
}

/** A regular file in the way is an error of whoever named the path; a link is somebody else's doing. */
function refuseLink(name: string, walked: string, thrown: unknown): void {
  if (!linkRefusals.has(errorCode(thrown) ?? '')) return
  if (lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink()) throw changed(walked, thrown)
}

function openPlace(path: string): number {
  return openSync(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW)
}

function procWorks(): boolean {
  try {
    closeSync(openSync('/proc/self/fd', constants.O_RDONLY | constants.O_DIRECTORY))
    return true
  } catch {
    return false
  }
}

/** By its name: judged again before and after it is used. */
function namedDirectory(directory: string, options: PinOptions): PinnedDirectory {
  if (options.made) makeNamed(directory, options.made)
  verify()
  return {
    path: directory,
    sharedPath: directory,
    entry: (name) => join(directory, name),
    verify,
    close: () => undefined,
    [Symbol.dispose]: () => undefined,
  }

  function verify(): void {
    let real: string
    try {
      real = realpathSync.native(directory)
    } catch (thrown) {
      throw linkRefusals.has(errorCode(thrown) ?? '') ? changed(directory, thrown) : thrown
    }
    if (real !== directory) throw changed(directory)
  }
}

function makeNamed(directory: string, made: string[]): void {
  const { root } = parse(directory)
  let path = root
  for (const part of directory.slice(root.length).split(sep)) {
    path = join(path, part)
    try {
      mkdirSync(path)
      made.push(path)
    } catch (thrown) {
      if (!['EEXIST', 'EISDIR', 'EPERM', 'EROFS', 'EACCES'].includes(errorCode(thrown) ?? ''))
        throw toCodiError(thrown)
    }
  }
}

function changed(path: string, cause?: unknown): CodiError {
  return new CodiError(
    'stale',
    `${path} has become a symbolic link since it was judged; nothing was done, call it again`,
    { cause },
  )
}
