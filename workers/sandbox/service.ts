/** SandboxService: any number of commands at once, none of which outlives the worker. */
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import type { CommandRequest, SandboxService } from '../../src/contract/sandbox-service.ts'
import type { SelfTest, WorkerEvent } from '../../src/contract/services.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { runCommand } from './run.ts'
import { openTreeKeeper } from './tree.ts'

export function createSandbox(
  emit: (event: WorkerEvent) => void,
  groups: ProcessGroups,
): SandboxService {
  const keeper = openTreeKeeper(groups)
  return {
    run: (request, signal) => runCommand(request, { emit, keeper, ...(signal ? { signal } : {}) }),
    probe: notYet,
    prepare: notYet,
    shells: notYet,
    shellOutput: notYet,
    killShell: notYet,
    answerHost: notYet,
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
    .run(request)
    .then(
      ({ exitCode, output }) =>
        exitCode === 0 && output.includes('out') && output.includes('err')
          ? ''
          : `exit status ${exitCode}, output ${JSON.stringify(output)}`,
      errorMessage,
    )
  return [{ name: 'run a command', ok: note === '', note }]
}

function notYet(): never {
  throw new CodiError('unsupported', 'The sandbox has no such call yet')
}
