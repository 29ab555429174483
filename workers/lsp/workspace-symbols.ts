/** Symbols by name from every server that runs, and from the one that a given file belongs to. */
import { resolve } from 'node:path'
import type { SymbolInformation, WorkspaceSymbol } from 'vscode-languageserver-protocol'
import type { LspAnswer, LspSymbol } from '../../src/contract/lsp-service.ts'
import type { LspClient } from './client.ts'
import { askAt, type Questions, reasonOf, withDeadline } from './question.ts'
import { workspaceSymbolRows } from './symbols.ts'

export interface SymbolRequest {
  query: string
  path?: string
  limit: number
  waitMs?: number
}

const defaultWaitMs = 10_000

export async function askWorkspaceSymbols(
  questions: Questions,
  request: SymbolRequest,
  signal?: AbortSignal,
): Promise<LspAnswer<LspSymbol[]>> {
  const { path, waitMs = defaultWaitMs, limit } = request
  const own =
    path === undefined
      ? undefined
      : askAt<LspSymbol[]>(
          questions,
          { path, waitMs, empty: [], needs: 'workspaceSymbolProvider', what: 'symbols by name' },
          (asking) => symbolsOf(asking.client, request, { ...asking, limit }),
          signal,
        )
  const asked = path === undefined ? undefined : resolve(questions.root, path)
  const others = withDeadline({ waitMs, signal }, (deadline) =>
    Promise.all(
      questions.pool
        .running()
        .filter(({ client }) => client.capabilities.workspaceSymbolProvider)
        .filter(
          ({ client }) => asked === undefined || client.documents.version(asked) === undefined,
        )
        .map(({ found, client }) =>
          symbolsOf(client, request, { root: questions.root, signal: deadline, limit }).then(
            (value): LspAnswer<LspSymbol[]> => ({ state: 'ok', server: found.row.id, value }),
            (thrown): LspAnswer<LspSymbol[]> => {
              const state = deadline.aborted ? 'timeout' : 'failed'
              return { state, server: found.row.id, note: reasonOf(thrown), value: [] }
            },
          ),
        ),
    ),
  )
  return merged([...(own ? [await own] : []), ...(await others)], limit)
}

async function symbolsOf(
  client: LspClient,
  { query }: SymbolRequest,
  { root, signal, limit }: { root: string; signal: AbortSignal; limit: number },
): Promise<LspSymbol[]> {
  const method = 'workspace/symbol'
  const found = await client.request<(SymbolInformation | WorkspaceSymbol)[] | null>(
    method,
    { query },
    signal,
  )
  const provider = client.capabilities.workspaceSymbolProvider
  const resolves = typeof provider === 'object' && provider.resolveProvider === true
  const whole = await Promise.all(
    (found ?? []).slice(0, limit).map((symbol) =>
      'range' in symbol.location || !resolves
        ? symbol
        : client
            .request<WorkspaceSymbol>('workspaceSymbol/resolve', symbol, signal)
            // Without its line it still names the file.
            .catch(() => symbol),
    ),
  )
  return workspaceSymbolRows(whole, root)
}

/** One answer of several servers: what any of them found; why not, where none did. */
function merged(answers: LspAnswer<LspSymbol[]>[], limit: number): LspAnswer<LspSymbol[]> {
  const good = answers.filter((answer) => answer.state === 'ok')
  const first = answers[0]
  if (!first) return { state: 'none', server: '', note: 'no language server runs', value: [] }
  if (good.length === 0) return first
  const rows = good.flatMap(({ value }) => value)
  const once = new Map(rows.map((row) => [`${row.path}:${row.line}:${row.name}`, row]))
  const failed = answers.filter(({ state }) => state === 'failed' || state === 'timeout')
  return {
    state: 'ok',
    server: [...new Set(good.map(({ server }) => server))].join(', '),
    ...(failed.length === 0
      ? {}
      : { note: failed.map(({ server, note }) => `${server}: ${note}`).join('; ') }),
    value: [...once.values()].slice(0, limit),
  }
}
