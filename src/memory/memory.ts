/**
 * The memory of a person and a project: two files of facts and a profile. What is read is always what lies there now; a
 * file that makes no sense is named, kept, and never written over. Several processes may write at once.
 */
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeAtomic } from '../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import { pinRefusal } from '../base/pin-refusal.ts'
import { pinDirectory } from '../base/pinned-directory.ts'
import { readSmallFile } from '../base/small-file.ts'
import type {
  Memory,
  MemoryFact,
  MemoryFile,
  MemoryScope,
  NewMemory,
  StoredMemory,
} from '../contract/memory.ts'
import { checkFact, factKey, isSameText } from './fact.ts'
import { type FileFact, readFacts, withFact, withoutFacts } from './fact-file.ts'
import { profileRows, profileText, readProfile, withProfile } from './profile.ts'

export interface MemoryOptions {
  /** codi's directory for settings. */
  userDirectory: string
  /** codi's directory for data, where the lock lies. */
  dataDirectory: string
  /** Symbolic links resolved; undefined: there is none but the person's. */
  project: string | undefined
  /** Where the earlier Codi kept its files. */
  earlierDirectory: string
  isSecret(text: string): boolean
  /** `2026-11-22`. */
  today(): string
  trust: ProjectTrust
}

/** What a repository brings counts only where the person has agreed to just that. */
export interface ProjectTrust {
  state(): { state: 'none' | 'trusted' | 'untrusted' | 'changed'; text?: string; refused?: string }
  /** The person has agreed to the file with exactly this text. */
  keep(text: string): Promise<void>
}

const maxFileBytes = 256 * 1024
const projectMemoryName = '.codi/memories.md'

export function openMemory(options: MemoryOptions): Memory {
  const { project, trust, userDirectory } = options
  const userPath = join(userDirectory, 'memories.md')
  const projectPath = project === undefined ? undefined : join(project, projectMemoryName)
  const profilePath = join(userDirectory, 'profile.yaml')
  const defaultScope: MemoryScope = project === undefined ? 'user' : 'project'

  function files(): MemoryFile[] {
    return [
      ...(projectPath === undefined ? [] : [projectFile(projectPath)]),
      fileOf('user', userPath, () => readUserText(userPath)),
    ]
  }

  function projectFile(path: string): MemoryFile {
    const { state, text, refused } = trust.state()
    if (refused !== undefined)
      return { scope: 'project', path, state: 'broken', why: refused, facts: [] }
    const file = fileOf('project', path, () => {
      if ((text?.length ?? 0) <= maxFileBytes) return text
      throw new CodiError('invalid', `it is larger than ${maxFileBytes / 1024} KB`)
    })
    if (file.state !== 'used' || state === 'trusted' || state === 'none') return file
    const why =
      state === 'changed' ? 'it has changed since it was trusted' : 'nobody has trusted it'
    return { ...file, state: 'untrusted', why: `${why}; codi trust shows it` }
  }

  function scopeOf(given: MemoryScope | undefined): MemoryScope {
    if (given !== 'project' || project !== undefined) return given ?? defaultScope
    throw new CodiError('invalid', 'There is no project here; use the scope user (--user)')
  }

  function check(memory: NewMemory): MemoryFact {
    const scope = scopeOf(memory.scope)
    return { scope, ...checkFact(memory, options), date: options.today() }
  }

  async function add(memory: NewMemory): Promise<StoredMemory> {
    const fact = check(memory)
    return locked(async () => {
      const known = files()
        .filter(({ state }) => state === 'used')
        .flatMap(({ facts }) => facts)
      const same = known.find(({ text }) => isSameText(text, fact.text))
      if (same) return { fact: same, path: pathOf(same.scope), outcome: 'known' }
      const date = fact.date ?? options.today()
      let outcome: StoredMemory['outcome'] = 'stored'
      await change(fact.scope, (text) => {
        const near = readFacts(text).filter((one) => factKey(one.text) === factKey(fact.text))
        if (near.length > 0) outcome = 'renewed'
        const category = memory.category === undefined ? near[0]?.category : undefined
        return withFact(withoutFacts(text, near), {
          ...fact,
          ...(category ? { category } : {}),
          date,
        })
      })
      const file = files().find(({ scope }) => scope === fact.scope)
      const why = file?.state === 'used' ? undefined : file?.why
      return { fact, path: pathOf(fact.scope), outcome, ...(why === undefined ? {} : { why }) }
    })
  }

  async function remove(facts: readonly MemoryFact[]): Promise<number> {
    return locked(async () => {
      let removed = 0
      for (const scope of new Set(facts.map((fact) => fact.scope))) {
        const wanted = facts.filter((fact) => fact.scope === scope)
        await change(scope, (text) => {
          const gone = takeOut(readFacts(text), wanted)
          removed += gone.length
          return gone.length === 0 ? text : withoutFacts(text, gone)
        })
      }
      return removed
    })
  }

  /** Under the lock. What cannot be read is not written. */
  async function change(scope: MemoryScope, edit: (text: string) => string): Promise<void> {
    const path = pathOf(scope)
    const before = scope === 'project' ? trust.state() : undefined
    if (before?.refused !== undefined) throw unwritten(path, before.refused)
    let text: string
    let next: string
    try {
      text = (before ? before.text : readUserText(path)) ?? ''
      next = edit(text)
    } catch (thrown) {
      throw unwritten(path, errorMessage(thrown))
    }
    if (next === text) return
    if (Buffer.byteLength(next) > maxFileBytes)
      throw unwritten(
        path,
        `it would be larger than ${maxFileBytes / 1024} KB; forget something first`,
      )
    if (!before) return writeUser(path, next)
    await writeProject(path, next)
    if (before.state === 'trusted' || before.state === 'none') await trust.keep(next)
  }

  function pathOf(scope: MemoryScope): string {
    return scope === 'project' && projectPath !== undefined ? projectPath : userPath
  }

  async function locked<T>(work: () => Promise<T>): Promise<T> {
    const { dataDirectory } = options
    try {
      mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
    } catch (thrown) {
      throw new CodiError('io', `Nothing was remembered: ${errorMessage(thrown)}`, {
        cause: thrown,
      })
    }
    return withFileLock(join(dataDirectory, 'memory.lock'), work)
  }

  async function changeProfile(key: string, value: string | undefined): Promise<boolean> {
    if (value !== undefined && options.isSecret(value))
      throw new CodiError('denied', 'That looks like a secret, which is never remembered')
    return locked(async () => {
      const before = readProfile(profilePath)
      const after = withProfile(before, key, value)
      const has = profileRows(before).some(([name]) => name === key)
      if (value !== undefined || has) await writeUser(profilePath, profileText(after))
      return has
    })
  }

  return {
    files,
    check,
    add,
    remove,
    duplicates() {
      const first = new Map<string, MemoryFact>()
      return files().flatMap(({ facts }) =>
        facts.flatMap((fact) => {
          const of = first.get(factKey(fact.text))
          if (of) return [{ fact, of }]
          first.set(factKey(fact.text), fact)
          return []
        }),
      )
    },
    earlier() {
      const facts = fileOf('user', join(options.earlierDirectory, 'memories.md'), (path) =>
        readUserText(path),
      )
      if (facts.why !== undefined) throw new CodiError('invalid', `${facts.path}: ${facts.why}`)
      const known = files().flatMap((file) => file.facts.map(({ text }) => factKey(text)))
      const kept = profileRows(readProfile(profilePath)).map(([key]) => key)
      const profile = profileRows(readProfile(join(options.earlierDirectory, 'profile.yaml')))
      return {
        facts: facts.facts.filter(({ text }) => !known.includes(factKey(text))),
        profile: profile.filter(([key]) => !kept.includes(key)),
      }
    },
    async accept() {
      const { state, text } = trust.state()
      if (text !== undefined && state !== 'trusted') await trust.keep(text)
    },
    profile: {
      path: profilePath,
      rows: () => profileRows(readProfile(profilePath)),
      set: async (key, value) => void (await changeProfile(key, value)),
      unset: (key) => changeProfile(key, undefined),
    },
  }
}

function fileOf(
  scope: MemoryScope,
  path: string,
  read: (path: string) => string | undefined,
): MemoryFile {
  try {
    const text = read(path)
    if (text === undefined) return { scope, path, state: 'none', facts: [] }
    const facts = readFacts(text).map(({ category, text: fact, date }) => ({
      ...{ scope, category, text: fact },
      ...(date === undefined ? {} : { date }),
    }))
    return { scope, path, state: 'used', facts }
  } catch (thrown) {
    return { scope, path, state: 'broken', why: errorMessage(thrown), facts: [] }
  }
}

/** Undefined where there is no file. */
function readUserText(path: string): string | undefined {
  try {
    return readSmallFile(path, maxFileBytes)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' && !existsSync(path)) return undefined
    throw thrown
  }
}

/** A link to a file that a person keeps elsewhere stays one. */
async function writeUser(path: string, text: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const real = existsSync(path) ? realpathSync(path) : path
  await writeAtomic(real, new TextEncoder().encode(text), {
    shownAs: path,
    ...(existsSync(path) ? {} : { mode: 0o600 }),
  })
}

/** A repository must not choose what is written over by a link. */
async function writeProject(path: string, text: string): Promise<void> {
  try {
    using directory = pinDirectory(dirname(path), { made: [] })
    const entry = directory.entry('memories.md')
    if (lstatSync(entry, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new CodiError('invalid', 'it is a symbolic link; put the file itself there')
    await writeAtomic(entry, new TextEncoder().encode(text), { shownAs: path })
    directory.verify()
  } catch (thrown) {
    throw unwritten(path, pinRefusal(thrown))
  }
}

/** Each wanted fact once, as it stands in the file. */
function takeOut(facts: readonly FileFact[], wanted: readonly MemoryFact[]): FileFact[] {
  const left = [...facts]
  return wanted.flatMap((fact) => {
    const at = left.findLastIndex(
      (one) => one.text === fact.text && one.category === fact.category && one.date === fact.date,
    )
    return at < 0 ? [] : left.splice(at, 1)
  })
}

function unwritten(path: string, why: string): CodiError {
  return new CodiError('io', `${path} was not changed: ${why}`)
}
