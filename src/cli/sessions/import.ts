/** `codi import`: sessions of other programs, and codi's own JSON, become sessions here. */
import { resolve } from 'node:path'
import { exitCodes } from '../../app/exit-code.ts'
import { importLine, importSum, isFailure } from '../../app/session-lines.ts'
import { neutralize } from '../../base/text.ts'
import type { ImportFailure, ImportOutcome } from '../../contract/session-transfer.ts'
import { importPrograms } from '../../contract/session-transfer.ts'
import type { AppCommand } from '../app-command.ts'
import { flagValue, has, usage } from '../args.ts'
import { printJson } from '../code/command.ts'

export async function importSessions(command: AppCommand): Promise<number> {
  const { app, args, output, cwd, signal } = command
  const from = importPrograms.find((name) => name === flagValue(args, 'from'))
  if (from === undefined && args.words.length === 0)
    throw usage(`codi import wants a file, or --from ${importPrograms.join('|')}`)
  const outcomes: (ImportOutcome | ImportFailure)[] = []
  const found = app.sessions.import({
    paths: args.words.map((word) => resolve(cwd, word)),
    ...(from ? { from } : {}),
    everywhere: has(args, 'all'),
    preview: has(args, 'dry-run'),
    signal,
  })
  for await (const outcome of found) {
    outcomes.push(outcome)
    if (isFailure(outcome)) output.err(`codi: ${neutralize(outcome.message)}\n`)
    else if (!has(args, 'json') && !has(args, 'quiet'))
      output.out(`${neutralize(importLine(outcome))}\n`)
  }
  if (has(args, 'json')) printJson(output, outcomes)
  else if (!has(args, 'quiet') && (outcomes.length !== 1 || from)) {
    const here = from && !has(args, 'all') ? ' of this directory (--all takes every one)' : ''
    output.err(`codi: ${importSum(outcomes)}${here}\n`)
  }
  return outcomes.some(isFailure) ? exitCodes.failed : exitCodes.done
}
