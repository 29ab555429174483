/** codi undo, redo and restore: what would happen, a question, and what happened. */
import { carryOut } from '../../app/carry-out.ts'
import { exitCodes } from '../../app/exit-code.ts'
import { CodiError } from '../../base/errors.ts'
import type { ConflictAnswer, HistoryPart, HistoryPlan } from '../../contract/history.ts'
import { hasWork, noWork, planLines, resultLines, stepLine } from '../../terminal/history-text.ts'
import { openStyle } from '../../terminal/style.ts'
import { flagValue, has, usage } from '../args.ts'
import { type CodeCommand, printJson } from '../code/command.ts'

export async function undo(command: CodeCommand): Promise<number> {
  const { app, args } = command
  if (has(args, 'list')) return list(command)
  const session = sessionOf(command)
  const count = countOf(args.words[0])
  const plan = await app.history.planUndo({
    ...{ count, part: partOf(command) },
    ...(session === undefined ? {} : { session }),
  })
  return settle(command, plan)
}

export async function redo(command: CodeCommand): Promise<number> {
  const session = sessionOf(command)
  const plan = await command.app.history.planRedo({
    part: partOf(command),
    ...(session === undefined ? {} : { session }),
  })
  return settle(command, plan)
}

export async function restore(command: CodeCommand): Promise<number> {
  const name = command.args.words[0]
  if (name === undefined)
    throw usage('codi restore wants the name of a checkpoint; codi checkpoints lists them')
  return settle(command, await command.app.history.planRestore(name, { part: partOf(command) }))
}

async function settle(command: CodeCommand, plan: HistoryPlan): Promise<number> {
  const { app, args, output, signal } = command
  const isJson = has(args, 'json')
  const style = openStyle(output.errorColor)
  const quiet = has(args, 'quiet') || isJson
  if (has(args, 'dry-run')) {
    // What would happen is the answer here, and elsewhere only what a person reads before one.
    if (isJson) printJson(output, { done: false, ...plan })
    else output.out(`${planLines(plan, { style: openStyle(output.color) }).join('\n')}\n`)
    return exitCodes.done
  }
  if (!quiet) output.err(`${planLines(plan, { style }).join('\n')}\n`)
  if (!hasWork(plan)) {
    if (isJson) printJson(output, { done: false, ...plan })
    else output.err(`codi: ${noWork(plan)}\n`)
    return exitCodes.failed
  }
  const result = await carryOut(app, plan, {
    yes: has(args, 'yes'),
    conflicts: flagValue(args, 'conflicts') as ConflictAnswer | undefined,
    signal,
  })
  if (isJson) printJson(output, { done: result !== undefined, ...plan, ...result })
  else if (!result) output.err('codi: nothing was done\n')
  else if (!quiet) output.err(`${resultLines(plan, result, { style }).join('\n')}\n`)
  if (!result) return exitCodes.failed
  const missing = result.left.some(({ outcome }) => outcome === 'lost' || outcome === 'blocked')
  return missing ? exitCodes.failed : exitCodes.done
}

async function list(command: CodeCommand): Promise<number> {
  const { app, args, output } = command
  const session = sessionOf(command)
  const steps = await app.history.steps(session === undefined ? {} : { session })
  if (has(args, 'json')) printJson(output, steps)
  else if (steps.length === 0) output.err('codi: nothing was done in this directory yet\n')
  else output.out(steps.map((step) => `${stepLine(step)}\n`).join(''))
  return exitCodes.done
}

/** As a person calls it: id, number, name, `last`. One that is deleted may have steps still, by its id. */
export function sessionOf({ app, args }: CodeCommand): string | undefined {
  const typed = flagValue(args, 'session')
  if (typed === undefined) return undefined
  try {
    return app.sessions.find(typed).id
  } catch (thrown) {
    const isGone = thrown instanceof CodiError && thrown.kind === 'not_found'
    if (isGone && typed !== 'last') return typed
    throw thrown
  }
}

function partOf({ args }: CodeCommand): HistoryPart {
  if (has(args, 'files') && has(args, 'chat'))
    throw usage('--files and --chat exclude each other; without them it is both')
  if (has(args, 'files')) return 'files'
  return has(args, 'chat') ? 'chat' : 'both'
}

function countOf(typed: string | undefined): number {
  if (typed === undefined) return 1
  const count = Number(typed)
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count
  throw usage(`codi undo wants a number of steps of at least 1, not "${typed}"`)
}
