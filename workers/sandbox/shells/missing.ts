/** Why there is no such background shell, in a sentence that names those there are. */
import { CodiError } from '../../../src/base/errors.ts'
import { oneLine } from '../../../src/base/text.ts'
import type { ShellState } from '../../../src/contract/sandbox-service.ts'

export function missingShell(
  id: string,
  { last, shells }: { last: number; shells: readonly ShellState[] },
): CodiError {
  const number = Number(/^sh_(\d+)$/.exec(id)?.[1] ?? Number.NaN)
  const what =
    number >= 1 && number <= last
      ? `Shell ${id} ended long ago and its output has been forgotten`
      : `There is no background shell ${oneLine(id, 40)}`
  const there =
    shells.length === 0
      ? 'there are none, for they end with their session'
      : `there are ${shells.map((shell) => `${shell.id} (${shell.status}: ${oneLine(shell.command, 40)})`).join(', ')}`
  return new CodiError('not_found', `${what}; ${there}`)
}
