/**
 * A rename that leaves the definition as it is would break the code: a server that sees only a part of the project, or
 * takes a header for another language, may offer one.
 */
import type { Position } from 'vscode-languageserver-protocol'
import { CodiError } from '../../src/base/errors.ts'
import type { LspEdit } from '../../src/contract/lsp-service.ts'
import { locationsOf, type Places } from './locations.ts'
import type { Asking } from './question.ts'

/** Throws a CodiError of kind `worker` where a definition in the project is not among the edits. */
export async function requireDefinition(
  edits: readonly LspEdit[],
  { client, signal, uri, root }: Asking,
  position: Position,
): Promise<void> {
  if (edits.length === 0) return
  const params = { textDocument: { uri }, position }
  const found = await client.request<Places>('textDocument/definition', params, signal)
  const definitions = (await locationsOf(found, root)).filter(({ path }) => !path.startsWith('/'))
  for (const { path, line, column } of definitions) {
    const own = edits.find((edit) => edit.path === path)?.edits ?? []
    if (own.some((edit) => edit.line === line && edit.column === column)) continue
    throw new CodiError(
      'worker',
      `it would leave the definition at ${path}:${line} as it is; it may need to know how the project is compiled`,
    )
  }
}
