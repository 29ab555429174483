/** The sandbox worker: runs commands, and leaves nothing of them alive. */

export interface SandboxService {
  /** Runs one command to its end, its timeout or the abort; then nothing of its process tree is alive. */
  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult>
}

export interface CommandRequest {
  /** Names this run in `command_output` events; the call id where there is one. */
  id: string
  /** Text for `bash -c` (`sh -c` where there is no bash). */
  command: string
  cwd: string
  /** Added to the inherited environment. */
  env?: Record<string, string>
  /** Given to the command and closed; without it stdin is empty. */
  stdin?: string
  timeoutMs: number
  /** Bytes of output kept in `output`: the first half from the head, the rest from the tail. */
  maxOutputBytes: number
  /** When given and the output is longer than `maxOutputBytes`, all of it (to a hard cap) is written here. */
  spillPath?: string
}

export interface CommandResult {
  /** Null when it was killed. */
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
}
