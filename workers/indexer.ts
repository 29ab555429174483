/** Entry of the indexer worker: symbols, references and imports of the project, kept in SQLite. */
import { serveWorker } from '../src/rpc/serve.ts'
import { indexerSelfTest } from './indexer/self-test.ts'
import { createIndexService } from './indexer/service.ts'

serveWorker<'indexer'>({
  create: (options, emit) => createIndexService(options, emit),
  selfTest: indexerSelfTest,
  close: (service) => {
    if ('close' in service && typeof service.close === 'function') service.close()
  },
})
