/** A command on a copy: begun, run to its end, and kept where it changed something. */
import { shellText } from '../../../src/base/shell-words.ts'
import type {
  AttachRequest,
  AttachResult,
  CommandRequest,
  CommandResult,
} from '../../../src/contract/sandbox-service.ts'
import type { Attached } from '../attach.ts'
import { type RunTools, runCommand } from '../run.ts'
import type { Tries } from './tries.ts'

export async function runTried(
  request: CommandRequest,
  { tries, tools }: { tries: Tries; tools: RunTools },
): Promise<CommandResult> {
  // In the background it could change things for ever; and what it changes is captured by the copy itself.
  const { background: _, captureDirectory: _captured, ...foreground } = request
  const begun = await tries.begin(request)
  try {
    const result = await runCommand(foreground, { ...tools, copied: begun })
    const isKept = !result.cancelled && (await begun.finish(result))
    if (!isKept) begun.drop()
    return isKept ? { ...result, tried: begun.id } : result
  } catch (thrown) {
    begun.drop()
    throw thrown
  }
}

export async function attachTried(
  request: AttachRequest,
  of: { tries: Tries; attached: Attached; signal: AbortSignal | undefined },
): Promise<AttachResult> {
  const { tries, attached, signal } = of
  const begun = await tries.begin({ ...request, command: shellText(request.argv) })
  try {
    const result = await attached.run(request, { signal, copied: begun })
    const isKept =
      result.failure === undefined &&
      !signal?.aborted &&
      (await begun.finish({ ...result, output: '' }))
    if (!isKept) begun.drop()
    return isKept ? { ...result, tried: begun.id } : result
  } catch (thrown) {
    begun.drop()
    throw thrown
  }
}
