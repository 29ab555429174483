/** Plans: what a model found out in a run that changed nothing, as a file that a person reads, edits and approves. */
import type { PlanState } from './session.ts'
import type { TaskRun } from './task-run.ts'
import type { TodoItem } from './tool.ts'

export interface PlanFile {
  /** Absolute. */
  path: string
  task: string
  steps: TodoItem[]
  text: string
  /** Milliseconds since the epoch. */
  changedAt: number
}

export interface Plans {
  /** Of the session in force. */
  readonly current: PlanState | undefined
  /** Those of the project, the newest first. */
  list(): PlanFile[]
  /** By file name, a unique part of it, or a path; the plan of the session, else the newest, without one. Throws. */
  find(name: string | undefined): PlanFile
  /** The run that makes a plan. */
  request(task: string): TaskRun
  /** Writes the model's answer as a plan. */
  keep(task: string, answer: string): Promise<PlanFile>
  /** The run that carries it out, as the file is now; the todo list is taken from its steps. */
  approve(plan: PlanFile): Promise<TaskRun>
  /** The session forgets its plan; the file stays. */
  drop(): PlanState
  remove(plan: PlanFile): Promise<void>
}
