/**
 * The seam of credentials: what is kept, where, and how whoever talks to a host gets the token to send. Secrets stand
 * in `Credential` and in what `token` answers, nowhere else: rows and messages never hold one.
 */

export type Credential = KeyCredential | OAuthCredential

/** A key or token that a person pasted, imported or was given by a login. */
export interface KeyCredential {
  kind: 'key'
  key: string
  /** Sent as a bearer token where the host would otherwise want it in a header of its own. */
  bearer?: true
  /** The only host that it is sent to; absent: the provider's own. */
  baseUrl?: string
}

/** Everything that a refresh needs, so that it works without the settings of that day. */
export interface OAuthCredential {
  kind: 'oauth'
  accessToken: string
  refreshToken?: string
  /** Milliseconds since the epoch by this machine's clock; absent: the server told none. */
  expiresAt?: number
  /** How long the token was good for when it came. */
  lifetimeMs?: number
  scope?: string
  clientId: string
  tokenUrl: string
  revokeUrl?: string
  /** RFC 8707; sent again with every refresh. */
  resource?: string
  /** Who logged in, where the server told: a mail address or a name. */
  account?: string
  baseUrl?: string
  /** The server refused the refresh token: only a new login helps. */
  ended?: true
}

export type CredentialPlace = 'keyring' | 'file'

/** What may be shown of a credential. */
export interface CredentialRow {
  name: string
  kind: Credential['kind']
  place: CredentialPlace
  savedAt: number
  /** The last four characters of a long key. */
  hint?: string
  account?: string
  expiresAt?: number
  /** It can be renewed without a person. */
  renews?: boolean
  ended?: boolean
  baseUrl?: string
  /** See KeyCredential. */
  bearer?: boolean
  /** It lies in the file, and the file is under a passphrase. */
  passphrase?: true
}

/**
 * Names are ids of providers (`openai`) or anything else that wants a secret kept (`mcp:NAME`, `search:NAME`). Every
 * change is made under a lock that holds across processes.
 */
export interface Credentials {
  /**
   * Newest first. Opens nothing: no passphrase, no keyring. Never throws: what cannot be read is told as a notice, and
   * nothing is listed.
   */
  list(): Promise<CredentialRow[]>
  /** Throws a CodiError of kind `credentials` where it cannot be opened: passphrase, keyring, damage. */
  get(name: string): Promise<Credential | undefined>
  set(name: string, credential: Credential): Promise<CredentialRow>
  /** False where there was none. What cannot be opened can still be removed. */
  remove(name: string): Promise<boolean>
  /**
   * What to send now: the key, or an access token that is good for a while yet, renewed where it must be. `refused` is
   * a token that the host did not take: another one is answered, or the same again where there is no other.
   * Undefined where nothing is kept.
   */
  accessToken(name: string, options?: TokenOptions): Promise<string | undefined>
  /** True where reading this name will want a passphrase that nobody has given yet. */
  isLocked(name: string): Promise<boolean>
  /** Throws a CodiError of kind `credentials` for a wrong one. */
  unlock(passphrase: string): Promise<void>
  /** From now on everything lies in the file, under this passphrase. */
  setPassphrase(passphrase: string): Promise<void>
}

export interface TokenOptions {
  refused?: string | undefined
  signal?: AbortSignal | undefined
}

/** One credential as a provider uses it. */
export interface KeySource {
  kind: Credential['kind']
  bearer: boolean
  baseUrl: string | undefined
  token(options?: TokenOptions): Promise<string>
}

/** What the choice of a provider knows of the store. */
export interface StoredKeys {
  /** Ids, the newest login first. */
  names: readonly string[]
  source(id: string): Promise<KeySource | undefined>
}
