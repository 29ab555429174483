/**
 * Runs a program that codi itself needs (git, ripgrep): argv, never a shell, always with a limit. Commands of a model
 * or a person go through the sandbox worker instead.
 */
import { CodiError, errorCode } from './errors.ts'
import { programPath } from './program-path.ts'

export interface ProgramOptions {
  cwd?: string
  env?: Record<string, string | undefined>
  stdin?: string | Uint8Array
  signal?: AbortSignal
  timeoutMs?: number
  /** Output beyond this is dropped and the program is ended; `truncated` tells. */
  maxBytes?: number
  /** `latin1`: a character for each byte, for output that is no text. */
  encoding?: 'utf8' | 'latin1'
}

export interface ProgramResult {
  exitCode: number
  stdout: string
  stderr: string
  truncated: boolean
}

const defaultTimeoutMs = 30_000
const defaultMaxBytes = 32 * 1024 * 1024

/**
 * Runs `argv` to its end. A non-zero exit is a value. Throws CodiError `not_found` when there is no such program,
 * `limit` after the timeout and `cancelled` on abort; the process is dead in every case.
 */
export async function runProgram(
  argv: string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  if (options.signal?.aborted) throw new CodiError('cancelled', 'Interrupted')
  const child = spawn(argv, options)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, options.timeoutMs ?? defaultTimeoutMs)
  const onAbort = () => child.kill('SIGKILL')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const limit = options.maxBytes ?? defaultMaxBytes
    const [stdout, stderr] = await Promise.all([
      collect(child.stdout, limit, onAbort, options.encoding),
      collect(child.stderr, limit, onAbort),
    ])
    const exitCode = await child.exited
    if (options.signal?.aborted) throw new CodiError('cancelled', 'Interrupted')
    if (timedOut) throw new CodiError('limit', `${argv[0]} did not end in time`)
    return {
      exitCode,
      stdout: stdout.text,
      stderr: stderr.text,
      truncated: stdout.truncated || stderr.truncated,
    }
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

function spawn([name = '', ...args]: string[], options: ProgramOptions) {
  const env = { ...process.env, ...options.env }
  const missing = (cause?: unknown) =>
    new CodiError(
      'not_found',
      `Cannot run ${name}: it is not installed, or ${options.cwd ?? 'the directory'} is gone`,
      { cause },
    )
  const path = programPath(name, { cwd: options.cwd, path: env.PATH })
  if (path === undefined) throw missing()
  try {
    return Bun.spawn([path, ...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env,
      stdin: options.stdin === undefined ? 'ignore' : Buffer.from(options.stdin),
      stdout: 'pipe',
      stderr: 'pipe',
    })
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw thrown
    throw missing(thrown)
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  stop: () => void,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<{ text: string; truncated: boolean }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    if (bytes + chunk.length > limit) {
      chunks.push(chunk.subarray(0, limit - bytes))
      stop()
      return { text: Buffer.concat(chunks).toString(encoding), truncated: true }
    }
    chunks.push(chunk)
    bytes += chunk.length
  }
  return { text: Buffer.concat(chunks).toString(encoding), truncated: false }
}

/** Starts a program that lives on by itself (a browser), without the terminal. False where there is no such program. */
export function startDetached(argv: string[]): boolean {
  try {
    const child = Bun.spawn(argv, { stdio: ['ignore', 'ignore', 'ignore'], detached: true })
    child.unref()
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'EACCES') return false
    throw thrown
  }
}

/**
 * Runs a program that takes over the terminal (an editor) and answers its exit status. Throws CodiError `not_found` when
 * there is no such program.
 */
export async function runAttached(argv: string[], options: { cwd: string }): Promise<number> {
  try {
    const child = Bun.spawn(argv, { cwd: options.cwd, stdio: ['inherit', 'inherit', 'inherit'] })
    return await child.exited
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw thrown
    throw new CodiError('not_found', `Cannot run ${argv[0]}: it is not installed`, {
      cause: thrown,
    })
  }
}
