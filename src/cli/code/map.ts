/** codi map: the most important files and definitions on one page. */

import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import { defaultMapTokens, mapAnswer } from '../../tools/code/code-map.ts'
import { wholeNumberOf } from '../args.ts'
import { type CodeCommand, printLines, relativePath } from './command.ts'

export async function map(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const path = await relativePath(command, args.words[0] ?? '.')
  const focus = args.flags.get('focus') ?? []
  const query = {
    budgetTokens: wholeNumberOf(args, 'tokens', 1) ?? defaultMapTokens,
    ...(path === '.' ? {} : { path }),
    ...(focus.length > 0 ? { focus: [...focus] } : {}),
  }
  await app.services.index.update({}, signal)
  const answer = mapAnswer(await app.services.index.map(query, signal))
  printLines(command, answer)
  if (answer.found) return exitCodes.done
  output.err(
    `codi: no code below ${neutralize(path)} fits ${query.budgetTokens} tokens, or none is there\n`,
  )
  return exitCodes.failed
}
