/** The table of slash commands, from which help, completion and dispatch derive. */
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
  return [
    ...[
      ...basicCommands,
      ...sessionCommands,
      ...sessionUpkeepCommands,
      ...transferCommands,
      ...todoCommands,
      ...goalCommands,
    ],
    ...[
      ...planCommands,
      ...memoryCommands,
      ...contextCommands,
      ...usageCommands,
      ...historyCommands,
      ...shellCommands,
      ...tryCommands,
      ...recipeCommands(),
    ],
  ]
}
