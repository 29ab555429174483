/** `/goal`: something to be reached over as many turns as it takes, within a budget. */
import { driveGoal } from '../../app/goal-drive.ts'
import { goalText, goalUsage, readGoalWords } from '../../app/goal-text.ts'
import { refuseBuiltin } from '../../app/plan-text.ts'
import { CodiError } from '../../base/errors.ts'
import type { Command, CommandContext, CommandOutcome } from '../command.ts'

const verbs = ['pause', 'resume', 'clear'] as const

export const goalCommands: readonly Command[] = [
  {
    name: 'goal',
    aliases: [],
    summary: 'work towards something, turn after turn, until it is done or its budget is spent',
    usage: '[TEXT [--turns N] [--cost USD] [--tokens N] [--time 30m] | pause | resume | clear]',
    words: verbs,
    // What would begin to work waits until the work under way is done.
    whileBusy: (args) => ['', 'pause', 'clear'].includes(args),
    help: [
      'Without words: how it stands. A goal has 100 turns, $5 where the price is known, and an hour, unless told.',
      'Ctrl+C pauses it; /goal resume goes on, with a new budget from then on where it was spent or is given.',
    ],
    run: goal,
  },
]

async function goal(context: CommandContext, args: string): Promise<CommandOutcome> {
  const { app, say } = context
  const { text, budget } = readGoalWords(args)
  const hasBudget = Object.keys(budget).length > 0
  if (text === '' && hasBudget)
    throw new CodiError(
      'usage',
      'A budget needs a goal: /goal TEXT --turns N, or /goal resume --turns N',
    )
  switch (text) {
    case '':
      show(context)
      return {}
    case 'pause':
      say('info', `${goalText(app.goals.pause('you paused it'))}; the run under way ends by itself`)
      return {}
    case 'clear':
      app.goals.clear()
      say('info', 'The goal is forgotten')
      return {}
    case 'resume':
      refuseBuiltin(app, 'work towards a goal')
      app.goals.resume(budget)
      return drive(context)
    default:
      refuseBuiltin(app, 'work towards a goal')
      app.goals.start(text, budget)
      return drive(context)
  }
}

function show({ app, say }: CommandContext): void {
  const { goal: current } = app.goals
  if (!current) say('info', 'This conversation has no goal; /goal TEXT sets one')
  else say('info', `${goalText(current)} [${goalUsage(current)}]`)
}

async function drive(context: CommandContext): Promise<CommandOutcome> {
  const { app, say } = context
  const { goal: ended, results } = await driveGoal(app.goals, {
    run: (input) => context.run(input),
    onGoOn: (current) => say('info', `Goal: going on [${goalUsage(current)}]`),
  })
  if (ended) {
    const level = ended.state === 'done' ? 'info' : 'warning'
    const advice =
      ended.state === 'paused' || ended.state === 'spent' ? '; /goal resume goes on' : ''
    say(level, `${goalText(ended)} [${goalUsage(ended)}]${advice}`)
  }
  if (!ended || ended.state === 'done') return {}
  return { failed: results.at(-1)?.exitCode || (ended.state === 'spent' ? 4 : 1) }
}
