/** codi refs: where a name is used, and by what. */
import { exitCodes } from '../../app/exit-code.ts'
import { referenceData } from '../../tools/find-references.ts'
import { has, usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, manyRows, pathFilter, printRows } from './command.ts'

export async function refs(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const name = args.words[0]
  if (name === undefined) throw usage('codi refs wants a name')
  await app.services.index.update({}, signal)
  const limit = wholeNumberOf(args, 'limit', 1) ?? manyRows
  const rows = await app.services.index.findReferences(
    { name, limit, ...(await pathFilter(command)) },
    signal,
  )
  printRows(
    command,
    { rows, data: referenceData },
    (row) =>
      `${row.path}:${row.line}  ${row.kind}${row.enclosing === '' ? '' : ` in ${row.enclosing}`}  ${row.text}`,
  )
  if (rows.length === 0 && !has(args, 'json')) output.err(`codi: ${name} is not used anywhere\n`)
  return rows.length > 0 ? exitCodes.done : exitCodes.failed
}
