/** codi impact: what a change of a symbol or a file reaches. */

import { exitCodes } from '../../app/exit-code.ts'
import { CodiError } from '../../base/errors.ts'
import { neutralize } from '../../base/text.ts'
import { impactAnswer, impactDepth, impactLimit } from '../../tools/code/show-impact.ts'
import { noSuchSymbol } from '../../tools/code/symbol-names.ts'
import { usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, printLines } from './command.ts'
import { targetOf } from './target.ts'

export async function impact(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const typed = args.words[0]
  if (typed === undefined) throw usage('codi impact wants a NAME, a FILE or FILE:LINE')
  const { index } = app.services
  await index.update({}, signal)
  const target = await targetOf(command, typed)
  const query = {
    ...target,
    depth: wholeNumberOf(args, 'depth', 1) ?? impactDepth,
    limit: wholeNumberOf(args, 'limit', 1) ?? impactLimit,
  }
  const found = await index.impact(query, signal).catch(async (thrown) => {
    const { name, path } = target
    if (!(thrown instanceof CodiError) || thrown.kind !== 'not_found' || name === undefined)
      throw thrown
    const asked = { name, what: 'definition', path }
    throw new CodiError('not_found', await noSuchSymbol(index, asked, signal))
  })
  const answer = impactAnswer(found)
  printLines(command, answer)
  if (answer.found) return exitCodes.done
  output.err(`codi: nothing is known to use ${neutralize(typed)}\n`)
  return exitCodes.failed
}
