/**
 * Many files of one server asked about at once, where it offers that: it sends its reports as it finds them, and may
 * keep the question open for ever, so it is taken as answered when nothing has come for a moment.
 */
import { randomUUID } from 'node:crypto'
import type {
  Diagnostic as LspDiagnostic,
  WorkspaceDiagnosticReport,
} from 'vscode-languageserver-protocol'
import type { Diagnostic } from '../../src/contract/lsp-service.ts'
import type { LspClient } from './client.ts'
import { fromLsp } from './convert.ts'
import { findServer } from './find.ts'
import type { FoundServer } from './pool.ts'
import type { Questions } from './question.ts'
import { pathOfUri } from './uri.ts'

/** Fewer are asked about one by one. */
const minFiles = 20
const quietMs = 1000

/** What was said, by absolute path; files that are not in it are to be asked about by themselves. */
export async function diagnoseWorkspace(
  { find, pool }: Questions,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Diagnostic[]>> {
  const said = new Map<string, Diagnostic[]>()
  if (paths.length < minFiles) return said
  const groups = new Map<string, { found: FoundServer; count: number }>()
  for (const path of paths) {
    const found = findServer(path, find)
    if (found.state !== 'found') continue
    const key = `${found.row.id}\0${found.root}`
    groups.set(key, { found, count: (groups.get(key)?.count ?? 0) + 1 })
  }
  const wanted = new Set(paths)
  for (const { found, count } of groups.values()) {
    if (count < minFiles) continue
    // A server that fails here fails again for each of its files, and says so there.
    const reports = await pool
      .use(found, (client) => askWhole(client, signal), { signal })
      .catch(() => undefined)
    for (const [path, items] of reports ?? [])
      if (wanted.has(path)) said.set(path, items.map(fromLsp))
  }
  return said
}

async function askWhole(
  client: LspClient,
  signal: AbortSignal,
): Promise<Map<string, LspDiagnostic[]>> {
  const found = new Map<string, LspDiagnostic[]>()
  const provider = client.capabilities.diagnosticProvider
  if (!provider?.workspaceDiagnostics) return found
  const quiet = new AbortController()
  const either = AbortSignal.any([signal, quiet.signal])
  let timer = setTimeout(() => quiet.abort(), quietMs)
  const take = (part: unknown) => {
    const report = part as Partial<WorkspaceDiagnosticReport> | null
    clearTimeout(timer)
    timer = setTimeout(() => quiet.abort(), quietMs)
    for (const item of report?.items ?? []) {
      const path = pathOfUri(item.uri)
      if (path !== undefined && item.kind === 'full') found.set(path, item.items)
    }
  }
  const partialResultToken = randomUUID()
  const stopListening = client.onPartialResult(partialResultToken, take)
  try {
    await client.published.idle(either)
    const params = { previousResultIds: [], partialResultToken }
    take(await client.request<WorkspaceDiagnosticReport>('workspace/diagnostic', params, either))
  } catch (thrown) {
    if (!either.aborted) throw thrown
  } finally {
    clearTimeout(timer)
    stopListening()
  }
  return found
}
