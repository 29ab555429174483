/** What a server asks and tells its client, answered the same way for every server. */
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type {
  ConfigurationParams,
  ProgressToken,
  PublishDiagnosticsParams,
  RegistrationParams,
} from 'vscode-languageserver-protocol'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts'
import type { Published } from './published.ts'

export interface ServerTalk {
  rootUri: string
  settings: JsonObject
  published: Published
  onRegistration(method: string): void
}

export function answerServer(
  connection: MessageConnection,
  { rootUri, settings, published, onRegistration }: ServerTalk,
): void {
  connection.onRequest('workspace/configuration', ({ items }: ConfigurationParams) =>
    items.map(({ section }) => settingOf(settings, section)),
  )
  connection.onRequest('workspace/workspaceFolders', () => [{ uri: rootUri, name: 'workspace' }])
  connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
    for (const { method } of registrations) onRegistration(method)
    return null
  })
  // Codi only reads what servers find: it lets no server write, and has nobody to ask.
  connection.onRequest('workspace/applyEdit', () => ({ applied: false }))
  for (const method of acknowledged) connection.onRequest(method, () => null)

  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) =>
    published.accept(params),
  )
  connection.onNotification(
    '$/progress',
    ({ token, value }: { token: ProgressToken; value: { kind?: string } | null }) => {
      if (value?.kind === 'begin') published.progress(token, true)
      if (value?.kind === 'end') published.progress(token, false)
    },
  )
}

const acknowledged = [
  'client/unregisterCapability',
  'window/workDoneProgress/create',
  'window/showMessageRequest',
  'window/showDocument',
  'workspace/diagnostic/refresh',
  'workspace/semanticTokens/refresh',
  'workspace/inlayHint/refresh',
  'workspace/codeLens/refresh',
]

/** `python.analysis` in `{ python: { analysis: … } }`; null for what is not set. */
function settingOf(settings: JsonObject, section: string | undefined): JsonValue {
  let value: JsonValue = settings
  for (const name of section ? section.split('.') : []) {
    if (!isJsonObject(value)) return null
    value = value[name] ?? null
  }
  return value
}
