/** codi outline: the definitions of a file, in order. */
import { exitCodes } from '../../app/exit-code.ts'
import { symbolData } from '../../tools/search-services.ts'
import { usage } from '../args.ts'
import { type CodeCommand, printRows, relativePath } from './command.ts'

export async function outline(command: CodeCommand): Promise<number> {
  const { app, args, signal } = command
  const file = args.words[0]
  if (file === undefined) throw usage('codi outline wants a file')
  const path = await relativePath(app, file)
  const rows = await app.services.index.outline({ path }, signal)
  printRows(command, { rows, data: symbolData }, (row) => {
    const depth = row.container === '' ? 0 : row.container.split('.').length
    return `${String(row.line).padStart(5)}  ${'  '.repeat(depth)}${row.signature === '' ? `${row.kind} ${row.name}` : row.signature}`
  })
  return exitCodes.done
}
