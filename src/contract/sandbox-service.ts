/**
 * The sandbox worker: runs commands fenced in, in the foreground and in the background, and leaves nothing of them
 * alive. The policy of the session is given when the worker starts; a command may get more or less by its `access`.
 */

import type { Enclosure } from './enclosure.ts'
import type { OverlayState, TriesService } from './tries.ts'

export interface SandboxService extends TriesService {
  /** What holds on this machine, tried for real, once. */
  probe(request: Record<string, never>, signal?: AbortSignal): Promise<SandboxState>
  /**
   * Runs one command to its end, its timeout, the abort, or into the background; at an end nothing of its process tree
   * is alive.
   */
  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult>
  /**
   * How to start a program that works for the project without being a command: what it may see is what commands may
   * see, and it writes nothing but private caches. Undefined where commands are not confined, or by a way that only the
   * sandbox worker itself can go.
   */
  enclose(request: Record<string, never>, signal?: AbortSignal): Promise<Enclosure | undefined>
  /** Runs a program with codi's own stdin, stdout, stderr and terminal (`codi sandbox run`), to its end or the abort. */
  attach(request: AttachRequest, signal?: AbortSignal): Promise<AttachResult>
  /** Passes a signal that codi got on to the program of an `attach`; nothing where it has ended. */
  signalAttached(request: { id: string; signal: PassedSignal }, signal?: AbortSignal): Promise<void>
  /** Background shells, oldest first, the ended ones included until they are forgotten. */
  shells(request: Record<string, never>, signal?: AbortSignal): Promise<ShellState[]>
  /** Output from a byte on; waits up to `waitMs` for the end, or for a text in what is new. */
  shellOutput(request: ShellOutputRequest, signal?: AbortSignal): Promise<ShellOutput>
  /** Ends a background shell and everything it started. */
  killShell(request: { id: string }, signal?: AbortSignal): Promise<ShellState>
  /** The answer to a `host_question` event; of a no the reason, a sentence that the model can act on. */
  answerHost(request: { id: string } & HostAnswer, signal?: AbortSignal): Promise<void>
}

export interface HostAnswer {
  allow: boolean
  reason?: string
}

export type SandboxMode = 'read-only' | 'workspace' | 'off'

/** What commands of the session may do. Plain data, made by app/sandbox-policy.ts, carried out by the worker. */
export interface SandboxPolicy {
  mode: SandboxMode
  /** Absolute, real: the workspace and added directories. Empty in `read-only`. */
  writable: string[]
  /** Absolute, real: the same directories where they are not writable; they stay to be seen also below /tmp. */
  visible?: string[]
  /** Absolute paths that stay read-only inside what is writable, whether they exist or not: `.git`, `.codi` … */
  protected: string[]
  /** Absolute paths like these for which no place is held where they do not exist: what a command makes there is taken away afterwards. */
  startUp?: string[]
  /** Absolute paths that cannot be read, whether they exist or not: credentials. */
  unreadable: string[]
  /** Globs below the writable directories of further files that cannot be read. */
  unreadableGlobs: string[]
  /**
   * `off`: a private loopback and nothing else; `ask`: the same, and a filtering proxy that asks for each host;
   * `on`: the network as it is.
   */
  network: 'off' | 'ask' | 'on'
  /** Hosts that are not asked for: `pypi.org`, `*.example.org`, `localhost:4873`. */
  allowedHosts: string[]
  /** Names of variables that are kept although they look like secrets. */
  keepEnvironment: string[]
  limits: SandboxLimits
}

/** Limits of each command; 0 is no limit. */
export interface SandboxLimits {
  cpuSeconds: number
  memoryBytes: number
  processes: number
  fileBytes: number
}

/** What one command gets that the policy does not give; decided by the gate. */
export interface CommandAccess {
  /** `.git` is opened, its hooks and configuration stay closed and are checked afterwards. */
  gitWrite?: true
  /** Further absolute path that is writable for this command. */
  writePath?: string
  /** Further host. */
  host?: string
  /** Nothing is writable but the private temp. */
  readOnly?: true
  /** Outside the sandbox: the decision of a person. */
  unsandboxed?: true
  /** On a copy of the workspace, which is shown and applied, or thrown away. */
  tried?: true
}

/** Ways to confine a command, the strongest first. */
export type SandboxBackend =
  | 'helper'
  | 'helper-no-namespaces'
  | 'thread'
  | 'bubblewrap'
  | 'seatbelt'
  | 'none'

export interface SandboxState {
  /** What is used. `none` where nothing holds or the person switched it off (`policy.mode` tells which). */
  backend: SandboxBackend
  /** `full`: everything below holds; `partial`: some does not; `nothing`: commands run with the person's rights. */
  holds: 'full' | 'partial' | 'nothing'
  /** Commands see a /tmp of their own; where they do not, TMPDIR names a directory of theirs. */
  ownTmp: boolean
  /** Commands have a loopback of their own and may have single hosts; else it is no network or all of it. */
  ownNetwork: boolean
  /** Each promise of the policy, and whether this backend keeps it. */
  guarantees: { name: string; held: boolean; note: string }[]
  /**
   * How it is known what a command changes. `notify`: exactly, with what was there before; `scan`: that it changed, and
   * what was there before as far as git or a copy has it; `nothing`: not at all.
   */
  capture: { by: 'notify' | 'scan' | 'nothing'; note: string }
  /** Whether commands can run on a copy of the workspace. */
  overlay: OverlayState
  /** Every backend that was tried, in order, with why it was not taken. */
  tried: { backend: SandboxBackend; works: boolean; note: string; ms: number }[]
}

export interface CommandRequest {
  /** Names this run in `command_output` events; the call id where there is one. */
  id: string
  /** Text for `bash -c` (`sh -c` where there is no bash). */
  command: string
  cwd: string
  /** Added to the environment, after secrets were taken out of it. */
  env?: Record<string, string>
  /** Given to the command and closed; without it stdin is empty. */
  stdin?: string
  /** It gets a terminal of its own, where `stdin` is then never written to. */
  tty?: true
  timeoutMs: number
  /** Bytes of output kept in `output`: the first half from the head, the rest from the tail. */
  maxOutputBytes: number
  /** When given and the output is longer than `maxOutputBytes`, all of it (to a hard cap) is written here. */
  spillPath?: string
  /** Without it the policy of the session, no more and no less. */
  access?: CommandAccess
  /**
   * It becomes a background shell when it still runs after so long; `timeoutMs` then ends with the move. Its id is
   * `sh_` and the first number above `above` that was not given away yet. Where the worker holds too many shells
   * already the command goes on in the foreground.
   */
  background?: { afterMs: number; above?: number }
  /** The person typed it: it runs with the person's rights and whole environment, and only its life is looked after. */
  byPerson?: true
  /** Where what stood at the paths that it changes is kept: see contract/capture.ts. An existing, empty directory. */
  captureDirectory?: string
}

export interface CommandResult {
  /** Null when it was killed, and while it still runs. */
  exitCode: number | null
  signal: string | null
  timedOut: boolean
  cancelled: boolean
  durationMs: number
  /** stdout and stderr as they arrived, UTF-8 (invalid bytes replaced), cut in the middle with a mark. */
  output: string
  /** All bytes that the command wrote. */
  outputBytes: number
  /** True when `output` is not everything; then `spillPath` of the request holds it, where one was given. */
  truncated: boolean
  /** Why the file at `spillPath` holds less than everything, or is not there; absent when it holds all. */
  spillNote?: string
  /** How many processes were still in the background when the command ended, and were ended with it; absent for none. */
  leftovers?: number
  /** Id of the background shell that it has become; then the result tells only of its beginning. */
  shell?: string
  /** What the sandbox refused it, as far as that can be told; absent for nothing. */
  blocked?: Blocked[]
  /** Something the person must know: a file of git that was put back. */
  warnings?: string[]
  /** How what it changed was captured; absent without a `captureDirectory`. */
  capture?: { by: 'notify' | 'scan' | 'nothing'; note: string }
  /** It ran on a copy: the id of its changes; absent where it changed nothing, or was interrupted. */
  tried?: string
}

/** One thing that the sandbox refused. */
export interface Blocked {
  what: 'write' | 'read' | 'network' | 'call' | 'limit'
  /** The path or host, where the output tells it. */
  subject?: string
  /** One sentence for the model: what was refused and what it may ask for. */
  text: string
}

export type PassedSignal = 'SIGTERM' | 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2'

export interface AttachRequest {
  id: string
  argv: string[]
  cwd: string
  access?: CommandAccess
  /** All that it writes goes to codi's stderr: stdout is for something else. */
  toStderr?: true
}

export interface AttachResult {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: string | null
  /** Why it never ran: what the sandbox could not set up. */
  failure?: string
  warnings: string[]
  /** As in CommandResult. */
  tried?: string
}

/** Background shells that may run at once. */
export const maxRunningShells = 8

export interface ShellState {
  /** `sh_1`. */
  id: string
  command: string
  cwd: string
  /** Milliseconds since the epoch. */
  startedAt: number
  endedAt?: number
  status: 'running' | 'exited' | 'killed'
  exitCode: number | null
  signal: string | null
  outputBytes: number
  /** As in CommandResult, once it has ended. */
  leftovers?: number
  blocked?: Blocked[]
}

export interface ShellOutputRequest {
  id: string
  /**
   * Byte of the output to begin at. Without it the newest of what no call without it has returned yet; `skipped` tells
   * how much before that did not fit.
   */
  from?: number
  maxBytes: number
  waitMs: number
  /** The wait is over, too, once this text is in the new output, or in what the run answered that became the shell. */
  until?: string
}

export interface ShellOutput {
  state: ShellState
  text: string
  /** The bytes `text` stands for. */
  from: number
  to: number
  /** Whether `until` was there; absent where it was not asked for. */
  found?: boolean
  /** Bytes before `from` that are kept and were not asked for before. */
  skipped: number
  /** Bytes before `from` that were asked for and are no longer kept. */
  dropped: number
}
