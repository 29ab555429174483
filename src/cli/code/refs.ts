/** codi refs: where a name is used, and by what. */

import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import { noReferences, referenceData, referenceLines } from '../../tools/code/find-references.ts'
import { flagValue, usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, manyRows, pathFilter, printLines, relativePath } from './command.ts'
import { nameIn, typedTarget } from './target.ts'

export async function refs(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const [typed] = args.words
  if (typed === undefined) throw usage('codi refs wants a name')
  const { name, path } = nameIn(await typedTarget(command, typed), typed)
  const where = flagValue(args, 'defined-in')
  const definedIn = where === undefined ? path : await relativePath(command, where)
  const query = {
    name,
    limit: wholeNumberOf(args, 'limit', 1) ?? manyRows,
    ...(await pathFilter(command)),
    ...(definedIn === undefined ? {} : { definedIn }),
  }
  const { index } = app.services
  await index.update({}, signal)
  const rows = await index.findReferences(query, signal)
  printLines(command, { lines: referenceLines(rows), data: rows.map(referenceData) })
  if (rows.length > 0) return exitCodes.done
  output.err(`codi: ${neutralize(await noReferences(index, query, signal))}\n`)
  return exitCodes.failed
}
