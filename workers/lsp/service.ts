/** LspService: every question of codi about code, put to the server that the file belongs to. */
import { dirname, extname, relative, resolve } from 'node:path'
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  DocumentSymbol,
  Hover,
  Position,
  SymbolInformation,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol'
import { errorMessage } from '../../src/base/errors.ts'
import type {
  LspAnswer,
  LspDetected,
  LspLocation,
  LspPosition,
  LspService,
  LspSymbol,
} from '../../src/contract/lsp-service.ts'
import type { SelfTest } from '../../src/contract/services.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { codeActions } from './actions.ts'
import { createCommittedCheck } from './committed.ts'
import { requireDefinition } from './definition-check.ts'
import { createDiagnoser } from './diagnostics.ts'
import { editsOf } from './edits.ts'
import { findServer, languageIdOf } from './find.ts'
import { hoverText } from './hover.ts'
import { locationsOf, type Places, shownPath } from './locations.ts'
import { createPool } from './pool.ts'
import {
  type Asking,
  askAt,
  missingNote,
  type QuestionOptions,
  type Questions,
  withDeadline,
} from './question.ts'
import { callRow, documentSymbolRows } from './symbols.ts'
import { askWorkspaceSymbols } from './workspace-symbols.ts'

export interface LspWorker extends LspService {
  close(): Promise<void>
}

export interface LspOptions {
  groups: ProcessGroups
  notice(text: string): void
}

/** Items of a call hierarchy at one place: overloads and the like. */
const maxCallItems = 5

export function createLsp(root: string, options: LspOptions): LspWorker {
  const pool = createPool(options)
  const find = { workspace: root, isCommitted: createCommittedCheck() }
  const questions: Questions = { root, find, pool }
  const diagnoser = createDiagnoser(questions)

  function places(
    method: string,
    { needs, what, more = {} }: Pick<QuestionOptions<0>, 'needs' | 'what'> & { more?: object },
  ) {
    return (at: LspPosition, signal?: AbortSignal): Promise<LspAnswer<LspLocation[]>> =>
      askAt<LspLocation[]>(
        questions,
        { ...place(at), empty: [], needs, what, everywhere: positionOf(at) },
        async ({ client, signal: deadline, uri }) => {
          const params = { textDocument: { uri }, position: positionOf(at), ...more }
          return locationsOf(await client.request<Places>(method, params, deadline), root)
        },
        signal,
      )
  }

  return {
    diagnostics: ({ paths, waitMs, only }, signal) =>
      withDeadline({ waitMs, signal }, (deadline) =>
        diagnoser.ask(paths, { only, signal: deadline }),
      ),

    definition: places('textDocument/definition', {
      ...{ needs: 'definitionProvider', what: 'definitions' },
    }),
    implementation: places('textDocument/implementation', {
      ...{ needs: 'implementationProvider', what: 'implementations' },
    }),
    references: places('textDocument/references', {
      ...{ needs: 'referencesProvider', what: 'references' },
      more: { context: { includeDeclaration: true } },
    }),

    hover: (at, signal) =>
      askAt(
        questions,
        { ...place(at), empty: '', needs: 'hoverProvider', what: 'hover' },
        async ({ client, signal: deadline, uri }) => {
          const params = { textDocument: { uri }, position: positionOf(at) }
          return hoverText(
            await client.request<Hover | null>('textDocument/hover', params, deadline),
          )
        },
        signal,
      ),

    documentSymbols: ({ path, waitMs }, signal) =>
      askAt<LspSymbol[]>(
        questions,
        { path, waitMs, empty: [], needs: 'documentSymbolProvider', what: 'symbols of a file' },
        async ({ client, signal: deadline, uri, path: absolute }) => {
          const symbols = await client.request<(DocumentSymbol | SymbolInformation)[] | null>(
            'textDocument/documentSymbol',
            { textDocument: { uri } },
            deadline,
          )
          const rows = documentSymbolRows(symbols ?? [], shownPath(absolute, root))
          // Some servers order by name.
          return rows.toSorted((a, b) => a.line - b.line || b.endLine - a.endLine)
        },
        signal,
      ),

    workspaceSymbols: (request, signal) => askWorkspaceSymbols(questions, request, signal),

    callHierarchy: (at, signal) =>
      askAt(
        questions,
        {
          ...place(at),
          empty: [],
          needs: 'callHierarchyProvider',
          what: 'calls',
          everywhere: positionOf(at),
        },
        (asking) => calls(asking, at),
        signal,
      ),

    rename: (at, signal) =>
      askAt(
        questions,
        {
          ...place(at),
          empty: [],
          needs: 'renameProvider',
          what: 'renaming',
          everywhere: positionOf(at),
        },
        async (asking) => {
          const { client, signal: deadline, uri, note } = asking
          const params = { textDocument: { uri }, position: positionOf(at), newName: at.newName }
          const edit = await client.request<WorkspaceEdit | null>(
            'textDocument/rename',
            params,
            deadline,
          )
          const version = (path: string) => client.documents.version(path)
          const edits = editsOf(edit, { root, version })
          if (client.row.openFilesOnly) await requireDefinition(edits, asking, positionOf(at))
          if (edits.length === 0) note('the server finds nothing there that it would rename')
          return edits
        },
        signal,
      ),

    codeActions: (at, signal) =>
      askAt(
        questions,
        { ...place(at), empty: [], needs: 'codeActionProvider', what: 'code actions' },
        (asking) => {
          const start = positionOf(at)
          const end = {
            line: (at.endLine ?? at.line) - 1,
            character: (at.endColumn ?? at.column) - 1,
          }
          const languageId = languageIdOf(asking.client.row, asking.path) ?? ''
          return codeActions(asking, { range: { start, end }, kinds: at.kinds, languageId })
        },
        signal,
      ),

    async changed({ paths }) {
      const absolute = paths?.map((path) => resolve(root, path))
      await Promise.all(pool.running().map(({ client }) => client.documents.changed(absolute)))
    },

    async detect({ paths }) {
      const statuses = await this.status()
      const byServer = new Map<string, LspDetected>()
      for (const [group, members] of Map.groupBy(paths, sameKind)) {
        const found = findServer(resolve(root, members[0] ?? group), find)
        if (found.state === 'none') continue
        const isFound = found.state === 'found'
        const server = found.row.id
        const own = isFound ? relative(root, found.root) : ''
        const known = byServer.get(`${server}\0${own}`)
        if (known) {
          known.paths.push(...members)
          continue
        }
        const running = statuses.find((status) => status.server === server && status.root === own)
        const status = isFound
          ? { state: 'stopped' as const, command: found.argv.join(' ') }
          : { state: 'missing' as const, command: commandOf(found), note: missingNote(found) }
        const current = isFound && running?.state !== 'missing' ? running : undefined
        byServer.set(`${server}\0${own}`, {
          ...{ server, root: own, ...status, ...current, paths: members },
        })
      }
      return [...byServer.values()]
    },

    async status() {
      const statuses = await pool.status()
      return statuses.map((status) => ({
        ...status,
        root: status.root === '' ? '' : relative(root, status.root),
      }))
    },

    close: () => pool.close(),
  }

  async function calls({ client, signal, uri }: Asking, at: CallQuestion) {
    const params = { textDocument: { uri }, position: positionOf(at) }
    const prepare = 'textDocument/prepareCallHierarchy'
    const items = await client.request<CallHierarchyItem[] | null>(prepare, params, signal)
    const method = at.direction === 'in' ? 'incomingCalls' : 'outgoingCalls'
    const rows = []
    for (const item of (items ?? []).slice(0, maxCallItems)) {
      const found = await client.request<
        (CallHierarchyIncomingCall | CallHierarchyOutgoingCall)[] | null
      >(`callHierarchy/${method}`, { item }, signal)
      rows.push(...(found ?? []).map((call) => callRow(call, root)))
    }
    return rows
  }
}

type CallQuestion = LspPosition & { direction: 'in' | 'out' }

function place({ path, waitMs }: LspPosition) {
  return { path, waitMs }
}

function positionOf({ line, column }: LspPosition): Position {
  return { line: Math.max(0, line - 1), character: Math.max(0, column - 1) }
}

/** Files of one directory and ending belong to one server. */
function sameKind(path: string): string {
  const extension = extname(path)
  return `${dirname(path)}\0${extension === '' ? path : extension}`
}

function commandOf({ row }: { row: { commands: readonly (readonly string[])[] } }): string {
  return row.commands[0]?.join(' ') ?? ''
}

export async function selfTest(): Promise<SelfTest[]> {
  const note = await import('./client.ts').then(() => '', errorMessage)
  return [{ name: 'language server client loads', ok: note === '', note }]
}
