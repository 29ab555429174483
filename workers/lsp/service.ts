/** LspService: which server a file belongs to, what it says, and in what state that leaves the file. */
import { resolve } from 'node:path'
import { abortable } from '../../src/base/async.ts'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import type { FileDiagnostics, LspService } from '../../src/contract/lsp-service.ts'
import type { SelfTest } from '../../src/contract/services.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { createCommittedCheck } from './committed.ts'
import { type FindOptions, type Found, findServer } from './find.ts'
import { createPool, type FoundServer, type Pool } from './pool.ts'
import { readSource } from './source.ts'

export interface LspWorker extends LspService {
  close(): Promise<void>
}

export function createLsp(root: string, groups: ProcessGroups): LspWorker {
  const pool = createPool(groups)
  const find = { workspace: root, isCommitted: createCommittedCheck() }
  return {
    async diagnostics({ paths, waitMs }, signal) {
      const deadline = new AbortController()
      const end = () => deadline.abort()
      const timer = setTimeout(end, waitMs)
      signal?.addEventListener('abort', end, { once: true })
      if (signal?.aborted) end()
      try {
        const verdicts = paths.map((path) =>
          diagnose(resolve(root, path), find, pool, deadline.signal),
        )
        return (await Promise.all(verdicts)).map((verdict, index) => ({
          ...verdict,
          path: paths[index] ?? '',
        }))
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
      }
    },
    definition: notYet,
    implementation: notYet,
    references: notYet,
    hover: notYet,
    documentSymbols: notYet,
    workspaceSymbols: notYet,
    callHierarchy: notYet,
    rename: notYet,
    codeActions: notYet,
    changed: async () => {},
    status: async () => pool.status(),
    close: () => pool.close(),
  }
}

type Verdict = Omit<FileDiagnostics, 'path'>

async function diagnose(
  path: string,
  find: FindOptions,
  pool: Pool,
  deadline: AbortSignal,
): Promise<Verdict> {
  const found = findServer(path, find)
  if (found.state === 'none') return { server: '', state: 'none', items: [] }
  if (found.state === 'missing') {
    pool.missing(found)
    return { server: found.row.id, state: 'missing', note: missingNote(found), items: [] }
  }
  const server = found.row.id
  try {
    await readSource(path)
    return { server, ...(await ask(found, path, pool, deadline)) }
  } catch (thrown) {
    return { server, state: 'failed', note: errorMessage(thrown), items: [] }
  }
}

/** What to do, for people and models. */
function missingNote({ row, committed }: Extract<Found, { state: 'missing' }>): string {
  if (committed === undefined) return row.install
  return `${committed} is part of this repository's commits, so it is not run; install it yourself: ${row.install}`
}

async function ask(
  found: FoundServer,
  path: string,
  pool: Pool,
  deadline: AbortSignal,
): Promise<Omit<Verdict, 'server'>> {
  const starting = pool.client(found)
  // It goes on starting for the next question, also when nobody waits any longer.
  starting.catch(() => {})
  let client: Awaited<typeof starting>
  try {
    client = await abortable(starting, deadline)
  } catch (thrown) {
    if (!deadline.aborted) throw thrown
    return { state: 'timeout', note: 'it is still starting; ask again', items: [] }
  }
  const { items, complete } = await client.diagnose(path, found.languageId, deadline)
  pool.answered(found)
  if (complete) return { state: 'fresh', items }
  return { state: 'timeout', note: 'what it said before is shown, where it said anything', items }
}

export async function selfTest(): Promise<SelfTest[]> {
  const note = await import('./client.ts').then(() => '', errorMessage)
  return [{ name: 'language server client loads', ok: note === '', note }]
}

async function notYet(): Promise<never> {
  throw new CodiError('unsupported', 'The language servers are not asked for this yet')
}
