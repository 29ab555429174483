/** What starting a command takes and gives, whichever way it is confined. */
import type { Blocked, CommandAccess, SandboxState } from '../../../src/contract/sandbox-service.ts'
import type { Overlay } from './plan.ts'

export interface CommandStart {
  /** Names the command in questions about hosts. */
  id: string
  argv: readonly string[]
  cwd: string
  /** Added to the environment, after secrets were taken out of it. */
  env?: Readonly<Record<string, string>>
  access?: CommandAccess
  /** It works on copies; only the backend with namespaces can do that. */
  copied?: { overlays: readonly Overlay[]; close(closed: readonly string[]): void }
  /** Typed by the person: it runs with the person's rights and whole environment. */
  byPerson?: true
  /** See CommandRequest. */
  captureDirectory?: string
  stdin: 'ignore' | 'inherit' | Uint8Array
  /**
   * `inherit`: codi's own streams and terminal, and no session of its own; `stderr`: the same with all output on codi's
   * stderr; `terminal`: a terminal of its own, whose output is `stdout`.
   */
  output: 'pipe' | 'inherit' | 'stderr' | 'terminal'
}

/** What a backend makes of it for the system. */
export interface Process {
  argv: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  stdin: CommandStart['stdin']
  output: CommandStart['output']
  /** Descriptors that it gets as 3, 4 … */
  descriptors?: readonly number[]
}

/** A running program: what of Bun's Subprocess its owners may use. */
export interface Child {
  /** Leader of its own group, unless it shares codi's streams. */
  readonly pid: number
  /** Empty where the streams are inherited. */
  readonly stdout: ReadableStream<Uint8Array>
  readonly stderr: ReadableStream<Uint8Array>
  readonly exited: Promise<unknown>
  /** After `exited`; null when a signal ended it. */
  readonly exitCode: number | null
  readonly signalCode: string | null
}

/** A confined command. `finish` must be called once, after `exited`. */
export interface Started {
  readonly pid: number
  readonly stdout: ReadableStream<Uint8Array>
  readonly stderr: ReadableStream<Uint8Array>
  readonly exited: Promise<void>
  /** Of the command itself, after `exited`. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** Nothing that it started is alive once it has exited: there is no tree to walk. */
  readonly endsWithAll: boolean
  /**
   * `SIGPWR` where a helper leads the group: sent to that, it ends whatever the command started. Elsewhere the group is
   * killed, and the tree is walked.
   */
  readonly endSignal: 'SIGPWR' | 'SIGKILL'
  /** What was still running behind it and was ended by its backend; after `exited`. */
  readonly leftovers: number
  /** How what it changes is captured; absent where nobody asked for it. */
  readonly capture?: CaptureState
  /** Lets go of what was held for it; says what was refused, and what a person must know. */
  finish(output: string): Promise<Finished>
}

export interface Finished {
  /** Why it never ran: what the sandbox could not set up. Also among `blocked`. */
  failure?: string
  blocked: Blocked[]
  warnings: string[]
  /** As `capture` of Started, with what came out of it. */
  capture?: CaptureState
}

export type CaptureState = SandboxState['capture']
