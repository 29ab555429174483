/**
 * The one error type. Its message is one sentence for a person: what happened, the value, what to do. `kind` is for
 * programs: it decides the exit status and survives the worker line.
 */
export type ErrorKind =
  | 'usage'
  | 'invalid'
  | 'not_found'
  | 'unsupported'
  /** A path outside the workspace and the added directories. */
  | 'outside'
  /** The file changed since it was read. */
  | 'stale'
  | 'ambiguous'
  | 'denied'
  | 'limit'
  | 'credentials'
  | 'unreachable'
  | 'provider'
  | 'worker'
  | 'cancelled'
  | 'io'
  | 'internal'

export class CodiError extends Error {
  override readonly name = 'CodiError'

  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** Any thrown value as a CodiError; system errors get a wording a person understands. */
export function toCodiError(thrown: unknown): CodiError {
  if (thrown instanceof CodiError) return thrown
  if (isAbort(thrown)) return new CodiError('cancelled', 'Interrupted', { cause: thrown })
  if (thrown instanceof Error) {
    const wording = systemErrorWording(thrown)
    if (wording) return new CodiError('io', wording, { cause: thrown })
    return new CodiError('internal', thrown.message || thrown.name, { cause: thrown })
  }
  return new CodiError('internal', String(thrown))
}

/** One line for any thrown value. */
export function errorMessage(thrown: unknown): string {
  return toCodiError(thrown).message
}

/** The same for a sentence that has named the file already. */
export function reasonOf(thrown: unknown): string {
  return systemWordings[errorCode(thrown) ?? ''] ?? errorMessage(thrown)
}

export function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error && (thrown.name === 'AbortError' || errorCode(thrown) === 'ABORT_ERR')
  )
}

/** The `code` of a system error (`ENOENT`), where there is one. */
export function errorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}

const systemWordings: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Not permitted',
  EISDIR: 'It is a directory',
  ENOTDIR: 'A part of the path is not a directory',
  EEXIST: 'It exists already',
  ENOSPC: 'The disk is full; free some space and try again',
  EDQUOT: 'The disk quota is used up; free some space and try again',
  EROFS: 'The file system is read-only',
  EMFILE: 'Too many open files; raise `ulimit -n`',
  ENAMETOOLONG: 'The name is too long',
  ELOOP: 'Too many symbolic links',
  ENOTEMPTY: 'The directory is not empty',
  EBUSY: 'It is in use',
  // SQLite's own words for these tell nobody what to do.
  SQLITE_FULL: 'The disk is full; free some space and try again',
  SQLITE_IOERR_SHMSIZE: 'The disk is full; free some space and try again',
  SQLITE_CANTOPEN: 'It cannot be opened or made there',
  SQLITE_READONLY: 'It cannot be written',
  SQLITE_READONLY_DIRECTORY: 'Its directory cannot be written',
  SQLITE_READONLY_DBMOVED: 'It was moved or removed while codi had it open',
  SQLITE_BUSY: 'Another program holds it; try again',
}

function systemErrorWording(error: Error): string | undefined {
  const code = errorCode(error)
  const wording = code === undefined ? undefined : systemWordings[code]
  if (!wording) return undefined
  const path = 'path' in error && typeof error.path === 'string' ? `: ${error.path}` : ''
  return `${wording}${path}`
}
