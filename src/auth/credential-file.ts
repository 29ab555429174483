/**
 * The file `credentials` in codi's data directory: one row a name, readable without any key, and for what lies in the
 * file its sealed box. 0600 in a directory of 0700, replaced whole or not at all; what cannot be read is set aside,
 * never overwritten.
 */
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { writeAtomic } from '../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { isSaneCost } from './sealing.ts'

export const fileFormat = 'codi.credentials/1'
const maxFileBytes = 4 * 1024 * 1024

const optionalText = Type.Optional(Type.String({ maxLength: 4096 }))

const entrySchema = Type.Object({
  kind: Type.Union([Type.Literal('key'), Type.Literal('oauth')]),
  place: Type.Union([Type.Literal('keyring'), Type.Literal('file')]),
  savedAt: Type.Number(),
  hint: optionalText,
  account: optionalText,
  expiresAt: Type.Optional(Type.Number()),
  renews: Type.Optional(Type.Boolean()),
  ended: Type.Optional(Type.Boolean()),
  bearer: Type.Optional(Type.Boolean()),
  baseUrl: optionalText,
  /** The sealed credential; only of what lies in the file. */
  box: Type.Optional(Type.String()),
})

const fileSchema = Type.Object({
  format: Type.Literal(fileFormat),
  key: Type.Optional(
    Type.Union([
      Type.Object({ from: Type.Literal('key-file') }),
      Type.Object({
        from: Type.Literal('passphrase'),
        salt: Type.String({ minLength: 16, maxLength: 128 }),
        n: Type.Number(),
        r: Type.Number(),
        p: Type.Number(),
      }),
    ]),
  ),
  /** A known text, sealed: tells a wrong key from a changed entry. */
  check: Type.Optional(Type.String()),
  entries: Type.Record(Type.String({ minLength: 1, maxLength: 200 }), entrySchema),
})

export type CredentialFile = Static<typeof fileSchema>
export type CredentialEntry = Static<typeof entrySchema>

export interface CredentialPaths {
  directory: string
  file: string
  keyFile: string
  lock: string
  refreshLock: string
}

export function credentialPaths(directory: string): CredentialPaths {
  return {
    directory,
    file: join(directory, 'credentials'),
    keyFile: join(directory, 'credentials.key'),
    lock: join(directory, 'credentials.lock'),
    refreshLock: join(directory, 'credentials.refresh.lock'),
  }
}

export function emptyFile(): CredentialFile {
  return { format: fileFormat, entries: Object.create(null) }
}

/** Makes the directory, and keeps others out of it. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const { mode } = lstatSync(directory)
    if ((mode & 0o077) !== 0) chmodSync(directory, 0o700)
  } catch (thrown) {
    throw new CodiError(
      'io',
      `Cannot keep credentials in ${directory}: ${errorMessage(thrown)}; set CODI_HOME to a directory of your own`,
      { cause: thrown },
    )
  }
}

/** Undefined where there is none; `damaged` where it is not one of these files. */
export function readCredentialFile(
  path: string,
  notice: (text: string) => void,
): CredentialFile | 'damaged' | undefined {
  const bytes = readPrivate(path, notice)
  if (bytes === undefined) return undefined
  const parsed = parseJson(bytes.toString('utf8'))
  const format = isJsonObject(parsed) ? parsed.format : undefined
  if (
    typeof format === 'string' &&
    /^codi\.credentials\/\d+$/.test(format) &&
    format !== fileFormat
  )
    throw new CodiError(
      'credentials',
      `${path} was written by a newer codi (${format}); update codi, or move the file away and log in again`,
    )
  if (!Value.Check(fileSchema, parsed)) return 'damaged'
  if (parsed.key?.from === 'passphrase' && !isSaneCost(parsed.key)) return 'damaged'
  // Names are anybody's: `constructor` is one that is not there.
  return { ...parsed, entries: Object.assign(Object.create(null), parsed.entries) }
}

export async function writeCredentialFile(path: string, file: CredentialFile): Promise<void> {
  await writeAtomic(path, Buffer.from(`${JSON.stringify(file, null, 2)}\n`), { mode: 0o600 })
}

/** Answers the new name; with `keep` the file stays, too. */
export function setAside(path: string, options: { keep?: boolean } = {}): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  const aside = `${path}.damaged-${stamp}`
  if (options.keep) copyFileSync(path, aside)
  else renameSync(path, aside)
  return aside
}

/**
 * The bytes of a file that only its owner may read. Too wide a mode is narrowed and told; a link, a device or a file of
 * somebody else is refused. Undefined where there is none.
 */
export function readPrivate(path: string, notice: (text: string) => void): Buffer | undefined {
  const info = statOf(path)
  if (!info) return undefined
  if (!info.isFile())
    throw new CodiError('credentials', `${path} is no regular file; move it away and log in again`)
  if (info.size > maxFileBytes)
    throw new CodiError('credentials', `${path} is too large to be codi's; move it away`)
  const me = process.getuid?.()
  if (me !== undefined && me !== 0 && info.uid !== me)
    throw new CodiError(
      'credentials',
      `${path} belongs to another user; move it away and log in again`,
    )
  if ((info.mode & 0o077) !== 0) {
    const mode = (info.mode & 0o777).toString(8)
    const mended = narrowed(path) ? 'it is private again' : 'and it cannot be changed: chmod 600 it'
    notice(
      `Others could read ${path} (mode ${mode}); ${mended}. If others use this machine, make new keys`,
    )
  }
  try {
    return readFileSync(path)
  } catch (thrown) {
    throw unreadable(thrown)
  }
}

function unreadable(thrown: unknown): CodiError {
  return new CodiError(
    'credentials',
    `Stored credentials cannot be read (${errorMessage(thrown)}); keys of the environment can be used`,
    { cause: thrown },
  )
}

function narrowed(path: string): boolean {
  try {
    chmodSync(path, 0o600)
    return true
  } catch {
    return false
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return undefined
    throw unreadable(thrown)
  }
}
