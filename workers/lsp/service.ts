/** LspService: every question of codi about code, put to the server that the file belongs to. */
import { relative, resolve } from 'node:path'
import type {
  DocumentSymbol,
  Hover,
  Position,
  SymbolInformation,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import type { Enclosure } from '../../src/contract/enclosure.ts'
import type {
  LspAnswer,
  LspLocation,
  LspPosition,
  LspService,
  LspSymbol,
} from '../../src/contract/lsp-service.ts'
import type { SelfTest } from '../../src/contract/services.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { codeActions } from './actions.ts'
import { callsOf } from './calls.ts'
import { createCommittedCheck } from './committed.ts'
import { requireDefinition } from './definition-check.ts'
import { detectServers } from './detect.ts'
import { createDiagnoser } from './diagnostics.ts'
import { editsOf } from './edits.ts'
import { languageIdOf } from './find.ts'
import { hoverText } from './hover.ts'
import { locationsOf, type Places, shownPath } from './locations.ts'
import { createPool } from './pool.ts'
import {
  askAt,
  type QuestionOptions,
  type Questions,
  stillReading,
  withDeadline,
} from './question.ts'
import { documentSymbolRows } from './symbols.ts'
import { askWorkspaceSymbols } from './workspace-symbols.ts'

export interface LspWorker extends LspService {
  close(): Promise<void>
}

export interface LspOptions {
  groups: ProcessGroups
  enclosure?: Enclosure
  notice(text: string): void
}

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
        (asking) => callsOf(asking, positionOf(at), at.direction),
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
          // Uses that it has not seen would keep the old name.
          if (!asking.rested) throw new CodiError('limit', `it ${stillReading}`)
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

    detect: async ({ paths }) => detectServers(paths, questions, await statuses()),

    status: statuses,

    close: () => pool.close(),
  }

  async function statuses() {
    const known = await pool.status()
    return known.map((status) => ({
      ...status,
      root: status.root === '' ? '' : relative(root, status.root),
    }))
  }
}

function place({ path, waitMs }: LspPosition) {
  return { path, waitMs }
}

function positionOf({ line, column }: LspPosition): Position {
  return { line: Math.max(0, line - 1), character: Math.max(0, column - 1) }
}

export async function selfTest(): Promise<SelfTest[]> {
  const note = await import('./client.ts').then(() => '', errorMessage)
  return [{ name: 'language server client loads', ok: note === '', note }]
}
