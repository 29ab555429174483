/**
 * Runs one command to its end: exit, timeout or abort. The answer comes when nothing of its process tree is alive;
 * what it left in the background ends with it.
 */
import { delay, settledWithin } from '../../src/base/async.ts'
import { CodiError, toCodiError } from '../../src/base/errors.ts'
import type { CommandRequest, CommandResult } from '../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import { prepareLaunch } from './launch.ts'
import { openLive } from './live.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import type { Tree, TreeKeeper } from './tree.ts'

export interface RunTools {
  emit(event: WorkerEvent): void
  keeper: TreeKeeper
  signal?: AbortSignal
}

type Child = Bun.Subprocess<'ignore' | Uint8Array, 'pipe', 'pipe'>
type Stop = 'timeout' | 'abort'

/** Between SIGTERM and SIGKILL. */
const termGraceMs = 400
/** For what still writes when the shell has ended, such as `> >(tee log)`. */
const leftoverGraceMs = 200
const lookStepMs = 10
const killLimitMs = 1000
const drainLimitMs = 500
const maxTimerMs = 2 ** 31 - 1

export async function runCommand(
  request: CommandRequest,
  { emit, keeper, signal }: RunTools,
): Promise<CommandResult> {
  checkNumbers(request)
  const marker = crypto.randomUUID()
  const launch = prepareLaunch(request, marker)
  const started = performance.now()
  const live = openLive((stream, text) =>
    emit({ type: 'command_output', id: request.id, stream, text }),
  )
  const tree = keeper.watch(marker)
  const recorder = openRecorder({ ...request, live })
  try {
    const child = spawn(launch, request.stdin)
    tree.root(child.pid)
    const read = Promise.all([
      recorder.read('stdout', child.stdout),
      recorder.read('stderr', child.stderr),
    ])
    const stop = await endOrStop(child, request.timeoutMs, signal)
    if (stop) await endTree(child, tree)
    const leftovers = await drain(read, tree, recorder)
    const { text, bytes, truncated, note } = recorder.finish()
    return {
      exitCode: child.exitCode,
      signal: child.signalCode === null ? null : String(child.signalCode),
      timedOut: stop === 'timeout',
      cancelled: stop === 'abort',
      durationMs: performance.now() - started,
      output: text,
      outputBytes: bytes,
      truncated,
      ...(note === undefined ? {} : { spillNote: note }),
      ...(leftovers === 0 || stop ? {} : { leftovers }),
    }
  } finally {
    recorder.close()
    tree.release()
  }
}

function checkNumbers({ timeoutMs, maxOutputBytes }: CommandRequest): void {
  for (const [name, value] of Object.entries({ timeoutMs, maxOutputBytes })) {
    if (Number.isFinite(value) && value > 0) continue
    throw new CodiError('invalid', `${name} is ${value}; give a number above 0`)
  }
}

function spawn(
  launch: { argv: string[]; cwd: string; env: Record<string, string | undefined> },
  stdin: string | undefined,
): Child {
  try {
    return Bun.spawn(launch.argv, {
      cwd: launch.cwd,
      env: launch.env,
      stdin: stdin === undefined ? 'ignore' : new TextEncoder().encode(stdin),
      stdout: 'pipe',
      stderr: 'pipe',
      // A session of its own: no terminal to talk to, and one group to signal.
      detached: true,
    })
  } catch (thrown) {
    const error = toCodiError(thrown)
    throw new CodiError(error.kind, `Cannot start ${launch.argv[0]}: ${error.message}`, {
      cause: thrown,
    })
  }
}

/** What stopped the command before its own end; undefined when nothing had to. */
function endOrStop(
  child: Child,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Stop | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle('timeout'), Math.min(timeoutMs, maxTimerMs))
    const onAbort = () => settle('abort')
    const settle = (stop: Stop | undefined) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(stop)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    void child.exited.then(() => settle(undefined))
  })
}

/** A chance to end in order, then none. */
async function endTree(child: Child, tree: Tree): Promise<void> {
  tree.signal('SIGTERM')
  if (!(await goneWithin(tree, termGraceMs))) await tree.kill(killLimitMs)
  await settledWithin(child.exited, drainLimitMs)
}

/**
 * Reads to the end of both pipes, which comes with the end of the last process that holds them. Answers how many
 * processes had to be ended for it.
 */
async function drain(read: Promise<unknown>, tree: Tree, recorder: Recorder): Promise<number> {
  let ended = 0
  if (!(await goneWithin(tree, leftoverGraceMs))) ended += await tree.kill(killLimitMs)
  if (await settledWithin(read, leftoverGraceMs)) return ended
  // Someone came out of hiding, or nobody may end it.
  ended += await tree.kill(killLimitMs)
  if (!(await settledWithin(read, drainLimitMs))) recorder.stopReading()
  return ended
}

/** No event tells of the end of a process that is not a child: its absence must be looked for. */
async function goneWithin(tree: Tree, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!tree.isGone()) {
    if (performance.now() >= end) return false
    await delay(lookStepMs)
  }
  return true
}
