/** What a server asks and tells its client, answered the same way for every server. */
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type {
  ConfigurationParams,
  ProgressToken,
  PublishDiagnosticsParams,
  Registration,
  RegistrationParams,
  UnregistrationParams,
} from 'vscode-languageserver-protocol'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts'
import type { Published } from './published.ts'

export interface ServerTalk {
  rootUri: string
  settings: JsonObject
  published: Published
  onRegistration(registration: Registration): void
  onPartialResult(token: ProgressToken, part: unknown): void
  onUnregistration(id: string, method: string): void
  onLogMessage(text: string): void
}

export function answerServer(connection: MessageConnection, talk: ServerTalk): void {
  const { rootUri, settings, published } = talk
  connection.onRequest('workspace/configuration', ({ items }: ConfigurationParams) =>
    items.map(({ section }) => settingOf(settings, section)),
  )
  connection.onRequest('workspace/workspaceFolders', () => [{ uri: rootUri, name: 'workspace' }])
  connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
    for (const registration of registrations) talk.onRegistration(registration)
    return null
  })
  connection.onRequest('client/unregisterCapability', (params: UnregistrationParams) => {
    // The protocol itself misspells it.
    for (const { id, method } of params.unregisterations) talk.onUnregistration(id, method)
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
      talk.onPartialResult(token, value)
    },
  )
  connection.onNotification('window/logMessage', ({ message }: { message?: string }) =>
    talk.onLogMessage(String(message)),
  )
  connection.onNotification('experimental/serverStatus', ({ quiescent }: { quiescent?: boolean }) =>
    published.progress('experimental/serverStatus', quiescent === false),
  )
}

const acknowledged = [
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
