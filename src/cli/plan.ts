/** `codi plan`: a plan as an answer and as a file; `codi plan approve` carries it out. */
import { exitCodes } from '../app/exit-code.ts'
import { answersPlan, planRow, refuseBuiltin } from '../app/plan-text.ts'
import { printableJson } from '../base/json.ts'
import { formatMinute, neutralize, oneLine } from '../base/text.ts'
import type { PlanFile } from '../contract/plan.ts'
import { openAnswer } from './answer.ts'
import type { AppCommand } from './app-command.ts'
import { flagValue, has, usage } from './args.ts'
import { printJson } from './code/command.ts'
import { checkAnswerFile, report, runOneShot, runWatched, saveAnswer, shotOf } from './one-shot.ts'

const verbs: Readonly<Record<string, (command: AppCommand, name?: string) => Promise<number>>> = {
  show,
  list,
  approve,
  delete: remove,
}

export async function plan(command: AppCommand): Promise<number> {
  const { args } = command
  if (has(args, 'goal')) throw usage('--goal belongs to a prompt, not to codi plan')
  const [first = '', second, ...more] = args.words
  const verb = Object.hasOwn(verbs, first) && more.length === 0 ? verbs[first] : undefined
  return verb ? verb(command, second) : make(command, await taskOf(command))
}

async function make(command: AppCommand, task: string): Promise<number> {
  const { app, output } = command
  const shot = shotOf(command)
  refuseBuiltin(app, 'plan')
  checkAnswerFile(shot)
  const { format } = shot
  const answer = openAnswer(format, output)
  const ran = await runWatched(shot, app.plans.request(task), (event) => {
    if (event.type !== 'result') answer.event(event)
  })
  const kept = answersPlan(ran) ? await app.plans.keep(task, ran.text) : undefined
  const saved = saveAnswer(shot, ran)
  const printed = { ...saved, plan: kept ? jsonOf(kept) : null }
  if (format === 'jsonl') output.out(`${printableJson({ type: 'result', ...printed })}\n`)
  else answer.result(printed)
  report(output, saved, format)
  if (kept && format === 'text' && !has(command.args, 'quiet'))
    output.err(
      `codi: the plan is ${neutralize(app.workspace.display(kept.path))}; codi plan approve carries it out\n`,
    )
  return saved.exitCode
}

async function approve(command: AppCommand, name: string | undefined): Promise<number> {
  const { app } = command
  refuseBuiltin(app, 'carry out a plan')
  const found = app.plans.find(name)
  const run = await app.plans.approve(found)
  // Without a name it is the newest here, which somebody else may have put there.
  if (name === undefined && !has(command.args, 'quiet')) {
    const where = app.workspace.display(found.path)
    command.output.err(
      `codi: carrying out ${neutralize(`${where}: ${oneLine(found.task, 100)}`)}\n`,
    )
  }
  return runOneShot(shotOf(command), run)
}

async function show({ app, args, output }: AppCommand, name: string | undefined): Promise<number> {
  const found = app.plans.find(name)
  if (has(args, 'json')) printJson(output, { ...jsonOf(found), text: found.text })
  else output.out(neutralize(found.text))
  return exitCodes.done
}

async function list({ app, args, output }: AppCommand): Promise<number> {
  const plans = app.plans.list()
  const line = (found: PlanFile) =>
    `${formatMinute(found.changedAt)}  ${planRow(found)}  ${app.workspace.display(found.path)}\n`
  if (has(args, 'json')) printJson(output, plans.map(jsonOf))
  else if (plans.length === 0)
    output.err('codi: there are no plans here; codi plan "TASK" makes one\n')
  else output.out(neutralize(plans.map(line).join('')))
  return exitCodes.done
}

async function remove(
  { app, args, output, signal }: AppCommand,
  name: string | undefined,
): Promise<number> {
  if (name === undefined) throw usage('codi plan delete wants the name of a plan')
  const found = app.plans.find(name)
  const shown = neutralize(app.workspace.display(found.path))
  const question = { text: `Delete ${shown}?`, choices: ['yes', 'no'], closed: true as const }
  const sure = has(args, 'yes') || (await app.person?.question(question, signal)) === 'yes'
  if (!sure) {
    output.err(`codi: ${shown} stays${app.person ? '' : '; -y deletes it without a question'}\n`)
    return exitCodes.denied
  }
  await app.plans.remove(found)
  output.err(`codi: deleted ${shown}\n`)
  return exitCodes.done
}

/** What was typed, and what was piped in behind it. */
async function taskOf({ args, output, signal }: AppCommand): Promise<string> {
  const typed = [flagValue(args, 'prompt') ?? '', ...args.words]
    .filter((part) => part !== '')
    .join(' ')
  const { readPiped, stdinIsPiped } = await import('./piped.ts')
  if (!stdinIsPiped()) return typed
  const { text, note } = await readPiped({ wait: typed === '', signal })
  if (note !== undefined && !has(args, 'quiet')) output.err(`codi: ${neutralize(note)}\n`)
  return [typed, text?.trim() ?? ''].filter((part) => part !== '').join('\n\n')
}

function jsonOf({ path, task, steps, changedAt }: PlanFile) {
  return { path, task, steps: steps.map((step) => ({ ...step })), changedAt }
}
