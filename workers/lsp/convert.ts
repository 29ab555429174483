/** Diagnostics of the protocol and of tsserver as codi's own: 1-based, named severities, plain text. */
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver-protocol'
import type { JsonValue } from '../../src/base/json.ts'
import { isJsonObject } from '../../src/base/json.ts'
import type { Diagnostic } from '../../src/contract/lsp-service.ts'

const severities = ['error', 'warning', 'info', 'hint'] as const

export function fromLsp(item: LspDiagnostic): Diagnostic {
  const code = item.code === undefined ? {} : { code: String(item.code) }
  // 3.18 allows marked-up messages to clients that ask for them, which this one does not; a server may do it still.
  const message: unknown = item.message
  return {
    // A server may leave the severity to the client.
    severity: severities[(item.severity ?? 1) - 1] ?? 'error',
    line: item.range.start.line + 1,
    column: item.range.start.character + 1,
    message: typeof message === 'string' ? message : markupText(message),
    ...(item.source === undefined ? {} : { source: item.source }),
    ...code,
  }
}

/** One diagnostic of a tsserver response; its positions are 1-based already. */
export function fromTsserver(item: JsonValue): Diagnostic[] {
  if (!isJsonObject(item) || typeof item.text !== 'string' || !isJsonObject(item.start)) return []
  const { line, offset } = item.start
  if (typeof line !== 'number' || typeof offset !== 'number') return []
  const severity = tsserverSeverities[String(item.category)] ?? 'error'
  const code = item.code === undefined ? {} : { code: String(item.code) }
  return [{ severity, line, column: offset, message: item.text, source: 'typescript', ...code }]
}

const tsserverSeverities: Record<string, Diagnostic['severity']> = {
  error: 'error',
  warning: 'warning',
  message: 'info',
  suggestion: 'hint',
}

function markupText(message: unknown): string {
  const isMarkup = typeof message === 'object' && message !== null && 'value' in message
  return isMarkup ? String(message.value) : ''
}
