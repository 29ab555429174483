/** Entry of the lsp worker: language servers and what they say about files. */
import { serveWorker } from '../src/rpc/serve.ts'
import { createLsp, type LspWorker, selfTest } from './lsp/service.ts'

serveWorker<'lsp'>({
  create: ({ root, enclosure }, emit, groups) =>
    createLsp(root, {
      groups,
      ...(enclosure ? { enclosure } : {}),
      notice: (text) => emit({ type: 'notice', level: 'warning', text }),
    }),
  selfTest,
  close: (service) => (service as LspWorker).close(),
})
