/** `codi --goal`: run after run until the goal is done or blocked, or its budget is spent; one answer, one exit status. */
import { exitCodes } from '../app/exit-code.ts'
import { driveGoal } from '../app/goal-drive.ts'
import { goalText, goalUsage } from '../app/goal-text.ts'
import { refuseBuiltin } from '../app/plan-text.ts'
import { printableJson } from '../base/json.ts'
import { neutralize } from '../base/text.ts'
import type { RunInput } from '../contract/app.ts'
import { addUsage } from '../contract/cost.ts'
import type { AppEvent, RunResult } from '../contract/event.ts'
import type { GoalBudget } from '../contract/goal.ts'
import type { Goal } from '../contract/session.ts'
import { openAnswer } from './answer.ts'
import type { AppCommand } from './app-command.ts'
import { type Arguments, has, numberOf, usage, wholeNumberOf } from './args.ts'
import {
  checkAnswerFile,
  type OneShot,
  reportOpenItems,
  runWatched,
  saveAnswer,
  shotOf,
} from './one-shot.ts'

const verbs = ['show', 'resume', 'clear']

export async function runGoal(shot: OneShot, input: RunInput): Promise<number> {
  refuseBuiltin(shot.app, 'work towards a goal')
  checkAnswerFile(shot)
  shot.app.goals.start(input.text, budgetOf(shot.args))
  return drive(shot, input)
}

/** `codi goal`: how the goal of a session stands; `resume` goes on with it. */
export async function goal(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  const shot = shotOf(command)
  const [verb = 'show'] = args.words
  if (!verbs.includes(verb)) throw usage(`codi goal knows show, resume and clear, not "${verb}"`)
  if (app.sessionId === undefined) app.resumeSession(undefined)
  if (verb === 'resume') {
    refuseBuiltin(app, 'work towards a goal')
    checkAnswerFile(shot)
    app.goals.resume(budgetOf(args))
    return drive(shot, undefined)
  }
  if (verb === 'clear') app.goals.clear()
  const { goal: current } = app.goals
  if (shot.format !== 'text') output.out(`${printableJson(current ?? null)}\n`)
  else if (current) output.out(`${neutralize(`${goalText(current)} [${goalUsage(current)}]`)}\n`)
  else output.err(`codi: ${app.sessionId} has no goal\n`)
  return exitCodes.done
}

/** The limits of a run are those of the whole goal here. */
function budgetOf(args: Arguments): GoalBudget {
  const turns = wholeNumberOf(args, 'max-turns', 1)
  const cost = numberOf(args, 'max-cost', 0)
  const seconds = numberOf(args, 'timeout', 0.001)
  return {
    ...(turns === undefined ? {} : { maxTurns: turns }),
    ...(cost === undefined ? {} : { maxCostUsd: cost }),
    ...(seconds === undefined ? {} : { maxMs: seconds * 1000 }),
  }
}

async function drive(shot: OneShot, input: RunInput | undefined): Promise<number> {
  const { app, args, output, format } = shot
  const answer = openAnswer(format, output)
  // Only the whole has a result.
  const listen = (event: AppEvent) => void (event.type !== 'result' && answer.event(event))
  const { goal: ended, results } = await driveGoal(app.goals, {
    run: (given) => runWatched(shot, given, listen),
    first: (given) => ({ ...input, ...given }),
    onGoOn: (current) => say(shot, `goal: going on [${goalUsage(current)}]`),
  })
  const whole = saveAnswer(shot, resultOf(results, ended))
  const printed = { ...whole, goal: ended ?? null }
  if (format === 'jsonl') output.out(`${printableJson({ type: 'result', ...printed })}\n`)
  else answer.result(printed)
  if (ended && (ended.state !== 'done' || !has(args, 'quiet')) && format === 'text')
    output.err(`codi: ${neutralize(`${goalText(ended)} [${goalUsage(ended)}]`)}\n`)
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
    error: isDone ? null : (last.error ?? unreached(goal)),
    exitCode: exitCodeOf(goal, last),
  }
}

function unreached(goal: Goal | undefined): { kind: string; message: string } {
  if (!goal) return { kind: 'cancelled', message: 'The goal was cleared' }
  return { kind: goal.state, message: goalText(goal) }
}

function exitCodeOf(goal: Goal | undefined, last: RunResult): number {
  if (goal?.state === 'done') return exitCodes.done
  if (goal?.state === 'spent') return exitCodes.limit
  return last.exitCode === exitCodes.done ? exitCodes.failed : last.exitCode
}
