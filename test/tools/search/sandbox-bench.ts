/** A tool bench with the real ripgrep and the real sandbox worker, which ends with the bench. */
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { connectWorker } from '../../../src/rpc/connect.ts'
import { sandboxOptions } from '../../support/sandbox-options.ts'
import type { ToolBench, ToolBenchOptions } from '../../support/tool-context.ts'
import { openSearchBench } from './search-bench.ts'

export async function openSandboxBench(
  options: ToolBenchOptions & { onEvent?: (event: WorkerEvent) => void } = {},
): Promise<ToolBench> {
  const worker = connectWorker('sandbox', sandboxOptions(), {
    onEvent: options.onEvent ?? (() => {}),
  })
  const bench = await openSearchBench({
    ...options,
    services: { sandbox: worker.service, ...options.services },
  })
  const removeFiles = bench[Symbol.asyncDispose]
  return Object.assign(bench, {
    async [Symbol.asyncDispose]() {
      await worker.close()
      await removeFiles()
    },
  })
}
