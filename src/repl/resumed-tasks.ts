/** What a conversation that is taken up again had open: told, and of a goal asked whether to go on. */
import { goalText, goalUsage } from '../app/goal-text.ts'
import { openItems } from '../app/todo-text.ts'
import type { App } from '../contract/app.ts'
import type { Person } from '../contract/permission.ts'

const yes = 'yes, go on'
const no = 'not now'

export function resumedTasks(app: App): string[] {
  const { goal } = app.goals
  const plan = app.plans.current
  const items = openItems(app.todo.items)
  return [
    ...(items === undefined ? [] : [items]),
    ...(plan?.state === 'draft'
      ? [`A plan waits: ${app.workspace.display(plan.path)}; /plan approve starts it`]
      : []),
    ...(goal && goal.state !== 'done'
      ? [`${goalText(goal)} [${goalUsage(goal)}]; /goal resume goes on`]
      : []),
  ]
}

/** Whether the person wants a goal that was cut off to go on now. */
export async function askGoal(
  app: App,
  { person, signal }: { person: Person; signal: AbortSignal },
): Promise<boolean> {
  const { goal } = app.goals
  if (goal?.state !== 'paused') return false
  const question = { text: `Go on with the goal "${goal.text.slice(0, 120)}"?`, choices: [no, yes] }
  return (await person.question(question, signal)) === yes
}
