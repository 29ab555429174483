/** Todo list, goal, plan and memory of an app, wired to the session in force and to each other. */
import { localMinute } from '../base/local-time.ts'
import { realPath } from '../base/paths.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { App } from '../contract/app.ts'
import type { Gate } from '../contract/permission.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import type { Conversation } from './conversation.ts'
import type { CurrentSession } from './current-session.ts'
import { openGoals } from './goal.ts'
import { type AppMemory, openAppMemory } from './memory.ts'
import { openPlans } from './plan.ts'
import { openTodo } from './todo.ts'

export interface Tasks extends Pick<App, 'todo' | 'goals' | 'plans' | 'memory'> {
  forTools: AppMemory['quiet']
  remembered: AppMemory['remembered']
  /** What the model of the session in force should be told with the next message. */
  takeNotes(): string[]
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
  return {
    todo,
    plans,
    goals: openGoals({ session }),
    memory: remembering.memory,
    forTools: remembering.quiet,
    remembered: remembering.remembered,
    takeNotes() {
      const note = todo.takeNote()
      const told = notes.splice(0).filter((row) => row.conversation === current.conversation)
      return [...(note === undefined ? [] : [note]), ...told.map(({ text }) => text)]
    },
    close: plans.settled,
  }
}
