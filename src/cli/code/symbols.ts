/** codi symbols: definitions of the whole project, of paths, or of a name. */

import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import type { SymbolQuery } from '../../contract/index-service.ts'
import type { SymbolRow } from '../../contract/symbol.ts'
import { parseKind } from '../../tools/code/find-symbol.ts'
import { symbolData } from '../../tools/code/search-services.ts'
import { noSuchSymbol, symbolLine, symbolName } from '../../tools/code/symbol-names.ts'
import { flagValue, has, usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, printRows, relativePath } from './command.ts'

export async function symbols(command: CodeCommand): Promise<number> {
  const { args, output, signal } = command
  const { index } = command.app.services
  const typed = flagValue(args, 'name')
  const name = typed === undefined ? '' : symbolName(typed)
  const kinds = (flagValue(args, 'kind') ?? '')
    .split(',')
    .filter((kind) => kind.trim() !== '')
    .map(parseKind)
  if (has(args, 'fuzzy') && name === '') throw usage('--fuzzy wants a --name to be like')
  const query: Omit<SymbolQuery, 'limit'> = {
    name,
    match: has(args, 'fuzzy') ? 'fuzzy' : 'exact',
    ...(kinds.length > 0 ? { kinds } : {}),
    ...(has(args, 'exported') ? { exportedOnly: true } : {}),
  }
  const paths = await Promise.all(args.words.map((path) => relativePath(command, path)))
  await index.update({}, signal)
  const limit = wholeNumberOf(args, 'limit', 1) ?? Number.MAX_SAFE_INTEGER
  const rows: SymbolRow[] = []
  for (const path of paths.length > 0 ? paths : ['.']) {
    const filter = path === '.' ? {} : { path }
    rows.push(
      ...(await index.findSymbols({ ...query, ...filter, limit: limit - rows.length }, signal)),
    )
  }
  // Of a list each definition is one line; of a name its doc comment helps to choose.
  printRows(command, { rows, data: symbolData }, (row) =>
    symbolLine(name === '' ? { ...row, doc: '' } : row),
  )
  if (rows.length > 0) return exitCodes.done
  const why =
    name === ''
      ? 'no symbol was found'
      : await noSuchSymbol(index, { name, what: kinds.join(' or ') || 'symbol' }, signal)
  output.err(`codi: ${neutralize(why)}\n`)
  return exitCodes.failed
}
