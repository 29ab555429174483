/**
 * How secrets are sealed in the credentials file: AES-256-GCM under a key that scrypt derives from a passphrase, or that
 * a key file holds. What a box belongs to is sealed with it, so that boxes cannot be moved about.
 */
import { CodiError } from '../base/errors.ts'

/** Where the key comes from, as the file tells it. */
export type KeyOrigin = { from: 'key-file' } | PassphraseOrigin
export type PassphraseOrigin = { from: 'passphrase' } & ScryptCost

export interface ScryptCost {
  /** Base64url. */
  salt: string
  n: number
  r: number
  p: number
}

export const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
/** One of the settings that OWASP calls equal; this one asks for 32 MB. */
const cost = { n: 2 ** 15, r: 8, p: 3 }
/** A file from elsewhere must not make codi calculate for hours or take all memory. */
const maxCost = { n: 2 ** 20, r: 16, p: 16 }

/** Loaded by what seals or opens something: few runs do, and it takes as long to load as all of codi's own code. */
const nodeCrypto = () => process.getBuiltinModule('node:crypto')

export function newPassphraseOrigin(): PassphraseOrigin {
  return { from: 'passphrase', salt: nodeCrypto().randomBytes(16).toString('base64url'), ...cost }
}

export function isSaneCost({ n, r, p }: ScryptCost): boolean {
  const whole = [n, r, p].every((value) => Number.isInteger(value) && value > 0)
  return whole && n > 1 && (n & (n - 1)) === 0 && n <= maxCost.n && r <= maxCost.r && p <= maxCost.p
}

export function deriveKey(passphrase: string, { salt, n, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 256 * n * r }
    const bytes = Buffer.from(salt, 'base64url')
    // The same passphrase typed on another keyboard may be composed differently.
    nodeCrypto().scrypt(passphrase.normalize('NFKC'), bytes, keyBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

export function seal(key: Buffer, text: string, belongsTo: string): string {
  const nonce = nodeCrypto().randomBytes(nonceBytes)
  const cipher = nodeCrypto().createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(belongsTo))
  const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(sealed).toString('base64url')
}

/** Throws a CodiError of kind `invalid` when the box was changed, or sealed under another key. */
export function open(key: Buffer, box: string, belongsTo: string): string {
  try {
    const bytes = Buffer.from(box, 'base64url')
    const decipher = nodeCrypto().createDecipheriv(
      'aes-256-gcm',
      key,
      bytes.subarray(0, nonceBytes),
      {
        authTagLength: tagBytes,
      },
    )
    decipher.setAAD(Buffer.from(belongsTo))
    decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
    const text = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch (thrown) {
    throw new CodiError('invalid', 'A sealed entry does not open', { cause: thrown })
  }
}
