/** The table of slash commands, from which help, completion and dispatch derive: what is wanted first comes first. */
import type { Command } from './command.ts'
import { basicCommands } from './commands/basic.ts'
import { contextCommands } from './commands/context.ts'
import { goalCommands } from './commands/goal.ts'
import { historyCommands } from './commands/history.ts'
import { memoryCommands } from './commands/memory.ts'
import { planCommands } from './commands/plan.ts'
import { recipeCommands } from './commands/recipe.ts'
import { sessionCommands } from './commands/session.ts'
import { sessionUpkeepCommands } from './commands/session-upkeep.ts'
import { shellCommands } from './commands/shells.ts'
import { todoCommands } from './commands/todo.ts'
import { transferCommands } from './commands/transfer.ts'
import { tryCommands } from './commands/tries.ts'
import { usageCommands } from './commands/usage.ts'

export function commandTable(): Command[] {
  const groups: readonly (readonly [string, readonly (readonly Command[])[]])[] = [
    ['Commands', [basicCommands]],
    ['What was changed, and back', [historyCommands, tryCommands]],
    ['Conversations', [sessionCommands, sessionUpkeepCommands, transferCommands]],
    ['Tasks', [todoCommands, goalCommands, planCommands, recipeCommands()]],
    ['Context, memory, costs', [contextCommands, memoryCommands, usageCommands]],
    ['In the background', [shellCommands]],
  ]
  return groups.flatMap(([group, tables]) => tables.flat().map((row) => ({ ...row, group })))
}
