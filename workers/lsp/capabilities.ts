/** What codi says of itself to every server. */
import type { InitializeParams } from 'vscode-languageserver-protocol'
import type { JsonObject } from '../../src/base/json.ts'

export function initializeParams(
  rootUri: string,
  initialization: JsonObject | undefined,
): InitializeParams {
  return {
    processId: process.pid,
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
        didChangeWatchedFiles: { dynamicRegistration: true },
        diagnostics: { refreshSupport: true },
      },
      textDocument: {
        synchronization: { didSave: true },
        publishDiagnostics: { versionSupport: true, relatedInformation: true },
        diagnostic: { dynamicRegistration: true, relatedDocumentSupport: false },
      },
    },
  }
}
