/** What a repository brings that would run or loosen something, and whether the person has trusted just that. */

export type TrustKind =
  | 'rules'
  | 'settings'
  | 'hooks'
  | 'servers'
  | 'commands'
  | 'agents'
  | 'skills'
  | 'memories'

/** `none`: nothing of the kind is there; `changed`: it was trusted with another content. */
export type TrustState = 'none' | 'trusted' | 'untrusted' | 'changed'

export interface TrustedContent {
  kind: TrustKind
  state: TrustState
  /** As they were when they were hashed: whoever uses them takes these texts, never a second reading. */
  files: { path: string; text: string }[]
  /** SHA-256 over names and contents. */
  hash: string
  /** What it would do, a line each, for a person to decide by. */
  tells: string[]
  /** The person has seen just this and does not want to be asked again. */
  declined?: true
  /** Why it cannot be trusted at all: too large, a link out of the project. */
  refused?: string
}

/** Everything of one project, as it was read at one moment. */
export interface TrustReview {
  /** Absolute, symbolic links resolved. */
  project: string
  contents: TrustedContent[]
}
