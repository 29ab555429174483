/**
 * The store of credentials: the system's keyring where there is one, else the sealed file. One small file lists what
 * there is, so that a look at the list opens nothing. Every change is made under a lock over all processes; a token is
 * renewed by one process, and the others take what it got.
 */
import { Value } from '@sinclair/typebox/value'
import { abortable } from '../base/async.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import type {
  Credential,
  CredentialPlace,
  CredentialRow,
  Credentials,
  OAuthCredential,
  TokenOptions,
} from '../contract/auth.ts'
import {
  type CredentialEntry,
  type CredentialFile,
  credentialPaths,
  emptyFile,
  prepareDirectory,
  readCredentialFile,
  setAside,
  writeCredentialFile,
} from './credential-file.ts'
import { entryOf, parseCredential, rowOf, sealed, sealedWith } from './credential-row.ts'
import { openFileKeys } from './file-key.ts'
import { openKeyring, probeKeyring } from './keyring.ts'
import { isFresh, renew } from './refresh.ts'
import { open } from './sealing.ts'
import type { AuthFetch } from './token-endpoint.ts'

export interface CredentialsOptions {
  /** codi's data directory. */
  directory: string
  /** `auto`: the keyring where it works and nobody gave a passphrase. */
  place: 'auto' | CredentialPlace
  passphrase?: string | undefined
  fetch: AuthFetch
  /** What was mended or set aside, for the person. */
  notice(text: string): void
  now?(): number
}

/** A credential with where and since when it lies. */
interface Stored {
  credential: Credential
  place: CredentialPlace
  savedAt: number
}

const refreshLimitMs = 60_000
const renewLimitMs = 30_000

export function openCredentials(options: CredentialsOptions): Credentials {
  const { directory, fetch, now = Date.now } = options
  const notice = once(options.notice)
  const paths = credentialPaths(directory)
  const keyring = openKeyring(`codi ${directory}`)
  const keys = openFileKeys({ paths, passphrase: options.passphrase, notice })

  return {
    async list() {
      const file = await current().catch((thrown: unknown) => {
        // Whoever needs none of it must be able to go on; whoever does is told again.
        notice(errorMessage(thrown))
        return emptyFile()
      })
      return Object.entries(file.entries)
        .map(([name, entry]) => rowOf(file, name, entry))
        .sort((one, other) => other.savedAt - one.savedAt)
    },

    get,

    set: (name, credential) =>
      change(async (file) => {
        const place = await placeFor(file)
        return store(file, name, { credential, place, savedAt: now() })
      }),

    remove: (name) =>
      change(async (file) => {
        const entry = file.entries[name]
        if (!entry) return false
        if (entry.place === 'keyring')
          await keyring.remove(name).catch((thrown: CodiError) => notice(thrown.message))
        delete file.entries[name]
        // Nothing is left that the old passphrase or key opens.
        if (!Object.values(file.entries).some((each) => each.place === 'file')) {
          delete file.key
          delete file.check
        }
        return true
      }),

    accessToken,

    async isLocked(name) {
      const file = await current()
      return file.entries[name]?.place === 'file' && keys.isLocked(file)
    },

    async unlock(passphrase) {
      keys.give(passphrase)
      const file = await current()
      if (file.key !== undefined) await keys.keyOf(file)
    },

    setPassphrase: (passphrase) =>
      change(async (file) => {
        const opened = await Promise.all(
          Object.entries(file.entries).map(async ([name, entry]) => ({
            name,
            entry,
            text: await textOf(file, name, entry),
          })),
        )
        const made = await keys.newKey(passphrase)
        Object.assign(file, made.parts)
        for (const { name, entry, text } of opened)
          file.entries[name] = sealed(made.key, name, { entry: { ...entry, place: 'file' }, text })
        for (const { name, entry } of opened)
          if (entry.place === 'keyring') await keyring.remove(name)
      }),
  }

  /** What the file holds now; a damaged one is set aside, and told. */
  async function current(): Promise<CredentialFile> {
    const read = readCredentialFile(paths.file, notice)
    if (read !== 'damaged') return read ?? emptyFile()
    return withFileLock(paths.lock, async () => readOrSetAside())
  }

  /** Under the lock: another process may have set it aside and written a new one meanwhile. */
  function readOrSetAside(): CredentialFile {
    const read = readCredentialFile(paths.file, notice)
    if (read !== 'damaged') return read ?? emptyFile()
    const aside = setAside(paths.file)
    notice(`${paths.file} was damaged and is set aside as ${aside}; log in again`)
    return emptyFile()
  }

  async function change<T>(work: (file: CredentialFile) => Promise<T>): Promise<T> {
    prepareDirectory(directory)
    return withFileLock(paths.lock, async () => {
      const file = readOrSetAside()
      const before = JSON.stringify(file)
      const result = await work(file)
      if (JSON.stringify(file) !== before) await writeCredentialFile(paths.file, file)
      return result
    })
  }

  async function get(name: string): Promise<Credential | undefined> {
    const file = await current()
    const entry = file.entries[name]
    if (!entry) return undefined
    try {
      return parseCredential(name, await textOf(file, name, entry))
    } catch (thrown) {
      if (thrown instanceof CodiError && thrown.kind === 'invalid') return dropChanged(name, entry)
      throw thrown
    }
  }

  /** What does not open although the key is right was changed by somebody: kept for a look, used no more. */
  async function dropChanged(name: string, entry: CredentialEntry): Promise<never> {
    const aside = await change(async (file) => {
      if (file.entries[name]?.box !== entry.box) return undefined
      const copy = setAside(paths.file, { keep: true })
      delete file.entries[name]
      return copy
    })
    throw new CodiError(
      'credentials',
      `The stored credential of ${name} was changed by something else than codi and is not used${aside === undefined ? '' : ` (set aside as ${aside})`}: codi login ${name}`,
    )
  }

  async function textOf(
    file: CredentialFile,
    name: string,
    entry: CredentialEntry,
  ): Promise<string> {
    if (entry.place === 'keyring') {
      const text = await keyring.get(name)
      if (text !== undefined) return text
      throw new CodiError(
        'credentials',
        `The keyring no longer holds the credential of ${name}: codi login ${name}`,
      )
    }
    return open(await keys.keyOf(file), entry.box ?? '', sealedWith(name, entry))
  }

  /** A passphrase means the file: who chose one does not want the keyring. */
  async function placeFor(file: CredentialFile): Promise<CredentialPlace> {
    if (options.place === 'file') return 'file'
    const hasPassphrase = file.key?.from === 'passphrase' || options.passphrase !== undefined
    if (options.place === 'auto' && hasPassphrase) return 'file'
    const problem = await probeKeyring(keyring)
    if (problem === undefined) return 'keyring'
    if (options.place === 'auto') return 'file'
    throw new CodiError(
      'credentials',
      `The keyring cannot be used (${problem}); start it, or set credentialStore to file`,
    )
  }

  async function store(
    file: CredentialFile,
    name: string,
    { credential, place, savedAt }: Stored,
  ): Promise<CredentialRow> {
    const before = file.entries[name]
    const entry = entryOf(credential, { place, savedAt })
    const text = JSON.stringify(credential)
    if (place === 'keyring') {
      await keyring.set(name, text)
      file.entries[name] = entry
    } else {
      file.entries[name] = sealed(await keyToSealWith(file), name, { entry, text })
      if (before?.place === 'keyring')
        await keyring.remove(name).catch((thrown: CodiError) => notice(thrown.message))
    }
    return rowOf(file, name, entry)
  }

  async function keyToSealWith(file: CredentialFile): Promise<Buffer> {
    if (file.key !== undefined) return keys.keyOf(file)
    const made = await keys.newKey(options.passphrase)
    Object.assign(file, made.parts)
    return made.key
  }

  async function accessToken(
    name: string,
    { refused, signal }: TokenOptions = {},
  ): Promise<string | undefined> {
    const credential = await get(name)
    if (credential === undefined) return undefined
    if (credential.kind === 'key') return credential.key
    if (isGood(credential, refused)) return credential.accessToken
    if (credential.ended) throw loginAgain(name)
    const alone = { signal, limitMs: refreshLimitMs }
    const renewing = withFileLock(paths.refreshLock, () => renewed(name, refused), alone)
    return signal ? abortable(renewing, signal) : renewing
  }

  /**
   * Under the refresh lock: whoever held it before may have done the work. Not to be interrupted: the server may have
   * spent the old refresh token when nobody waits for the new one any more.
   */
  async function renewed(name: string, refused: string | undefined): Promise<string> {
    const entry = (await current()).entries[name]
    const credential = await get(name)
    if (credential?.kind === 'key') return credential.key
    if (entry === undefined || credential === undefined || credential.ended) throw loginAgain(name)
    if (isGood(credential, refused)) return credential.accessToken
    const { accessToken: old, expiresAt } = credential
    const mayStillWork = old !== refused && (expiresAt === undefined || now() < expiresAt)
    if (credential.refreshToken === undefined) {
      if (mayStillWork) return old
      throw loginAgain(name)
    }
    try {
      const next = await renew(credential, {
        fetch,
        signal: AbortSignal.timeout(renewLimitMs),
        now: now(),
      })
      await change(async (file) => {
        // Logged out, or logged in anew meanwhile: that stands.
        if (!Value.Equal(file.entries[name], entry)) return
        await store(file, name, { credential: next, place: entry.place, savedAt: entry.savedAt })
      })
      if (next.ended) throw loginAgain(name)
      return next.accessToken
    } catch (thrown) {
      const unreachable = thrown instanceof CodiError && thrown.kind === 'unreachable'
      if (unreachable && mayStillWork) return old
      throw thrown
    }
  }

  function isGood(credential: OAuthCredential, refused: string | undefined): boolean {
    return !credential.ended && credential.accessToken !== refused && isFresh(credential, now())
  }
}

/** What is wrong with a file is seen at every look at it, and told once. */
function once(notice: (text: string) => void): (text: string) => void {
  const told = new Set<string>()
  return (text) => {
    if (told.has(text)) return
    told.add(text)
    notice(text)
  }
}

function loginAgain(name: string): CodiError {
  return new CodiError(
    'credentials',
    `The login of ${name} has ended: log in again with \`codi login ${name}\``,
  )
}
