/** Random values of a login: PKCE (RFC 7636, S256 only), state and nonce. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface Pkce {
  verifier: string
  challenge: string
}

export function newPkce(): Pkce {
  const verifier = randomToken()
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** 256 bits. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Without telling by its time how much was right. */
export function isSame(given: string | null | undefined, wanted: string): boolean {
  const [one, two] = [Buffer.from(given ?? ''), Buffer.from(wanted)]
  return one.length === two.length && timingSafeEqual(one, two)
}
