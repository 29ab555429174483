/** Entry of the vectors worker: chunks, words and vectors of the project, and the search over them. */
import { serveWorker } from '../src/rpc/serve.ts'
import { vectorsSelfTest } from './vectors/self-test.ts'
import { createVectorService } from './vectors/service.ts'

serveWorker<'vectors'>({
  create: (options, emit) => createVectorService(options, emit),
  selfTest: vectorsSelfTest,
  close: (service) => {
    if ('close' in service && typeof service.close === 'function') service.close()
  },
})
