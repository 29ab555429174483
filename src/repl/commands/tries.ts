/** `/tries` and `/try`: commands on a copy of the workspace, and what becomes of what they change. */
import { CodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import { keptText, reportLines, tryLine } from '../../terminal/try-text.ts'
import type { Command, CommandContext } from '../command.ts'
import { plainLines } from '../face.ts'
import { splitWords } from '../words.ts'

const timeoutMs = 2 ** 31 - 1
const maxOutputBytes = 64 * 1024
const choices = ['apply', 'discard', 'keep'] as const

export const tryCommands: readonly Command[] = [
  {
    name: 'try',
    aliases: [],
    summary: 'run a command on a copy of the workspace, see what it changes, then apply it or not',
    usage: 'COMMAND',
    help: ['The sandbox holds for it as for commands of the model. Ctrl+C throws it away.'],
    run: tryOut,
  },
  {
    name: 'tries',
    aliases: [],
    summary: 'what commands changed on copies and is kept: list, show, apply, throw away',
    usage: '[show ID | apply ID [PATH …] | discard ID|all]',
    words: ['show', 'apply', 'discard'],
    help: ['They are kept for 7 days. The same from a shell: codi try list.'],
    run: tries,
  },
]

async function tryOut({ app, face, say, signal }: CommandContext, command: string) {
  if (command.trim() === '') throw new CodiError('usage', '/try wants a command: /try npm update')
  const id = `try-${crypto.randomUUID()}`
  const stop = app.bus.subscribe((event) => {
    if (event.type !== 'call_output' || event.id !== id) return
    face.print(`${plainLines(event.text).join('\n')}\n`)
  })
  const request = { id, command, cwd: app.workspace.root, timeoutMs, maxOutputBytes }
  const result = await app.services.sandbox
    .run({ ...request, access: { tried: true } }, signal)
    .finally(stop)
  if (result.cancelled) {
    say('warning', 'Interrupted; what it changed on the copy was thrown away')
    return { failed: 130 }
  }
  for (const { text } of result.blocked ?? []) say('warning', text)
  const failed = result.exitCode !== 0
  if (failed) say('warning', `It failed: ${result.signal ?? `exit ${result.exitCode}`}`)
  const outcome = failed ? { failed: result.exitCode ?? 1 } : {}
  if (result.tried === undefined) {
    say('info', 'It changes no file')
    return outcome
  }
  face.print(`${reportLines(await app.tries.report(result.tried), face).join('\n')}\n`)
  const text = failed ? 'The command failed. Apply it all the same?' : 'Apply it?'
  const order = failed ? [...choices].sort((one) => (one === 'discard' ? -1 : 1)) : [...choices]
  const answer = await app.person?.question({ text, choices: order, closed: true }, signal)
  if (answer === 'apply') await applied(app.tries.apply(result.tried), say)
  else if (answer === 'discard') {
    await app.tries.discard(result.tried)
    say('info', 'Thrown away; nothing was changed')
  } else say('info', keptText(result.tried, '/tries '))
  return outcome
}

async function tries({ app, face, say }: CommandContext, args: string) {
  const [verb = '', id = '', ...paths] = splitWords(args)
  if (verb === '') {
    const now = Date.now()
    const rows = (await app.tries.list()).map((row) => tryLine(row, now))
    if (rows.length === 0) say('info', 'No tries are kept of this directory')
    else face.print(`${rows.join('\n')}\n`)
    return {}
  }
  if (id === '') throw new CodiError('usage', `/tries ${verb} wants an id; /tries lists them`)
  if (verb === 'show')
    face.print(`${reportLines(await app.tries.report(id, { paths }), face).join('\n')}\n`)
  else if (verb === 'apply') await applied(app.tries.apply(id, { paths }), say)
  else if (verb === 'discard') {
    const kept = id === 'all' ? await app.tries.list() : []
    const chosen = id === 'all' ? kept.filter((row) => !row.inUse).map((row) => row.id) : [id]
    for (const one of chosen) await app.tries.discard(one)
    say('info', `Threw ${plural(chosen.length, 'try', 'tries')} away`)
  } else
    throw new CodiError('usage', `/tries knows no "${verb}"; use show, apply or discard with an id`)
  return {}
}

async function applied(
  application: ReturnType<CommandContext['app']['tries']['apply']>,
  say: CommandContext['say'],
): Promise<void> {
  const { paths, notes, isLeft } = await application
  for (const note of notes) say('warning', note)
  say('info', `Applied ${plural(paths.length, 'path')}${isLeft ? '; the rest is kept' : ''}`)
}
