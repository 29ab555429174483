/**
 * The store of credentials: the system's keyring where there is one, else the sealed file. One small file lists what
 * there is, so that a look at the list opens nothing. Every change is made under a lock over all processes; a token is
 * renewed by one process, and the others take what it got.
 */
import { Value } from '@sinclair/typebox/value'
import { CodiError, errorMessage } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import type { Credential, CredentialPlace, CredentialRow, Credentials } from '../contract/auth.ts'
import { openAccessTokens } from './access-token.ts'
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

export function openCredentials(options: CredentialsOptions): Credentials {
  const { directory, fetch, now = Date.now } = options
  const notice = once(options.notice)
  const paths = credentialPaths(directory)
  const keyring = openKeyring(`codi ${directory}`)
  const keys = openFileKeys({ paths, passphrase: options.passphrase, notice })
  const tokens = openAccessTokens({
    fetch,
    now,
    lock: paths.refreshLock,
    notice,
    get,
    entry: async (name) => (await current()).entries[name],
    replace: (name, before, next) =>
      change(async (file, after) => {
        // Logged out, or logged in anew meanwhile: that stands.
        if (!Value.Equal(file.entries[name], before)) return
        await store({ file, after }, name, { ...before, credential: next })
      }),
  })

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
      change(async (file, after) => {
        const place = await placeFor(file)
        return store({ file, after }, name, { credential, place, savedAt: now() })
      }),

    remove: (name) =>
      change(async (file, after) => {
        const entry = file.entries[name]
        if (!entry) return false
        if (entry.place === 'keyring') after.push(() => keyring.remove(name))
        delete file.entries[name]
        // Nothing is left that the old passphrase or key opens.
        if (!Object.values(file.entries).some((each) => each.place === 'file')) {
          delete file.key
          delete file.check
        }
        return true
      }),

    accessToken: tokens.get,

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
      change(async (file, after) => {
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
          if (entry.place === 'keyring') after.push(() => keyring.remove(name))
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

  /** `after` is for what must not happen before the file says so: a kill between the two loses nothing. */
  async function change<T>(
    work: (file: CredentialFile, after: (() => Promise<void>)[]) => Promise<T>,
  ): Promise<T> {
    prepareDirectory(directory)
    return withFileLock(paths.lock, async () => {
      const file = readOrSetAside()
      const before = JSON.stringify(file)
      const after: (() => Promise<void>)[] = []
      const result = await work(file, after)
      if (JSON.stringify(file) !== before) await writeCredentialFile(paths.file, file)
      for (const each of after) await each().catch((thrown) => notice(errorMessage(thrown)))
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
    { file, after }: { file: CredentialFile; after: (() => Promise<void>)[] },
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
      if (before?.place === 'keyring') after.push(() => keyring.remove(name))
    }
    return rowOf(file, name, entry)
  }

  async function keyToSealWith(file: CredentialFile): Promise<Buffer> {
    if (file.key !== undefined) return keys.keyOf(file)
    const made = await keys.newKey(options.passphrase)
    Object.assign(file, made.parts)
    return made.key
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
