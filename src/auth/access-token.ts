/**
 * The token to send now. One that ends is renewed by one process, under a lock, and the others take what it got: a
 * refresh token may be good for one use only.
 */
import { abortable } from '../base/async.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import type { Credential, OAuthCredential, TokenOptions } from '../contract/auth.ts'
import type { CredentialEntry } from './credential-file.ts'
import { isFresh, renew } from './refresh.ts'
import type { AuthFetch } from './token-endpoint.ts'

export interface TokenStore {
  fetch: AuthFetch
  now(): number
  /** The file that whoever renews has locked. */
  lock: string
  get(name: string): Promise<Credential | undefined>
  /** As it stands in the file now. */
  entry(name: string): Promise<CredentialEntry | undefined>
  /** What the person should know. */
  notice(text: string): void
  /** Puts `next` where `before` is, and nothing where something else is by now. */
  replace(name: string, before: CredentialEntry, next: OAuthCredential): Promise<void>
}

const lockLimitMs = 60_000
const renewLimitMs = 30_000

export function openAccessTokens(store: TokenStore) {
  const { fetch, now } = store
  /** Renewed, and not to be stored: the server may have spent what the file still holds. */
  const unsaved = new Map<string, { before: CredentialEntry; next: OAuthCredential }>()
  return { get }

  /** See Credentials.accessToken. */
  async function get(
    name: string,
    { refused, signal }: TokenOptions = {},
  ): Promise<string | undefined> {
    const credential = (await stillUnsaved(name))?.next ?? (await store.get(name))
    if (credential === undefined) return undefined
    if (credential.kind === 'key') return credential.key
    if (isGood(credential, refused)) return credential.accessToken
    if (credential.ended) throw loginAgain(name)
    const alone = { signal, limitMs: lockLimitMs }
    const renewing = withFileLock(store.lock, () => renewed(name, refused), alone)
    return signal ? abortable(renewing, signal) : renewing
  }

  /**
   * Under the lock: whoever held it before may have done the work. Not to be interrupted: the server may have spent the
   * old refresh token when nobody waits for the new one any more.
   */
  async function renewed(name: string, refused: string | undefined): Promise<string> {
    const entry = await store.entry(name)
    const credential = (await stillUnsaved(name))?.next ?? (await store.get(name))
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
      const signal = AbortSignal.timeout(renewLimitMs)
      const next = await renew(credential, { fetch, signal, now: now() })
      await keep(name, entry, next)
      if (next.ended) throw loginAgain(name)
      return next.accessToken
    } catch (thrown) {
      const unreachable = thrown instanceof CodiError && thrown.kind === 'unreachable'
      if (unreachable && mayStillWork) return old
      throw thrown
    }
  }

  /** The token is good whether it can be stored or not; to lose it would end the login. */
  async function keep(name: string, before: CredentialEntry, next: OAuthCredential): Promise<void> {
    try {
      await store.replace(name, before, next)
      unsaved.delete(name)
    } catch (thrown) {
      unsaved.set(name, { before, next })
      store.notice(
        `The login of ${name} was renewed and cannot be stored (${errorMessage(thrown)}); it holds while codi runs, and then codi login ${name} may be needed`,
      )
    }
  }

  /** Tried again to be stored; forgotten where somebody logged out or in meanwhile. */
  async function stillUnsaved(name: string): Promise<{ next: OAuthCredential } | undefined> {
    const waiting = unsaved.get(name)
    if (!waiting) return undefined
    const entry = await store.entry(name).catch(() => waiting.before)
    if (!Bun.deepEquals(entry, waiting.before)) unsaved.delete(name)
    else await keep(name, waiting.before, waiting.next)
    return unsaved.get(name)
  }

  function isGood(credential: OAuthCredential, refused: string | undefined): boolean {
    return !credential.ended && credential.accessToken !== refused && isFresh(credential, now())
  }
}

function loginAgain(name: string): CodiError {
  return new CodiError(
    'credentials',
    `The login of ${name} has ended: log in again with \`codi login ${name}\``,
  )
}
