/** A tool bench with the real workers of code knowledge over its root; they end with the bench. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { connectWorker } from '../../../src/rpc/connect.ts'
import type { ToolBench, ToolBenchOptions } from '../../support/tool-context.ts'
import { openSearchBench } from './search-bench.ts'

export async function openCodeBench(options: ToolBenchOptions = {}): Promise<ToolBench> {
  const bench = await openSearchBench(options)
  const { root, directory } = bench
  const cache = join(directory, 'index')
  await mkdir(cache)
  const database = join(cache, 'index.db')
  const ripgrep = await bench.context.services.ripgrep()
  const quiet = { onEvent: () => {} }
  const indexer = connectWorker('indexer', { root, database, ripgrep }, quiet)
  const vectors = connectWorker(
    'vectors',
    { root, indexDatabase: database, directory: cache },
    quiet,
  )
  const lsp = connectWorker('lsp', { root }, quiet)
  Object.assign(bench.context.services, {
    index: indexer.service,
    vectors: vectors.service,
    lsp: lsp.service,
  })
  const removeFiles = bench[Symbol.asyncDispose]
  return Object.assign(bench, {
    async [Symbol.asyncDispose]() {
      for (const worker of [lsp, vectors, indexer]) await worker.close()
      await removeFiles()
    },
  })
}
