/** Works on the active goal, run after run, until it is active no more. A front end says how a run is shown. */
import type { RunInput } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import type { Goals } from '../contract/goal.ts'
import type { Goal } from '../contract/session.ts'

export async function driveGoal(
  goals: Goals,
  options: {
    run(input: RunInput): Promise<RunResult>
    /** Before each run but the first. */
    onGoOn?(goal: Goal): void
    /** Of the first run: files and images of the person. */
    first?(input: RunInput): RunInput
  },
): Promise<{ goal: Goal | undefined; results: RunResult[] }> {
  const results: RunResult[] = []
  for (let input = goals.next(); input; input = goals.next()) {
    const isFirst = results.length === 0
    if (!isFirst && goals.goal) options.onGoOn?.(goals.goal)
    const started = performance.now()
    const result = await options.run(isFirst ? (options.first?.(input) ?? input) : input)
    results.push(result)
    const goal = goals.took(result, Math.round(performance.now() - started))
    if (goal?.state !== 'active') return { goal, results }
  }
  return { goal: goals.goal, results }
}
