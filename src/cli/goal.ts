/** `codi --goal`: run after run until the goal is done or blocked, or its budget is spent; one answer, one exit status. */
import { addUsage } from '../agent/cost.ts'
import { exitCodes } from '../app/exit-code.ts'
import { driveGoal } from '../app/goal-drive.ts'
import { goalText, goalUsage } from '../app/goal-text.ts'
import { printableJson } from '../base/json.ts'
import { neutralize } from '../base/text.ts'
import type { RunInput } from '../contract/app.ts'
import type { AppEvent, RunResult } from '../contract/event.ts'
import type { Goal } from '../contract/session.ts'
import { openAnswer } from './answer.ts'
import { has, numberOf, wholeNumberOf } from './args.ts'
import {
  checkAnswerFile,
  type OneShot,
  reportOpenItems,
  runWatched,
  saveAnswer,
} from './one-shot.ts'

/** The limits of a run are those of the whole goal here. */
export async function runGoal(shot: OneShot, input: RunInput): Promise<number> {
  const { app, args, output, format } = shot
  checkAnswerFile(shot)
  const turns = wholeNumberOf(args, 'max-turns', 1)
  const cost = numberOf(args, 'max-cost', 0)
  const seconds = numberOf(args, 'timeout', 0.001)
  app.goals.start(input.text, {
    ...(turns === undefined ? {} : { maxTurns: turns }),
    ...(cost === undefined ? {} : { maxCostUsd: cost }),
    ...(seconds === undefined ? {} : { maxMs: seconds * 1000 }),
  })
  const answer = openAnswer(format, output)
  // Only the whole has a result.
  const listen = (event: AppEvent) => void (event.type !== 'result' && answer.event(event))
  const { goal, results } = await driveGoal(app.goals, {
    run: (given) => runWatched(shot, given, listen),
    first: (given) => ({ ...input, ...given }),
    onGoOn: (current) => say(shot, `goal: going on [${goalUsage(current)}]`),
  })
  const whole = saveAnswer(shot, resultOf(results, goal))
  const printed = { ...whole, goal: goal ?? null }
  if (format === 'jsonl') output.out(`${printableJson({ type: 'result', ...printed })}\n`)
  else answer.result(printed)
  if (goal && (goal.state !== 'done' || !has(args, 'quiet')) && format === 'text')
    output.err(`codi: ${neutralize(`${goalText(goal)} [${goalUsage(goal)}]`)}\n`)
  reportOpenItems(shot)
  return whole.exitCode
}

function say({ output, args, format }: OneShot, text: string): void {
  if (!has(args, 'quiet') && format === 'text') output.err(`codi: ${neutralize(text)}\n`)
}

/** The last answer, with what all of them took. */
function resultOf(results: readonly RunResult[], goal: Goal | undefined): RunResult {
  const last = results.at(-1)
  if (!last) throw new Error('A goal has at least one run')
  const isDone = goal?.state === 'done'
  return {
    ...last,
    ok: isDone,
    turns: results.reduce((sum, { turns }) => sum + turns, 0),
    calls: results.flatMap(({ calls }) => calls),
    usage: results.map(({ usage }) => usage).reduce(addUsage),
    costUsd: goal?.costUsd ?? null,
    error: isDone
      ? null
      : { kind: `goal_${goal?.state ?? 'cleared'}`, message: goal ? goalText(goal) : 'No goal' },
    exitCode: exitCodeOf(goal, last),
  }
}

function exitCodeOf(goal: Goal | undefined, last: RunResult): number {
  if (goal?.state === 'done') return exitCodes.done
  if (goal?.state === 'spent') return exitCodes.limit
  return last.exitCode === exitCodes.done ? exitCodes.failed : last.exitCode
}
