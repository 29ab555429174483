/** Entry of the sandbox worker: runs the commands of models and people. */
import type { WorkerEvent, WorkerOptions } from '../src/contract/services.ts'
import { serve } from '../src/rpc/serve.ts'
import { createSandbox, type Sandbox, selfTest } from './sandbox/service.ts'

serve<WorkerOptions['sandbox'], Sandbox, WorkerEvent>({
  create: createSandbox,
  selfTest,
  close: (sandbox) => sandbox.close(),
})
