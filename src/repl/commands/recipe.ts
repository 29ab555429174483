/** The prepared runs of app/recipes.ts as slash commands: one row each, made from the recipe's own row. */
import type { Prepared, Recipe } from '../../app/recipes/recipe.ts'
import { runInputOf } from '../../app/recipes/run-input.ts'
import { parseRecipeWords, recipes } from '../../app/recipes.ts'
import { neutralize } from '../../base/text.ts'
import type { Command, CommandContext, CommandOutcome } from '../command.ts'
import { splitWords } from '../words.ts'

export function recipeCommands(): Command[] {
  return recipes.map((recipe) => ({
    name: recipe.name,
    aliases: [],
    summary: recipe.summary,
    usage: recipe.usage,
    words: recipe.flags.map((flag) => `--${flag.name}`),
    help: recipe.flags.map(
      (flag) => `--${flag.name}${flag.value ? ` ${flag.value}` : ''}: ${flag.summary}`,
    ),
    run: (context, args) => runRecipe(recipe, context, args),
  }))
}

async function runRecipe(
  recipe: Recipe,
  context: CommandContext,
  words: string,
): Promise<CommandOutcome> {
  const { app, face, say, signal } = context
  const { args, flags } = parseRecipeWords(recipe, splitWords(words))
  const cwd = app.workspace.root
  const approve = (command: string) => app.approve(command, signal)
  const prepared: Prepared = await recipe.prepare({ args, flags, cwd, approve }, signal)
  if (prepared.kind === 'nothing') {
    say(prepared.exitCode === 0 ? 'info' : 'warning', prepared.message)
    return prepared.exitCode === 0 ? {} : { failed: prepared.exitCode }
  }
  for (const notice of prepared.notices) say('info', notice)
  const result = await context.run(runInputOf(prepared, [recipe.name, ...args]), {
    quiet: !recipe.streams,
  })
  if (!result.ok) return { failed: result.exitCode }
  if (recipe.streams) return {}
  const finished = await recipe.finish(
    { text: result.text, flags, cwd, format: 'text', color: face.color, approve },
    signal,
  )
  for (const notice of finished.notices) say('info', notice)
  face.print(`${neutralize(finished.text, { keepColor: true })}\n`)
  return finished.exitCode === 0 ? {} : { failed: finished.exitCode }
}
