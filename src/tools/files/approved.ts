/**
 * What runs is what the gate was asked about. Between the question and its answer a link may come to lead elsewhere and
 * a script to say something else; then the call is refused, and the next one is judged by what is there now.
 */
import { CodiError } from '../../base/errors.ts'
import type { ToolContext } from '../../contract/tool.ts'

/** Throws a CodiError of kind `stale` for a path, or a command, other than the allowed ones. */
export function requireApproved(
  context: Pick<ToolContext, 'approved'>,
  path: string,
  command?: string,
): void {
  const { approved } = context
  if (!approved) return
  if (approved.paths.includes(path) && (command === undefined || approved.command === command))
    return
  throw new CodiError(
    'stale',
    `What this call would touch changed while permission was asked (now ${command ?? path}); nothing was done, call it again`,
  )
}
