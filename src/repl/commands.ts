/** The table of slash commands, from which help, completion and dispatch derive. */
import type { Command } from './command.ts'
import { basicCommands } from './commands/basic.ts'
import { recipeCommands } from './commands/recipe.ts'
import { sessionCommands } from './commands/session.ts'
import { shellCommands } from './commands/shells.ts'

export function commandTable(): Command[] {
  return [...basicCommands, ...sessionCommands, ...shellCommands, ...recipeCommands()]
}
