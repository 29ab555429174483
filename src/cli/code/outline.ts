/** codi outline: the definitions of a file, in order; of a directory its map. */

import { statSync } from 'node:fs'
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import { outlineLines } from '../../tools/code/outline.ts'
import { symbolData } from '../../tools/code/search-services.ts'
import { usage } from '../args.ts'
import { type CodeCommand, printLines, relativePath } from './command.ts'
import { map } from './map.ts'

export async function outline(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const file = args.words[0]
  if (file === undefined) throw usage('codi outline wants a file or a directory')
  const path = await relativePath(command, file)
  if (statSync(await app.workspace.resolve(file)).isDirectory()) return map(command)
  const rows = await app.services.index.outline({ path }, signal)
  printLines(command, { lines: outlineLines(rows), data: rows.map(symbolData) })
  if (rows.length === 0) output.err(`codi: ${neutralize(path)} defines nothing by name\n`)
  return exitCodes.done
}
