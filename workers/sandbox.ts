/** Entry of the sandbox worker: runs the commands of models and people. */
import { serveWorker } from '../src/rpc/serve.ts'
import { createSandbox, selfTest } from './sandbox/service.ts'

serveWorker<'sandbox'>({
  create: (_options, emit, groups) => createSandbox(emit, groups),
  selfTest,
})
