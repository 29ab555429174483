/**
 * What is remembered from one session to the next: facts in Markdown files that a person can read and edit, and the
 * person's profile. A fact is one line, agreed to by a person before it is stored.
 */
export type MemoryScope = 'project' | 'user'
export const memoryScopes: readonly MemoryScope[] = ['project', 'user']

export interface MemoryFact {
  scope: MemoryScope
  category: string
  text: string
  /** `2026-11-22`; absent where a person wrote none. */
  date?: string
}

export interface NewMemory {
  text: string
  category?: string
  scope?: MemoryScope
}

export interface MemoryFile {
  scope: MemoryScope
  /** Absolute. */
  path: string
  /** `untrusted`: it came with the repository or has changed, so that it is not told to a model; `broken`: not read. */
  state: 'none' | 'used' | 'untrusted' | 'broken'
  /** Of what is not used: why, and what to do. */
  why?: string
  facts: MemoryFact[]
}

export interface StoredMemory {
  fact: MemoryFact
  path: string
  /** `known`: it was there already; `renewed`: it took the place of one that said nearly the same. */
  outcome: 'stored' | 'known' | 'renewed'
  /** Why a model is not told of it, where that is so. */
  why?: string
}

/** The text of a profile value, by dotted key: `name`, `preferences.indent`, `expertise`, `avoid`, `custom.team`. */
export type ProfileRow = readonly [key: string, value: string]

export interface Memory {
  /** The project's, then the user's, as they are on disk now. */
  files(): MemoryFile[]
  /** The fact as it would be stored. Throws a CodiError for what must not be stored: a secret, too long, not one line. */
  check(memory: NewMemory): MemoryFact
  add(memory: NewMemory): Promise<StoredMemory>
  /** Answers how many were there to be removed. */
  remove(facts: readonly MemoryFact[]): Promise<number>
  /** Facts that say what another one says, with that other one. */
  duplicates(): { fact: MemoryFact; of: MemoryFact }[]
  /** Facts and profile rows of the earlier Codi (`~/.codi`) that are not known here. */
  earlier(): { facts: MemoryFact[]; profile: ProfileRow[] }
  /** Says that the project's file is as the person wants it: what an editor left there is used. */
  accept(): Promise<void>
  readonly profile: {
    readonly path: string
    /** Throws a CodiError where the file cannot be read. */
    rows(): ProfileRow[]
    set(key: string, value: string): Promise<void>
    /** False where there was none. */
    unset(key: string): Promise<boolean>
  }
}
