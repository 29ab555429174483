/** Who calls what stands at a place, and what it calls. */
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  Position,
} from 'vscode-languageserver-protocol'
import type { LspCall } from '../../src/contract/lsp-service.ts'
import type { Asking } from './question.ts'
import { callRow } from './symbols.ts'

type Call = CallHierarchyIncomingCall | CallHierarchyOutgoingCall

/** Items at one place: overloads and the like. */
const maxItems = 5

export async function callsOf(
  { client, signal, uri, root }: Asking,
  position: Position,
  direction: 'in' | 'out',
): Promise<LspCall[]> {
  const params = { textDocument: { uri }, position }
  const prepare = 'textDocument/prepareCallHierarchy'
  const items = await client.request<CallHierarchyItem[] | null>(prepare, params, signal)
  const method = `callHierarchy/${direction === 'in' ? 'incomingCalls' : 'outgoingCalls'}`
  const rows: LspCall[] = []
  for (const item of (items ?? []).slice(0, maxItems)) {
    const found = await client.request<Call[] | null>(method, { item }, signal)
    rows.push(...(found ?? []).map((call) => callRow(call, root)))
  }
  return rows
}
