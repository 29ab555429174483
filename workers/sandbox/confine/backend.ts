/**
 * One way to confine a command. A backend carries out a Plan or says that it cannot; it never starts a program with
 * more rights than the plan gives, whatever fails.
 */
import type { Enclosure } from '../../../src/contract/enclosure.ts'
import type { SandboxBackend, SandboxState } from '../../../src/contract/sandbox-service.ts'
import type { Child, Process } from './command.ts'
import type { Plan } from './plan.ts'

export interface Backend {
  readonly name: SandboxBackend
  readonly holds: SandboxState['holds']
  /** The promises that it does not keep, with what becomes of them. */
  readonly gaps: Readonly<Partial<Record<Promised, string>>>
  /** How it keeps a promise, where that is more than a person expects. */
  readonly remarks?: Readonly<Partial<Record<Promised, string>>>
  /** /tmp is the private directory; where it is not, TMPDIR names that directory. */
  readonly ownTmp: boolean
  /** A command may have a proxy: a loopback of its own. */
  readonly ownNetwork: boolean
  /** Nothing of a command is alive once it has exited. */
  readonly endsWithAll: boolean
  /** It may be told of each change before it is made: a Plan may have a `capture`. Whether that works is tried. */
  readonly notifies?: true
  /** Why it cannot work on this machine, as far as that can be told without starting anything. */
  missing(): string | undefined
  /** Throws a CodiError where the command cannot be started. */
  start(process: Process, plan: Plan): Promise<Confined>
  /** How somebody else starts a program under the plan; absent where only the backend itself can. */
  enclose?(plan: Plan): Pick<Enclosure, 'argv' | 'descriptors'>
  close?(): Promise<void> | void
}

/** A child, and what its backend tells about it after its end. */
export interface Confined extends Child {
  /** While it runs: a process whose private network another command can share. */
  init?(): number | undefined
  /** Once, after `exited`. */
  ending?(): Ending
}

export interface Ending {
  /** What could not be set up; then the program never ran. */
  failure?: string
  /** How the program itself ended, where the backend knows it better than the process that was waited for. */
  exitCode?: number
  signal?: string
  /** Processes that were still running behind it and were ended. */
  leftovers?: number
  /** Where the plan had one: what is missing in it, or why there is none. */
  capture?: { lost: number; missed: number; failure?: string }
  warnings: string[]
}

/** What a sandbox promises, in the order in which it is told. */
export const promises = {
  writes: 'writes only below the writable directories',
  metadata: 'mode, owner and times of files elsewhere stay as they are',
  protected: '.git, .codi and other settings inside them stay read-only',
  credentials: 'credentials cannot be read',
  network: 'no network but the one that was granted',
  sockets: 'no way to sockets of other programs (docker, ssh-agent, D-Bus)',
  processes: 'other processes cannot be seen, signalled or traced',
  ending: 'everything that a command started ends with it, and with codi',
  privileges: 'no privileges, no new namespaces, no dangerous system calls',
  limits: 'limits on time, memory, processes and file size',
} as const

export type Promised = keyof typeof promises
