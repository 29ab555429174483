/** A goal of the person over as many runs as it takes, with a budget that ends it. */
import type { RunResult } from './event.ts'
import type { Goal } from './session.ts'
import type { TaskRun } from './task-run.ts'

export interface GoalBudget {
  maxTurns?: number
  maxCostUsd?: number
  maxTokens?: number
  maxMs?: number
}

export interface Goals {
  /** Of the session in force; one that no process works on any more is paused. */
  readonly goal: Goal | undefined
  /** Throws a CodiError where one is being worked on. */
  start(text: string, budget: GoalBudget): Goal
  pause(why: string): Goal
  /** Makes a goal active again. A budget counts from now on; one that is spent gets its own anew where none is given. */
  resume(budget: GoalBudget): Goal
  clear(): void
  /** What the next run is to begin with; undefined where the goal is not active. */
  next(): TaskRun | undefined
  /** Takes in how that run ended, and says how the goal stands; undefined: it was cleared meanwhile. */
  took(result: RunResult, ms: number): Goal | undefined
}
