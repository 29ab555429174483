/** `/usage`: what this session, this day and this month took, and what is left of budgets. */
import { readUsageRequest } from '../../app/usage-request.ts'
import {
  groupLines,
  labelsOf,
  overviewLines,
  rebuiltText,
  rowLines,
  sessionNamed,
} from '../../app/usage-text.ts'
import { formatCount } from '../../base/text.ts'
import { usageWords } from '../../contract/usage.ts'
import type { Command, CommandContext } from '../command.ts'

export const usageCommands: readonly Command[] = [
  {
    name: 'usage',
    aliases: ['cost', 'tokens'],
    summary: 'tokens, money and time: of this session, today, this month; budgets',
    usage:
      '[session | today | week | month | all] [by model|day|project|…] | recent [N] | reset | rebuild | path',
    words: usageWords,
    whileBusy: true,
    help: [
      'by: day, week, month, model, provider, project, session, step, purpose.',
      '~ guessed, not counted; ? nobody knows the price ("prices" in the settings gives one).',
    ],
    run: usage,
  },
]

async function usage(context: CommandContext, args: string) {
  const { app, face, say, signal } = context
  const { usage: desk, sessionId: session } = app
  const now = Date.now()
  const words = args.split(/\s+/).filter((word) => word !== '')
  const request = readUsageRequest(words, {}, { now, session, find: sessionNamed(app) })
  switch (request.what) {
    case 'overview':
      face.print(`${overviewLines(desk, { now, session }).join('\n')}\n`)
      return {}
    case 'report': {
      const { by, query } = request
      const labels = labelsOf(app, by)
      const report = { groups: desk.groups(by, query), total: desk.total(query), labels }
      if (report.total.requests === 0) say('info', 'No request was made then')
      else face.print(`${groupLines(by, report).join('\n')}\n`)
      return {}
    }
    case 'recent': {
      const rows = [...desk.rows({ ...request.query, newest: request.newest })]
      if (rows.length === 0) say('info', 'No request was made yet')
      else face.print(`${rowLines(rows).join('\n')}\n`)
      return {}
    }
    case 'rebuild':
      say('info', rebuiltText(desk.rebuild()))
      return {}
    case 'path':
      say('info', desk.path)
      return {}
    case 'reset': {
      const { requests } = desk.total()
      const text = `Forget what ${formatCount(requests)} requests took, of every session and project?`
      const answer = await app.person?.question(
        { text, choices: ['no', 'yes'], closed: true },
        signal,
      )
      if (answer === 'yes') say('info', `Forgot ${formatCount(desk.forget())} requests`)
      else say('info', 'Nothing was forgotten')
      return {}
    }
  }
}
