/** Entry of the lsp worker: language servers and what they say about files. */
import { serveWorker } from '../src/rpc/serve.ts'
import { createLsp, type LspWorker, selfTest } from './lsp/service.ts'

serveWorker<'lsp'>({
  create: ({ root }, _emit, groups) => createLsp(root, groups),
  selfTest,
  close: (service) => (service as LspWorker).close(),
})
