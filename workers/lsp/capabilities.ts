/** What codi says of itself to every server. */
import type { InitializeParams } from 'vscode-languageserver-protocol'
import type { JsonObject } from '../../src/base/json.ts'

export function initializeParams(
  rootUri: string,
  initialization: JsonObject | undefined,
  isEnclosed: boolean,
): InitializeParams {
  return {
    // Who cannot see this process would take it for dead, and end.
    processId: isEnclosed ? null : process.pid,
    clientInfo: { name: 'codi' },
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'workspace' }],
    ...(initialization ? { initializationOptions: initialization } : {}),
    capabilities: {
      general: { positionEncodings: ['utf-16'] },
      window: { workDoneProgress: true },
      workspace: {
        configuration: true,
        workspaceFolders: true,
        didChangeConfiguration: { dynamicRegistration: true },
        didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
        diagnostics: { refreshSupport: true },
        symbol: { resolveSupport: { properties: ['location.range'] } },
        workspaceEdit: {
          documentChanges: true,
          resourceOperations: ['create', 'rename', 'delete'],
          failureHandling: 'abort',
        },
      },
      textDocument: {
        synchronization: { didSave: true },
        publishDiagnostics: { versionSupport: true, relatedInformation: true },
        diagnostic: { dynamicRegistration: true, relatedDocumentSupport: false },
        definition: { linkSupport: true },
        implementation: { linkSupport: true },
        references: {},
        hover: { contentFormat: ['markdown', 'plaintext'] },
        documentSymbol: { hierarchicalDocumentSymbolSupport: true },
        callHierarchy: {},
        rename: { prepareSupport: true },
        codeAction: {
          codeActionLiteralSupport: { codeActionKind: { valueSet: actionKinds } },
          isPreferredSupport: true,
          disabledSupport: true,
          dataSupport: true,
          resolveSupport: { properties: ['edit'] },
        },
      },
      // Of rust-analyzer: it tells when it has read the project.
      experimental: { serverStatusNotification: true },
    },
  }
}

const actionKinds = [
  '',
  'quickfix',
  'refactor',
  'refactor.extract',
  'refactor.inline',
  'refactor.rewrite',
  'source',
  'source.organizeImports',
  'source.fixAll',
]
