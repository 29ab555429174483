/** Recipes as commands: the recipe gathers its input, the model (or builtin) answers, the recipe renders. */

import type { PreparedRun, RecipeFlags } from '../app/recipes/recipe.ts'
import { findRecipe } from '../app/recipes.ts'
import { neutralize } from '../base/text.ts'
import type { RunInput } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import { openAnswer } from './answer.ts'
import { type Arguments, flagValue, usage } from './args.ts'
import { type OneShot, report, runQuietly, saveAnswer } from './one-shot.ts'

/** `format` may be one that only this recipe knows. Answers the exit status. */
export async function runRecipe(
  shot: OneShot,
  options: { name: string; stdin: string | undefined; format: string },
): Promise<number> {
  const { app, output, args, signal } = shot
  const recipe = findRecipe(options.name)
  if (!recipe) throw usage(`There is no recipe "${options.name}"`)
  if (options.format === 'sarif' && !recipe.formats.includes('sarif'))
    throw usage(`-f sarif belongs to review, not to ${recipe.name}`)
  const flags = flagsOf(args)
  const cwd = app.workspace.root
  const say = (lines: readonly string[]) => {
    for (const line of lines) output.err(`codi: ${neutralize(line)}\n`)
  }

  const prepared = await recipe.prepare(
    {
      args: args.words,
      flags,
      cwd,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    },
    signal,
  )
  if (prepared.kind === 'nothing') {
    say([prepared.message])
    return prepared.exitCode
  }
  say(prepared.notices)
  const streamed = await runPrepared(shot, prepared, recipe.streams ? options.format : 'quiet')
  if (!streamed.ok || recipe.streams) {
    if (!recipe.streams) openAnswer(shot.format, output).result(streamed)
    report(output, streamed, shot.format)
    saveAnswer(streamed.ok ? flagValue(args, 'output') : undefined, app, streamed.text)
    return streamed.exitCode
  }
  const finished = await recipe.finish(
    { text: streamed.text, flags, cwd, format: options.format, color: output.color > 0 },
    signal,
  )
  say(finished.notices)
  const text = `${finished.text}\n`
  if (options.format === 'json' || options.format === 'jsonl') {
    const data = typeof finished.data === 'object' ? finished.data : {}
    output.out(`${JSON.stringify({ ...streamed, ...data, exitCode: finished.exitCode })}\n`)
  } else output.out(options.format === 'sarif' ? text : neutralize(text, { keepColor: true }))
  saveAnswer(flagValue(args, 'output'), app, finished.text)
  return finished.exitCode
}

async function runPrepared(
  shot: OneShot,
  prepared: PreparedRun,
  format: string,
): Promise<RunResult> {
  const input = inputOf(prepared)
  if (format === 'quiet') return runQuietly(shot, input)
  const answer = openAnswer(shot.format, shot.output)
  const unsubscribe = shot.app.bus.subscribe((event) => answer.event(event))
  try {
    const result = await runQuietly(shot, input)
    answer.result(result)
    return result
  } finally {
    unsubscribe()
  }
}

function inputOf(prepared: PreparedRun): RunInput {
  return {
    text: prepared.prompt,
    recipe: prepared.recipe,
    ...(prepared.mode ? { mode: prepared.mode } : {}),
    ...(prepared.stdin === undefined ? {} : { stdin: prepared.stdin }),
    ...(prepared.outputSchema ? { outputSchema: prepared.outputSchema } : {}),
    ...(prepared.allowedTools ? { toolNames: prepared.allowedTools } : {}),
  }
}

function flagsOf(args: Arguments): RecipeFlags {
  const flags: Record<string, string | true> = {}
  for (const [name, values] of args.flags) flags[name] = values.at(-1) || true
  return flags
}
