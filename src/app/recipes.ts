/**
 * The prepared runs: a row each, and everything that differs between them is in the row. A front end parses the words
 * (`parseRecipeWords`), calls `prepare`, runs what it answers, and hands the answer to `finish`, which says what to
 * print and with which exit status to end. Help, completion and slash commands read the same rows.
 */
import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import { ask } from './recipes/ask.ts'
import { commit } from './recipes/commit.ts'
import { explain } from './recipes/explain.ts'
import type { Recipe, RecipeFlag, RecipeFlags } from './recipes/recipe.ts'
import { review } from './recipes/review.ts'

export const recipes: readonly Recipe[] = [ask, review, commit, explain]

export function findRecipe(name: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.name === name)
}

/** Splits words into arguments and this recipe's flags; a front end that has its own flag table does not need it. */
export function parseRecipeWords(
  recipe: Recipe,
  words: readonly string[],
): { args: string[]; flags: RecipeFlags } {
  const args: string[] = []
  const flags: Record<string, string | true> = {}
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string
    if (word === '--') {
      args.push(...words.slice(index + 1))
      break
    }
    const match = /^--([a-z][\w-]*)(?:=(.*))?$/s.exec(word)
    if (!match) {
      args.push(word)
      continue
    }
    const flag = findFlag(recipe, match[1] as string)
    if (flag.value === undefined) flags[flag.name] = true
    else flags[flag.name] = match[2] ?? valueAfter(recipe, flag, words[++index])
  }
  checkRecipeFlags(recipe, flags)
  return { args, flags }
}

/** Refuses a value outside of a flag's choices. */
function checkRecipeFlags(recipe: Recipe, flags: RecipeFlags): void {
  for (const flag of recipe.flags) {
    const value = flags[flag.name]
    if (value === undefined || !flag.choices || flag.choices.includes(String(value))) continue
    throw new CodiError(
      'usage',
      `--${flag.name} takes ${flag.choices.join(', ')}, not "${String(value)}"`,
    )
  }
}

/** `codi commit [--apply] [NOTE]`. */
export function recipeUsage(recipe: Recipe): string {
  return `codi ${recipe.name} ${recipe.usage}`
}

function findFlag(recipe: Recipe, name: string): RecipeFlag {
  const flag = recipe.flags.find((row) => row.name === name)
  if (flag) return flag
  const [near] = closest(
    name,
    recipe.flags.map((row) => row.name),
  )
  const advice = near === undefined ? `use: ${recipeUsage(recipe)}` : `did you mean --${near}?`
  throw new CodiError('usage', `Unknown flag --${name} of ${recipe.name}; ${advice}`)
}

function valueAfter(recipe: Recipe, flag: RecipeFlag, word: string | undefined): string {
  if (word !== undefined && !word.startsWith('--')) return word
  throw new CodiError(
    'usage',
    `--${flag.name} of ${recipe.name} needs a value: --${flag.name} ${flag.value ?? 'VALUE'}`,
  )
}
