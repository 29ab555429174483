/** What ends one run: limits of the settings and of whoever started it; and what it is reminded of before it ends. */
import type { RunLimits } from '../agent/config.ts'
import type { RunInput } from '../contract/app.ts'
import type { Settings } from '../contract/settings.ts'
import type { AnyTool, TodoItem } from '../contract/tool.ts'
import { todoReminder } from './todo.ts'

export function runLimits(settings: Settings, { limits = {} }: RunInput): RunLimits {
  const cost = smaller(settings.maxCostUsd, limits.maxCostUsd)
  const seconds = smaller(settings.timeoutSeconds, limits.seconds)
  return {
    maxTurns: smaller(settings.maxTurns, limits.maxTurns) ?? settings.maxTurns,
    ...(cost === undefined ? {} : { maxCostUsd: cost }),
    ...(seconds === undefined ? {} : { deadlineMs: Date.now() + seconds * 1000 }),
  }
}

/** An answer that a program reads is not to be said twice. */
export function endReminder(
  parts: { settings: Settings; input: RunInput; todo: { items: TodoItem[] } },
  tools: readonly AnyTool[],
): (() => string | undefined) | undefined {
  const { settings, input, todo } = parts
  const hasList = tools.some(({ name }) => name === 'todo')
  if (!settings.todoReminder || input.checked || input.recipe !== undefined || !hasList)
    return undefined
  return todoReminder(todo)
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b
  return b === undefined ? a : Math.min(a, b)
}
