/** codi diff: what steps changed, as a diff that `git apply` takes. */
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import { changeLines, changesSummary } from '../../terminal/change-list.ts'
import { diffLines } from '../../terminal/diff-view.ts'
import { openStyle } from '../../terminal/style.ts'
import { has, wholeNumberOf } from '../args.ts'
import { type CodeCommand, printJson } from '../code/command.ts'
import { sessionOf } from './undo.ts'

export async function diff(command: CodeCommand): Promise<number> {
  const { app, args, output } = command
  const turn = wholeNumberOf(args, 'turn', 1)
  const step = wholeNumberOf(args, 'step', 1)
  const session = sessionOf(command)
  const found = await app.history.diff({
    paths: args.words,
    ...(turn === undefined ? {} : { turn }),
    ...(step === undefined ? {} : { step }),
    ...(session === undefined ? {} : { session }),
  })
  const style = openStyle(output.color)
  if (has(args, 'json')) printJson(output, found)
  else if (found.changes.length === 0) output.err('codi: no file changed\n')
  else if (has(args, 'stat'))
    output.out(
      `${[...changeLines(found.changes, { style, maxRows: Number.POSITIVE_INFINITY }), ` ${changesSummary(found.changes)}`].join('\n')}\n`,
    )
  // A program gets the diff as it is; a terminal must not obey what stands in a file.
  else if (output.stdoutIsTerminal)
    output.out(
      `${diffLines(found.diff, { style, maxLines: Number.POSITIVE_INFINITY, headers: true }).join('\n')}\n`,
    )
  else output.out(found.diff)
  const notes = found.changes.flatMap(({ path, note }) =>
    note === undefined ? [] : [`${path}: ${note}`],
  )
  if (!has(args, 'quiet') && !has(args, 'json'))
    for (const note of [...notes, ...found.notes]) output.err(`codi: ${neutralize(note)}\n`)
  return exitCodes.done
}
