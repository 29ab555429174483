/**
 * What one command may do here and now: the policy of the session with the command's own access, as paths that exist.
 * Every backend carries out a Plan; none of them looks at the policy.
 */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import { isWithin, realPath } from '../../../src/base/paths.ts'
import type {
  CommandAccess,
  SandboxLimits,
  SandboxPolicy,
} from '../../../src/contract/sandbox-service.ts'
import { everythingBut } from './everything-but.ts'
import { gitProtected, gitToSee, gitToWrite } from './git-places.ts'
import { nestedRepositories } from './nested-repositories.ts'

export interface Plan {
  /** Directories, or single files, that may be written. Real paths. */
  writable: string[]
  /** To be seen although what is around them is covered. Real paths. */
  visible: string[]
  /** Read-only inside what is writable; some do not exist. */
  protected: string[]
  /**
   * Protected too, but only taken away afterwards: names in an empty directory, which must look empty to a command, and
   * keys and start-up files that a home directory does not have.
   */
  watched: string[]
  /** Existing files and directories that cannot be read. Real paths. */
  unreadable: string[]
  /** Git directories that stay writable but for hooks and configuration. Real paths. */
  gitWrite: string[]
  /** The `.git` of working trees that lead there, as they are named. */
  gitNames: string[]
  /** Writable directories that are seen as copies: only in those a command of a try writes. */
  overlays?: readonly Overlay[]
  /** The private directory that stands for /tmp. */
  temporary: string
  network: PlannedNetwork
  /** A process whose private network is shared. */
  join?: number
  limits: SandboxLimits
  /** For a backend that notifies: where what the command changes is kept, and what is left out of it. */
  capture?: { directory: string; leftOut: readonly string[] }
}

export interface Overlay {
  /** One of `writable`. */
  root: string
  /** Holds `up`, which takes the changes, and `work`. */
  directory: string
}

export type PlannedNetwork = 'off' | 'on' | { socket: string; port: number }

export interface PlanOptions {
  policy: SandboxPolicy
  access: CommandAccess | undefined
  cwd: string
  temporary: string
  /** Directories for the caches of package managers, writable in any case but a read-only one. */
  caches: readonly string[]
  /** codi's own directory: unreadable, but for what is lent to commands. */
  directory: string
  network: PlannedNetwork
  join?: number | undefined
  overlays?: readonly Overlay[] | undefined
  /** What the policy's globs name, expanded. */
  hidden: readonly string[]
}

export function makePlan(options: PlanOptions): Plan {
  const { policy, access, cwd } = options
  const roots = access?.readOnly ? [] : policy.writable.filter(isDirectory)
  const widened = access?.writePath === undefined ? [] : [widenedPath(access.writePath, policy)]
  const writable = [...new Set([...roots, ...widened])]
  const seen = [...policy.writable, ...(policy.visible ?? [])]
  const own = [options.temporary, ...options.caches]
  const others = everythingBut(own, options.directory)
  const { masked, closed } = unreadablePlaces(
    [...policy.unreadable, ...options.hidden, ...others],
    writable,
  )
  const opened = access?.gitWrite ? gitToWrite(cwd, policy.writable) : undefined
  const gitWrite = opened?.directories ?? []
  const startUp = policy.startUp ?? []
  const closing = [
    ...policy.protected.flatMap((path) => around(path, options.directory)),
    ...protectedBelow(widened, policy),
    ...writable.flatMap(gitInside),
    ...startUp.filter((path) => existsSync(path)),
  ]
  const inside = (path: string) => writable.some((root) => root !== path && isWithin(path, root))
  const mayBeMade = (path: string) =>
    access?.gitWrite === true && basename(path) === '.git' && !existsSync(path)
  const kept = [...new Set(closing)].filter(
    (path) => inside(path) && !gitWrite.includes(path) && !mayBeMade(path),
  )
  const empty = roots.filter(isEmpty)
  return {
    writable: [...writable, ...(access?.readOnly ? [] : options.caches)],
    protected: kept.filter((path) => !empty.includes(dirname(path))),
    watched: [
      ...kept.filter((path) => empty.includes(dirname(path))),
      // A stand-in for these would mislead every other program of the person meanwhile.
      ...[...startUp, ...closed].filter((path) => inside(path) && !existsSync(path)),
    ],
    visible: [...seen, ...seen.flatMap(gitToSee)].filter(
      (path) => ![...writable, ...gitWrite].some((root) => isWithin(path, root)),
    ),
    unreadable: masked,
    gitWrite,
    gitNames: opened?.named ?? [],
    temporary: options.temporary,
    network: options.network,
    ...(options.join === undefined ? {} : { join: options.join }),
    ...(options.overlays ? { overlays: options.overlays } : {}),
    limits: policy.limits,
  }
}

function gitInside(root: string): string[] {
  return [...gitProtected(root), ...(isDirectory(root) ? nestedRepositories(root) : [])]
}

/** The path that a person granted, as it is. A widening never opens what cannot be read. */
function widenedPath(path: string, policy: SandboxPolicy): string {
  let real: string
  try {
    real = realpathSync(path)
  } catch {
    const parent = dirname(path)
    throw new CodiError(
      'not_found',
      `${path} does not exist, so it cannot be made writable; ask for its directory ${parent} instead`,
    )
  }
  const secret = policy.unreadable.find((place) => isWithin(real, realPath(place) ?? place))
  if (secret === undefined) return real
  throw new CodiError(
    'denied',
    `${path} lies in ${secret}, which holds credentials and stays closed whatever is granted`,
  )
}

/** The names that are protected in every writable directory are so in a widened one. */
function protectedBelow(widened: readonly string[], policy: SandboxPolicy): string[] {
  const direct = policy.protected.filter((path) => policy.writable.includes(dirname(path)))
  const names = new Set(direct.map((path) => basename(path)))
  return widened.filter(isDirectory).flatMap((root) => [...names].map((name) => join(root, name)))
}

/** A place around codi's own directory: what else is in it, since of that directory parts are lent to commands. */
function around(path: string, directory: string): string[] {
  if (!isWithin(directory, path)) return [path]
  return everythingBut([directory], path)
}

/**
 * What exists is masked, both a link and what it leads to. What does not exist and could be created is closed, so that
 * no command plants a key that a person would then use. A place around a workspace is not masked: somebody works there.
 */
function unreadablePlaces(
  places: readonly string[],
  writable: readonly string[],
): { masked: string[]; closed: string[] } {
  const masked = new Set<string>()
  const closed: string[] = []
  for (const place of places) {
    const real = realPath(place)
    if (real === undefined) closed.push(place)
    else if (!writable.some((root) => isWithin(root, real))) masked.add(real)
  }
  return { masked: [...masked], closed }
}

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
