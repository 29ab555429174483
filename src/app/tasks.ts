/** Todo list, goal, plan and memory of an app, wired to the session in force and to each other. */
import { localMinute } from '../base/local-time.ts'
import { realPath } from '../base/paths.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { App, StatusRow } from '../contract/app.ts'
import type { MemoryFile } from '../contract/memory.ts'
import type { Gate } from '../contract/permission.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import type { Conversation } from './conversation.ts'
import type { CurrentSession } from './current-session.ts'
import { openGoals } from './goal.ts'
import { goalText } from './goal-text.ts'
import { type AppMemory, openAppMemory } from './memory.ts'
import { openPlans } from './plan.ts'
import { openTodo } from './todo.ts'
import { todoProgress } from './todo-text.ts'

export interface Tasks extends Pick<App, 'todo' | 'goals' | 'plans' | 'memory'> {
  forTools: AppMemory['quiet']
  remembered: AppMemory['remembered']
  /** What the model of the session in force should be told with the next message. */
  takeNotes(): string[]
  status(): StatusRow[]
  /** Waits for what is being written. */
  close(): Promise<void>
}

export function openTasks(options: {
  settings: Settings
  paths: CodiPaths
  workspace: Workspace
  env: Record<string, string | undefined>
  gate: Gate
  current: CurrentSession
  warn(text: string): void
}): Tasks {
  const { settings, workspace, current, warn } = options
  const notes: { conversation: Conversation; text: string }[] = []
  const session = {
    read: () =>
      current.conversation.id === undefined ? undefined : current.conversation.session(),
    write: () => current.conversation.session(),
  }
  const today = () => localMinute(Date.now()).slice(0, 10)
  const found = projectDirectory(workspace.root)

  function tell(text: string): void {
    notes.push({ conversation: current.conversation, text })
  }

  const plans = openPlans({
    ...{ session, today, warn, gate: options.gate, mode: settings.mode },
    project: realPath(found) ?? found,
    cwd: workspace.root,
    setTodo: (items) => {
      todo.items = items
    },
  })
  const todo = openTodo({ session, onChange: plans.tick })
  const remembering = openAppMemory({
    ...{ settings, paths: options.paths, workspace, env: options.env, today, tell, warn },
    conversation: () => current.conversation,
  })
  const goals = openGoals({ session, runCostUsd: settings.maxCostUsd })
  return {
    todo,
    plans,
    goals,
    memory: remembering.memory,
    forTools: remembering.quiet,
    remembered: remembering.remembered,
    takeNotes() {
      const note = todo.takeNote()
      const told = notes.splice(0).filter((row) => row.conversation === current.conversation)
      return [...(note === undefined ? [] : [note]), ...told.map(({ text }) => text)]
    },
    status() {
      const { goal } = goals
      const plan = plans.current
      const progress = todoProgress(todo.items)
      const files = remembering.quiet.files()
      const known = files.filter(({ facts, why }) => facts.length > 0 || why !== undefined)
      const count = ({ scope, facts, why }: MemoryFile) =>
        `${facts.length} of ${scope === 'user' ? 'yours' : 'the project'}${why === undefined ? '' : ` (not used: ${why})`}`
      return [
        ...(progress === '' ? [] : [{ name: 'todo', value: progress }]),
        ...(goal ? [{ name: 'goal', value: goalText(goal) }] : []),
        ...(plan && plan.state !== 'dropped'
          ? [{ name: 'plan', value: `${workspace.display(plan.path)} (${plan.state})` }]
          : []),
        ...(known.length === 0 ? [] : [{ name: 'memory', value: known.map(count).join(', ') }]),
      ]
    },
    close: plans.settled,
  }
}
