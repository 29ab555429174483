/** Diagnostics of the protocol and of tsserver as codi's own: 1-based, named severities, plain text. */
import type { Diagnostic as LspDiagnostic, Position } from 'vscode-languageserver-protocol'
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

/** One diagnostic of a tsserver response, whose positions are 1-based, in the protocol's form. */
export function fromTsserver(item: JsonValue): LspDiagnostic[] {
  if (!isJsonObject(item) || typeof item.text !== 'string') return []
  const start = tsserverPosition(item.start)
  if (!start) return []
  const severity = tsserverSeverities[String(item.category)] ?? 1
  const code = typeof item.code === 'number' ? { code: item.code } : {}
  const end = tsserverPosition(item.end) ?? start
  return [{ severity, range: { start, end }, message: item.text, source: 'typescript', ...code }]
}

function tsserverPosition(at: JsonValue | undefined): Position | undefined {
  if (!isJsonObject(at) || typeof at.line !== 'number' || typeof at.offset !== 'number')
    return undefined
  return { line: at.line - 1, character: at.offset - 1 }
}

const tsserverSeverities: Record<string, 1 | 2 | 3 | 4> = {
  error: 1,
  warning: 2,
  message: 3,
  suggestion: 4,
}

function markupText(message: unknown): string {
  const isMarkup = typeof message === 'object' && message !== null && 'value' in message
  return isMarkup ? String(message.value) : ''
}
