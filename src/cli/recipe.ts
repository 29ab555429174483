/** Recipes as commands: the recipe gathers its input, the model (or builtin) answers, the recipe renders. */

import { exitCodes } from '../app/exit-code.ts'
import type { Finished, PreparedNothing, Recipe, RecipeFlags } from '../app/recipes/recipe.ts'
import { runInputOf } from '../app/recipes/run-input.ts'
import { findRecipe } from '../app/recipes.ts'
import { failedResult } from '../app/run-result.ts'
import { CodiError } from '../base/errors.ts'
import { printableJson } from '../base/json.ts'
import { neutralize } from '../base/text.ts'
import type { RunResult } from '../contract/event.ts'
import { type Arguments, usage } from './args.ts'
import { type Attachments, withAttachments } from './attachments.ts'
import {
  checkAnswerFile,
  type OneShot,
  report,
  runOneShot,
  runWatched,
  saveAnswer,
} from './one-shot.ts'

/** `format` may be one that only this recipe knows. Answers the exit status. */
export async function runRecipe(
  shot: OneShot,
  options: {
    name: string
    words: readonly string[]
    stdin: string | undefined
    attachments: Attachments
    format: string
  },
): Promise<number> {
  const { app, output, args, signal } = shot
  const { words, attachments } = options
  const recipe = findRecipe(options.name)
  if (!recipe) throw usage(`There is no recipe "${options.name}"`)
  if (options.format === 'sarif' && !recipe.formats.includes('sarif'))
    throw usage(`-f sarif belongs to review, not to ${recipe.name}`)
  if (attachments.outputSchema && !recipe.streams)
    throw usage(`codi ${recipe.name} has an answer of its own form; leave --output-schema out`)
  const flags = flagsOf(args)
  const cwd = app.workspace.root
  const say = (lines: readonly string[]) => {
    for (const line of lines) output.err(`codi: ${neutralize(line)}\n`)
  }

  const approve = (command: string) => app.approve(command, signal)
  const prepared = await recipe.prepare(
    {
      approve,
      args: words,
      flags,
      cwd,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    },
    signal,
  )
  if (prepared.kind === 'nothing') {
    say([prepared.message])
    return finishNothing(shot, { recipe, prepared, flags, format: options.format })
  }
  say(prepared.notices)
  const input = withAttachments(runInputOf(prepared, [recipe.name, ...words]), attachments)
  if (recipe.streams) return runOneShot(shot, input)
  checkAnswerFile(shot)
  const ran = await runWatched(shot, input, (event) => {
    // The last line is the result with what the recipe made of it.
    if (shot.format === 'jsonl' && event.type !== 'result') output.out(`${printableJson(event)}\n`)
  })
  if (!ran.ok) {
    print(shot, ran, { finished: undefined, format: options.format })
    report(output, ran, shot.format)
    return ran.exitCode
  }
  const finished = await recipe.finish(
    { text: ran.text, flags, cwd, format: options.format, color: output.color > 0, approve },
    signal,
  )
  say(finished.notices)
  const saved = saveAnswer(shot, { ...ran, text: finished.text, exitCode: finished.exitCode })
  print(shot, { ...saved, text: ran.text }, { finished, format: options.format })
  report(output, saved, shot.format)
  return saved.exitCode
}

/** What a program gets where there was nothing to run: the same form, empty. */
async function finishNothing(
  shot: OneShot,
  nothing: { recipe: Recipe; prepared: PreparedNothing; flags: RecipeFlags; format: string },
): Promise<number> {
  const { recipe, prepared, flags, format } = nothing
  if (format === 'text') return prepared.exitCode
  const ok = prepared.exitCode === exitCodes.done
  const { app } = shot
  const started = { ...app.model, session: undefined }
  const result: RunResult = {
    ...failedResult(new CodiError('not_found', prepared.message), started, false),
    ...(ok ? { ok, stopReason: 'end' as const, error: null } : {}),
    exitCode: prepared.exitCode,
  }
  const text = JSON.stringify({ summary: prepared.message, findings: [] })
  const approve = (command: string) => app.approve(command, shot.signal)
  const answer = { text, flags, cwd: app.workspace.root, format, color: false, approve }
  const finished = ok && !recipe.streams ? await recipe.finish(answer, shot.signal) : undefined
  print(shot, result, { finished, format })
  return prepared.exitCode
}

function print(
  { output }: OneShot,
  result: RunResult,
  { finished, format }: { finished: Finished | undefined; format: string },
): void {
  if (format === 'json' || format === 'jsonl') {
    const data = typeof finished?.data === 'object' ? finished.data : {}
    const type = format === 'jsonl' ? { type: 'result' } : {}
    output.out(`${printableJson({ ...type, ...result, ...data })}\n`)
  } else if (format === 'sarif') {
    // What is no report must not be taken for one.
    if (finished) output.out(`${finished.text}\n`)
  } else {
    const text = finished?.text ?? result.text
    if (text !== '') output.out(`${neutralize(text, { keepColor: true })}\n`)
  }
}

function flagsOf(args: Arguments): RecipeFlags {
  const flags: Record<string, string | true> = {}
  for (const [name, values] of args.flags) flags[name] = values.at(-1) || true
  return flags
}
