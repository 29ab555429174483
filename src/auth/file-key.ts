/**
 * The key of the credentials file: from a passphrase, which somebody has to give, or from a key file beside it, which is
 * made at random and never leaves the machine. A wrong one is recognised before anything is opened with it.
 */
import { writeAtomic } from '../base/atomic-write.ts'
import { CodiError } from '../base/errors.ts'
import {
  type CredentialFile,
  type CredentialPaths,
  readPrivate,
  setAside,
} from './credential-file.ts'
import {
  deriveKey,
  type KeyOrigin,
  keyBytes,
  newPassphraseOrigin,
  open,
  type PassphraseOrigin,
  seal,
} from './sealing.ts'

export interface FileKeys {
  /** The key of this file. Throws a CodiError of kind `credentials` where it is not to be had. */
  keyOf(file: CredentialFile): Promise<Buffer>
  /** The key of a new file, and what the file says of it. */
  newKey(passphrase: string | undefined): Promise<NewKey>
  /** True where a passphrase is wanted that nobody has given. */
  isLocked(file: CredentialFile): boolean
  give(passphrase: string): void
}

export interface NewKey {
  key: Buffer
  parts: { key: KeyOrigin; check: string }
}

const knownText = 'codi'
const belongsTo = 'check'

export function openFileKeys(options: {
  paths: CredentialPaths
  passphrase: string | undefined
  notice(text: string): void
}): FileKeys {
  const { paths, notice } = options
  let { passphrase } = options
  /** Deriving takes a good part of a second; by salt. */
  const derived = new Map<string, Promise<Buffer>>()

  function derive(origin: PassphraseOrigin, from: string): Promise<Buffer> {
    const id = `${origin.salt} ${from}`
    const known = derived.get(id)
    if (known) return known
    const key = deriveKey(from, origin)
    derived.set(id, key)
    return key
  }

  return {
    async keyOf({ key: origin, check }) {
      if (origin === undefined || check === undefined) throw lost(paths)
      if (origin.from === 'key-file') {
        const key = readPrivate(paths.keyFile, notice)
        if (key?.length !== keyBytes || !fits(key, check)) throw lost(paths)
        return key
      }
      if (passphrase === undefined)
        throw new CodiError(
          'credentials',
          'The stored credentials are under a passphrase: set CODI_PASSPHRASE, or run codi at a terminal, where it asks',
        )
      const key = await derive(origin, passphrase)
      if (fits(key, check)) return key
      throw new CodiError(
        'credentials',
        'That is not the passphrase of the stored credentials; check CODI_PASSPHRASE, or start over with `codi logout --all`',
      )
    },
    async newKey(wanted) {
      if (wanted === undefined) {
        const kept = readPrivate(paths.keyFile, notice)
        if (kept?.length === keyBytes) return made({ from: 'key-file' }, kept)
        if (kept)
          notice(`${paths.keyFile} was no key and is set aside as ${setAside(paths.keyFile)}`)
        return made({ from: 'key-file' }, await makeKeyFile(paths))
      }
      const origin = newPassphraseOrigin()
      passphrase = wanted
      return made(origin, await derive(origin, wanted))
    },
    isLocked: ({ key }) => key?.from === 'passphrase' && passphrase === undefined,
    give(given) {
      passphrase = given
    },
  }
}

function made(origin: KeyOrigin, key: Buffer): NewKey {
  return { key, parts: { key: origin, check: seal(key, knownText, belongsTo) } }
}

function fits(key: Buffer, check: string): boolean {
  try {
    return open(key, check, belongsTo) === knownText
  } catch {
    return false
  }
}

async function makeKeyFile({ keyFile }: CredentialPaths): Promise<Buffer> {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(keyBytes)))
  await writeAtomic(keyFile, key, { mode: 0o600, mustBeNew: true })
  return key
}

function lost({ file, keyFile }: CredentialPaths): CodiError {
  return new CodiError(
    'credentials',
    `${keyFile} is not the key of ${file} (was one of them moved, or restored from elsewhere?): put it back, or start over with \`codi logout --all\``,
  )
}
