/** codi symbols: definitions of the whole project, of paths, or of a name. */
import { exitCodes } from '../../app/exit-code.ts'
import type { SymbolRow } from '../../contract/symbol.ts'
import { symbolData } from '../../tools/search-services.ts'
import { flagValue, has, wholeNumberOf } from '../args.ts'
import { type CodeCommand, printRows, relativePath } from './command.ts'

export async function symbols(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  await app.services.index.update({}, signal)
  const name = flagValue(args, 'name') ?? ''
  const limit = wholeNumberOf(args, 'limit', 1) ?? Number.MAX_SAFE_INTEGER
  const rows: SymbolRow[] = []
  for (const path of args.words.length > 0 ? args.words : ['']) {
    const query = { name, match: 'fuzzy' as const, limit: limit - rows.length }
    const filter = path === '' ? {} : { path: await relativePath(app, path) }
    rows.push(...(await app.services.index.findSymbols({ ...query, ...filter }, signal)))
  }
  printRows(
    command,
    { rows, data: symbolData },
    (row) =>
      `${row.path}:${row.line}  ${row.kind} ${row.container === '' ? '' : `${row.container}.`}${row.name}`,
  )
  if (rows.length === 0 && !has(args, 'json')) output.err('codi: no symbol was found\n')
  return rows.length > 0 ? exitCodes.done : exitCodes.failed
}
