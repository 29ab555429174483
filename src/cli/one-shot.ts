/** One prompt, one answer, one exit status. It never waits for anybody who is not there. */
import { accessSync, constants, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { openItems } from '../app/todo-text.ts'
import { tookParts } from '../app/usage-text.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { neutralize } from '../base/text.ts'
import type { App, RunInput } from '../contract/app.ts'
import type { AppEvent, RunResult } from '../contract/event.ts'
import type { Output } from '../terminal/output.ts'
import { openStyle } from '../terminal/style.ts'
import { type Format, openAnswer } from './answer.ts'
import { type Arguments, flagValue, has, usage } from './args.ts'
import { progressLines } from './progress.ts'

export interface OneShot {
  app: App
  output: Output
  args: Arguments
  format: Format
  signal: AbortSignal
}

/** Of a command that runs the model: `--json` is `-f json`. */
export function shotOf({ app, output, args, signal }: Omit<OneShot, 'format'>): OneShot {
  const given = flagValue(args, 'output-format')
  if (given === 'sarif') throw usage('-f sarif belongs to codi review')
  const format = given === 'json' || given === 'jsonl' ? given : has(args, 'json') ? 'json' : 'text'
  return { app, output, args, format, signal }
}

/** Runs the prompt and prints its answer. Answers the exit status. */
export async function runOneShot(shot: OneShot, input: RunInput): Promise<number> {
  const { output, format } = shot
  checkAnswerFile(shot)
  const answer = openAnswer(format, output)
  const started = Date.now()
  const result = saveAnswer(shot, await runWatched(shot, input, (event) => answer.event(event)))
  answer.result(result)
  report(output, result, format)
  tell(shot, result, Date.now() - started)
  reportOpenItems(shot)
  return result.exitCode
}

/** What is left on the todo list, for people. */
export function reportOpenItems({ app, output, args, format }: OneShot): void {
  const open = openItems(app.todo.items)
  if (open === undefined || format !== 'text' || has(args, 'quiet')) return
  output.err(`codi: ${neutralize(open)}\n`)
}

/** What it took, for a person who watches. */
function tell({ app, output, args, format }: OneShot, result: RunResult, ms: number): void {
  const isWatched = output.stderrIsTerminal && output.stdoutIsTerminal && !has(args, 'quiet')
  if (!isWatched || format !== 'text' || !app.settings.footer) return
  output.err(`${openStyle(output.errorColor).dim(tookParts(result, ms).join(', '))}\n`)
}

/** Runs the prompt without printing the answer: whoever calls renders it. */
export async function runWatched(
  shot: OneShot,
  input: RunInput,
  listener: (event: AppEvent) => void,
): Promise<RunResult> {
  const { app, output, args } = shot
  const quiet = has(args, 'quiet')
  const calls = !quiet && (has(args, 'verbose') || output.stderrIsTerminal)
  const progress = progressLines({ output, calls, quiet })
  const unsubscribe = app.bus.subscribe((event) => {
    progress.event(event)
    listener(event)
  })
  try {
    return await app.run(input, shot.signal)
  } finally {
    unsubscribe()
    progress.close()
  }
}

/** Says on stderr why a run did not end well; JSON forms carry it themselves. */
export function report(output: Output, result: RunResult, format: Format): void {
  if (!result.error || format !== 'text') return
  if (result.stopReason === 'interrupted') return
  output.err(`codi: ${neutralize(result.error.message)}\n`)
}

/** A place that cannot be written is told before a model is paid, not after. */
export function checkAnswerFile({ args, app }: OneShot): void {
  const file = flagValue(args, 'output')
  if (file === undefined) return
  const path = resolve(app.workspace.root, file)
  try {
    const existing = statSync(path, { throwIfNoEntry: false })
    if (existing?.isDirectory())
      throw usage(`Cannot write the answer to ${path}: it is a directory`)
    accessSync(existing ? path : dirname(path), constants.W_OK)
  } catch (thrown) {
    if (thrown instanceof CodiError) throw thrown
    throw usage(`Cannot write the answer to ${path}: ${errorMessage(thrown)}`)
  }
}

/** `-o`: the answer also in a file. Answers the result, failed where the file could not be written. */
export function saveAnswer(shot: OneShot, result: RunResult): RunResult {
  const file = flagValue(shot.args, 'output')
  // What a failed run did not say must not replace an earlier answer.
  if (file === undefined || (result.text === '' && !result.ok)) return result
  const path = resolve(shot.app.workspace.root, file)
  try {
    writeFileSync(path, result.text.endsWith('\n') ? result.text : `${result.text}\n`)
    return result
  } catch (thrown) {
    const message = `Cannot write the answer to ${path}: ${errorMessage(thrown)}`
    if (shot.format === 'jsonl') shot.output.err(`codi: ${neutralize(message)}\n`)
    return { ...result, ok: false, error: { kind: 'io', message }, exitCode: exitCodes.failed }
  }
}
