/** SandboxService: any number of commands at once, in the foreground and in the background, none of which outlives the worker. */
import { errorMessage } from '../../src/base/errors.ts'
import type { CommandRequest, SandboxService } from '../../src/contract/sandbox-service.ts'
import type { SelfTest, WorkerEvent, WorkerOptions } from '../../src/contract/services.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { openAttached } from './attach.ts'
import { openConfiner } from './confine/confiner.ts'
import { threadSelfTest } from './confine/self-test.ts'
import { helperPath } from './helper.ts'
import { openHostQuestions } from './proxy/questions.ts'
import { runCommand } from './run.ts'
import { openShells } from './shells/shells.ts'
import { openTreeKeeper } from './tree.ts'
import { openTriesLater, triesPlaces } from './tries/later.ts'
import { attachTried, runTried } from './tries/run-tried.ts'

/** The service, and the end of everything it keeps running. */
export interface Sandbox extends SandboxService {
  close(): Promise<void>
}

export function createSandbox(
  options: WorkerOptions['sandbox'],
  emit: (event: WorkerEvent) => void,
  groups: ProcessGroups,
): Sandbox {
  const keeper = openTreeKeeper(groups)
  const questions = openHostQuestions(emit)
  const confiner = openConfiner({ ...options, questions, emit })
  const attached = openAttached(confiner)
  const tries = openTriesLater({
    policy: options.policy,
    places: options.tries === undefined ? [] : triesPlaces(options.tries),
    emit,
    backend: confiner.chosen,
  })
  const shells = openShells({ directory: options.directory, emit })
  return {
    run(request, signal) {
      const tools = { emit, keeper, confiner, shells, ...(signal ? { signal } : {}) }
      return request.access?.tried
        ? runTried(request, { tries, tools })
        : runCommand(request, tools)
    },
    async probe() {
      const [state, overlay] = await Promise.all([confiner.state(), tries.overlay({})])
      return { ...state, overlay }
    },
    enclose: () => confiner.enclose(),
    attach: (request, signal) =>
      request.access?.tried
        ? attachTried(request, { tries, attached, signal })
        : attached.run(request, { signal }),
    signalAttached: async (request) => attached.signal(request),
    shells: async () => shells.list(),
    shellOutput: (request, signal) => shells.output(request, signal),
    killShell: ({ id }) => shells.kill(id),
    overlay: tries.overlay,
    tries: tries.tries,
    tryReport: tries.tryReport,
    applyTry: tries.applyTry,
    discardTry: tries.discardTry,
    answerHost: async ({ id, ...answer }) => questions.answer(id, answer),
    async close() {
      await shells.close()
      await confiner.close()
    },
  }
}

export async function selfTest(service: SandboxService): Promise<SelfTest[]> {
  const request: CommandRequest = {
    id: 'self-test',
    command: 'cat; echo err >&2',
    cwd: process.cwd(),
    stdin: 'out\n',
    timeoutMs: 10_000,
    maxOutputBytes: 1000,
  }
  const note = await service
    .probe({})
    // A machine without any sandbox is no fault of the executable: codi works there, and asks for every command.
    .then(({ holds }) =>
      service.run(holds === 'nothing' ? { ...request, access: { unsandboxed: true } } : request),
    )
    .then(
      ({ exitCode, output }) =>
        exitCode === 0 && output.includes('out') && output.includes('err')
          ? ''
          : `exit status ${exitCode}, output ${JSON.stringify(output)}`,
      errorMessage,
    )
  return [
    { name: 'run a command', ok: note === '', note },
    helperSelfTest(),
    await threadSelfTest(),
  ]
}

/** Commands are confined without it, too, in other ways. */
function helperSelfTest(): SelfTest {
  const path = helperPath()
  return {
    name: 'helper',
    ok: true,
    note: typeof path === 'string' ? 'native' : `none: ${path.reason}`,
  }
}
