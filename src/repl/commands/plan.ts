/** Plans: made without changing anything, kept as files, and carried out once they are approved. */
import { basename } from 'node:path'
import { answersPlan, planRow, refuseBuiltin } from '../../app/plan-text.ts'
import { CodiError } from '../../base/errors.ts'
import { formatMinute } from '../../base/text.ts'
import type { PlanFile } from '../../contract/plan.ts'
import type { Command, CommandContext, CommandOutcome } from '../command.ts'
import { confirm } from '../confirm.ts'
import { printMarkdown } from '../print.ts'
import { rowsText } from '../rows.ts'

const verbs = ['show', 'edit', 'approve', 'drop'] as const

export const planCommands: readonly Command[] = [
  {
    name: 'plan',
    aliases: ['p'],
    summary: 'plan a task without changing anything; approving the plan starts the work',
    usage: '[TASK | show | edit | approve | drop]',
    words: verbs,
    help: [
      'The plan is a file below .codi/plans, which you may edit; show, edit and approve take its name, too.',
      'Its steps become the todo list, and are ticked in the file as they get done.',
    ],
    run: plan,
  },
  {
    name: 'plans',
    aliases: ['plan-list'],
    summary: 'plans of this project; show or delete one',
    usage: '[show NAME | delete NAME]',
    words: ['show', 'delete'],
    run: plans,
  },
]

async function plan(context: CommandContext, args: string): Promise<CommandOutcome> {
  const { app, say } = context
  const words = args.split(/\s+/).filter((word) => word !== '')
  const verb = words.length <= 2 ? verbs.find((name) => name === words[0]) : undefined
  if (args === '' || verb === 'show') return show(context, words[1])
  if (verb === 'edit') {
    const found = app.plans.find(words[1])
    await context.edit(found.path)
    const { steps } = app.plans.find(found.path)
    say('info', `${app.workspace.display(found.path)}: ${steps.length} steps; /plan approve starts`)
    return {}
  }
  if (verb === 'drop') {
    say('info', `Dropped; the file stays: ${app.workspace.display(app.plans.drop().path)}`)
    return {}
  }
  if (verb === 'approve') {
    refuseBuiltin(app, 'carry out a plan')
    const result = await context.run(await app.plans.approve(app.plans.find(words[1])))
    return result.ok ? {} : { failed: result.exitCode }
  }
  refuseBuiltin(app, 'plan')
  const result = await context.run(app.plans.request(args))
  if (!answersPlan(result)) return { failed: result.exitCode }
  const kept = await app.plans.keep(args, result.text)
  say(
    'info',
    `Plan: ${app.workspace.display(kept.path)}; /plan approve starts it, /plan edit changes it`,
  )
  return {}
}

async function show({ app, face, say }: CommandContext, name: string | undefined) {
  const found = app.plans.find(name)
  printMarkdown(face, found.text)
  const { current } = app.plans
  const state = current?.path === found.path ? ` (${current.state})` : ''
  say('info', `${app.workspace.display(found.path)}${state}`)
  return {}
}

async function plans(context: CommandContext, args: string): Promise<CommandOutcome> {
  const { app, face, say } = context
  const [verb = '', name] = args.split(/\s+/)
  if (verb === '') {
    const list = app.plans.list()
    if (list.length === 0) say('info', 'There are no plans here; /plan TASK makes one')
    else face.print(rowsText(list.map(row), face))
    return {}
  }
  if (!['show', 'delete', 'remove', 'rm'].includes(verb))
    throw new CodiError('usage', `/plans knows show and delete, not "${verb}"`)
  if (name === undefined) throw new CodiError('usage', `Which one? /plans ${verb} NAME`)
  if (verb === 'show') return show(context, name)
  const found = app.plans.find(name)
  if (!(await confirm(context, `Delete ${app.workspace.display(found.path)}?`))) {
    say('info', 'Nothing was deleted')
    return { failed: 1 }
  }
  await app.plans.remove(found)
  say('info', `Deleted ${app.workspace.display(found.path)}`)
  return {}
}

function row(found: PlanFile): [string, string] {
  return [basename(found.path), `${formatMinute(found.changedAt)}  ${planRow(found)}`]
}
