/**
 * One command that runs, in the foreground or in the background: its process, what it writes, and the end of everything
 * it started.
 */
import { delay, settledWithin } from '../../src/base/async.ts'
import type { Blocked, CommandRequest } from '../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import type { CaptureState, CommandStart } from './confine/command.ts'
import type { Confiner } from './confine/confiner.ts'
import { prepareLaunch } from './launch.ts'
import { openLive } from './live.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import type { Tree, TreeKeeper } from './tree.ts'

export interface CommandTools {
  emit(event: WorkerEvent): void
  keeper: TreeKeeper
  confiner: Confiner
  /** The command works on copies. */
  copied?: CommandStart['copied']
}

export interface RunningCommand {
  readonly recorder: Recorder
  /** Of `performance.now()`. */
  readonly startedAt: number
  /** Resolves when the command itself has ended; its children may live. */
  readonly exited: Promise<unknown>
  /** How what it changes is captured, where that was asked for. */
  readonly capture?: CaptureState
  /** Ends the command and all it started: a chance to end in order, then none. */
  end(): Promise<void>
  /**
   * After `exited` or `end`: what is left in the background ends, too, and both streams are read to their end.
   * `output` answers the text in which signs of the sandbox are looked for.
   */
  settle(output: () => string): Promise<CommandEnd>
  /** Lets go of it; safe to call twice. */
  release(): void
}

export interface CommandEnd {
  exitCode: number | null
  signal: string | null
  /** Processes that were still in the background and were ended. */
  leftovers: number
  blocked: Blocked[]
  warnings: string[]
  capture?: CaptureState
}

/** Between SIGTERM and SIGKILL. */
const termGraceMs = 400
/** For what still writes when the shell has ended, such as `> >(tee log)`. */
const leftoverGraceMs = 200
const lookStepMs = 10
const killLimitMs = 1000
const drainLimitMs = 500

export async function startCommand(
  request: CommandRequest,
  { emit, keeper, confiner, copied }: CommandTools,
): Promise<RunningCommand> {
  const marker = crypto.randomUUID()
  const launch = prepareLaunch(request, marker)
  const live = openLive((stream, text) =>
    emit({ type: 'command_output', id: request.id, stream, text }),
  )
  const tree = keeper.watch(marker)
  const recorder = openRecorder({ ...request, live })
  const startedAt = performance.now()
  let held = true
  function release(): void {
    if (!held) return
    held = false
    recorder.close()
    tree.release()
  }
  try {
    const child = await confiner.start({
      ...launch,
      id: request.id,
      ...(request.access ? { access: request.access } : {}),
      ...(request.byPerson ? { byPerson: true } : {}),
      ...(copied ? { copied } : {}),
      ...(request.captureDirectory === undefined
        ? {}
        : { captureDirectory: request.captureDirectory }),
      stdin: request.stdin === undefined ? 'ignore' : new TextEncoder().encode(request.stdin),
      output: request.tty ? 'terminal' : 'pipe',
    })
    tree.root(child.pid, child.endSignal)
    const read = Promise.all([
      recorder.read('stdout', child.stdout),
      recorder.read('stderr', child.stderr),
    ])
    return {
      recorder,
      startedAt,
      exited: child.exited,
      ...(child.capture ? { capture: child.capture } : {}),
      async end() {
        tree.signal('SIGTERM')
        if (!(await goneWithin(tree, termGraceMs))) await tree.kill(killLimitMs)
        await settledWithin(child.exited, drainLimitMs)
      },
      async settle(output) {
        const ended = await drain(read, tree, recorder)
        const { blocked, warnings, capture } = await child.finish(output())
        release()
        for (const text of warnings) emit({ type: 'notice', level: 'warning', text })
        return {
          exitCode: child.exitCode,
          signal: child.signal,
          leftovers: ended + child.leftovers,
          blocked,
          warnings,
          ...(capture ? { capture } : {}),
        }
      },
      release,
    }
  } catch (thrown) {
    release()
    throw thrown
  }
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
