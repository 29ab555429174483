/** Which files a tool may show: credentials never, what may hold secrets once the gate was asked about this very file. */
import { CodiError } from '../../base/errors.ts'
import type { ToolContext } from '../../contract/tool.ts'

type SecrecyContext = Pick<ToolContext, 'workspace' | 'secrecy' | 'approved' | 'ledger'>

/** For tools that walk directories: whether content of this file may be shown. */
export function mayShow(
  path: string,
  { secrecy, approved }: Pick<ToolContext, 'secrecy' | 'approved'>,
): boolean {
  const state = secrecy?.(path) ?? 'open'
  return state === 'open' || (state === 'asks' && approved?.paths.includes(path) === true)
}

/**
 * For tools that open a file: also before the gate is asked, when a change is worked out, nothing of a secret may be
 * told. Who has read the file was allowed to.
 */
export function requireShown(path: string, context: SecrecyContext): void {
  if (mayShow(path, context)) return
  const name = context.workspace.display(path)
  if (context.secrecy?.(path) === 'closed')
    throw new CodiError(
      'denied',
      `${name} is a place of credentials, or a rule closes it; no tool reads it`,
    )
  if (context.ledger.standalone || context.ledger.get(path) !== undefined) return
  throw new CodiError(
    'denied',
    `${name} may hold secrets, so the user is asked before it is read; call read_file on it first`,
  )
}

/** A note for the model where files were left out; empty where none was. */
export function leftOutNote(count: number): string {
  if (count === 0) return ''
  const files =
    count === 1 ? '1 file that may hold secrets was' : `${count} files that may hold secrets were`
  return `[${files} left out; name one as path to ask for it]`
}
