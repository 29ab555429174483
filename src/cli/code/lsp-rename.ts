/** codi lsp rename: the diff of a rename; with --apply it is made, through the gate. */
import { exitCodes } from '../../app/exit-code.ts'
import { isJsonObject } from '../../base/json.ts'
import { neutralize } from '../../base/text.ts'
import { has, usage } from '../args.ts'
import { type CodeCommand, printJson } from './command.ts'
import { placeOf } from './place.ts'

export async function lspRename(command: CodeCommand, words: readonly string[]): Promise<number> {
  const { app, args, output, signal } = command
  const [typed, newName] = words
  if (typed === undefined || newName === undefined)
    throw usage('codi lsp rename wants FILE:LINE:COLUMN or a NAME, and the new name')
  const { path, line, column } = await placeOf(command, typed)
  const apply = has(args, 'apply')
  // Whoever types this has decided; only what is dangerous in every mode is still asked for.
  if (apply && app.gate.mode === 'ask') app.gate.mode = 'edit'
  const input = { path, line, column, new_name: newName, dry_run: !apply }
  const { result, denied } = await app.callTool('rename_symbol', input, signal)
  const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
  const data = isJsonObject(result.data) ? result.data : {}
  if (result.isError) output.err(`codi: ${neutralize(text)}\n`)
  else if (has(args, 'json')) printJson(output, { applied: apply, ...data })
  else if (typeof data.diff === 'string')
    output.out(output.stdoutIsTerminal ? neutralize(data.diff) : data.diff)
  else output.out(`${neutralize(text)}\n`)
  if (signal.aborted) return exitCodes.interrupted
  if (denied) return exitCodes.denied
  return result.isError ? exitCodes.failed : exitCodes.done
}
