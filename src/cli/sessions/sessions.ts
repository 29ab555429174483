/** `codi sessions`: what is kept, and what a person does with it. */
import { exitCodes } from '../../app/exit-code.ts'
import { hitLines, prunedLine, repairLines, sessionLine } from '../../app/session-lines.ts'
import { closest } from '../../base/closest.ts'
import type { JsonObject } from '../../base/json.ts'
import { neutralize, plural } from '../../base/text.ts'
import type { SessionSummary } from '../../contract/session.ts'
import type { AppCommand } from '../app-command.ts'
import { has, numberOf, usage, wholeNumberOf } from '../args.ts'
import { printJson, printRows } from '../code/command.ts'

type Action = (command: AppCommand, words: readonly string[]) => number | Promise<number>

const actions: Readonly<Record<string, Action>> = {
  list,
  search,
  show,
  rename,
  label,
  archive: (command, words) => archive(command, words, true),
  unarchive: (command, words) => archive(command, words, false),
  delete: remove,
  rm: remove,
  prune,
  repair,
}
const sessionActions = Object.keys(actions).filter((name) => name !== 'rm')

/** More than a screen of them is seldom read. */
const shownAtTerminal = 30

export async function sessions(command: AppCommand): Promise<number> {
  const [name = 'list', ...words] = command.args.words
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action) return action(command, words)
  const near = closest(name, sessionActions, { limit: 1 })[0]
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw usage(`codi sessions knows ${sessionActions.join(', ')}, not "${name}"${hint}`)
}

function filterOf({ args }: AppCommand) {
  const limit = wholeNumberOf(args, 'limit', 1)
  return {
    everywhere: has(args, 'all'),
    archived: has(args, 'archived') ? ('only' as const) : ('without' as const),
    ...(limit === undefined ? {} : { limit }),
  }
}

function list(command: AppCommand, words: readonly string[]): number {
  refuse(words, 'list takes no words; codi sessions search TEXT finds some')
  const { app, args, output } = command
  const filter = filterOf(command)
  const rows = app.sessions.list(filter)
  // `codi resume 3` counts in the plain list of this directory.
  const isPlain = !filter.everywhere && filter.archived === 'without'
  const isShort = !has(args, 'json') && output.stdoutIsTerminal && filter.limit === undefined
  const shown = isShort ? rows.slice(0, shownAtTerminal) : rows
  const lines = new Map(shown.map((row, index) => [row, index + 1]))
  printRows(command, { rows: shown, data: asJson }, (row) => {
    const number = isPlain ? lines.get(row) : undefined
    return sessionLine(row, { everywhere: filter.everywhere, ...(number ? { number } : {}) })
  })
  if (has(args, 'json')) return exitCodes.done
  if (rows.length === 0) output.err(`codi: ${emptyText(filter)}\n`)
  else if (shown.length < rows.length)
    output.err(
      `codi: ${plural(rows.length - shown.length, 'older one')} not shown; --limit N shows more\n`,
    )
  return exitCodes.done
}

function emptyText({ everywhere, archived }: ReturnType<typeof filterOf>): string {
  const what = archived === 'only' ? 'archived sessions' : 'sessions'
  return everywhere ? `no ${what}` : `no ${what} of this directory (--all shows every one)`
}

function search(command: AppCommand, words: readonly string[]): number {
  const { app, args, output } = command
  const text = words.join(' ')
  if (text.trim() === '') throw usage('codi sessions search wants words to look for')
  const filter = filterOf(command)
  const hits = app.sessions.search(text, filter)
  if (has(args, 'json')) {
    printJson(output, hits)
    return exitCodes.done
  }
  for (const hit of hits) output.out(`${hitLines(hit, filter.everywhere).map(safe).join('\n')}\n`)
  const where = filter.everywhere ? '' : ' in this directory (--all searches everywhere)'
  if (hits.length === 0) output.err(`codi: nothing found${where}\n`)
  return hits.length === 0 ? exitCodes.failed : exitCodes.done
}

function show({ app, args, output }: AppCommand, words: readonly string[]): number {
  const { summary, text } = app.sessions.show(one(words, 'show'))
  if (has(args, 'json')) printJson(output, { ...summary, text })
  else output.out(`${neutralize(text)}\n`)
  return exitCodes.done
}

function rename(command: AppCommand, [typed, ...name]: readonly string[]): number {
  if (typed === undefined || name.length === 0)
    throw usage("codi sessions rename wants a session and its new name; '' takes the name away")
  const row = command.app.sessions.rename(typed, name.join(' '))
  return tell(command, row, row.name === undefined ? 'has no name now' : `is named ${row.name}`)
}

async function label(command: AppCommand, [typed, ...words]: readonly string[]): Promise<number> {
  const text = words.join(' ')
  if (typed === undefined || words.length === 0)
    throw usage('codi sessions label wants a session and a label: words, or auto or clear')
  const { sessions: kept } = command.app
  const row =
    text === 'auto'
      ? await kept.makeLabel(typed, command.signal)
      : kept.label(typed, text === 'clear' ? '' : text)
  return tell(command, row, `is labelled "${row.label}"`)
}

function archive(command: AppCommand, words: readonly string[], archived: boolean): number {
  const typed = one(words, archived ? 'archive' : 'unarchive')
  const row = command.app.sessions.archive(typed, archived)
  return tell(command, row, archived ? 'is archived' : 'is in the list again')
}

function remove(command: AppCommand, words: readonly string[]): number {
  const { app, args, output } = command
  if (words.length === 0) throw usage('codi sessions delete wants an id, a name or last')
  // All are looked for first: a wrong one must not leave half of them deleted.
  const ids = words.map((word) => app.sessions.find(word, { exact: true }).id)
  const rows = [...new Set(ids)].map((id) => app.sessions.remove(id))
  if (has(args, 'json')) printJson(output, rows.map(asJson))
  else
    for (const row of rows)
      output.err(`codi: deleted ${neutralize(sessionLine(row, { everywhere: false }))}\n`)
  return exitCodes.done
}

/** Shown and asked about where somebody is there; a script has said what it wants. */
async function prune(command: AppCommand, words: readonly string[]): Promise<number> {
  refuse(words, 'prune takes flags only: --older-than DAYS, --to-size MB')
  const { app, args, output } = command
  const olderThanDays = numberOf(args, 'older-than', 0)
  const megabytes = numberOf(args, 'to-size', 0)
  if (olderThanDays === undefined && megabytes === undefined)
    throw usage(
      'codi sessions prune wants --older-than DAYS or --to-size MB; --dry-run shows what would go',
    )
  const dryRun = has(args, 'dry-run')
  const everywhere = has(args, 'all')
  const wanted = {
    ...{ everywhere, named: has(args, 'named'), archived: has(args, 'archived') },
    ...(olderThanDays === undefined ? {} : { olderThanDays }),
    ...(megabytes === undefined ? {} : { toBytes: megabytes * 1024 * 1024 }),
  }
  if (app.person && !dryRun && !has(args, 'yes')) {
    const found = app.sessions.prune({ ...wanted, dryRun: true })
    for (const row of found) output.err(`${neutralize(sessionLine(row, { everywhere }))}\n`)
    const text = `Remove ${plural(found.length, 'session')} for good?`
    const question = { text, choices: ['no', 'yes'], closed: true as const }
    if (found.length > 0 && (await app.person.question(question, command.signal)) !== 'yes') {
      output.err('codi: nothing was removed\n')
      return exitCodes.failed
    }
  }
  const rows = app.sessions.prune({ ...wanted, dryRun })
  printRows(command, { rows, data: asJson }, (row) => sessionLine(row, { everywhere }))
  if (!has(args, 'json')) output.err(`codi: ${prunedLine(rows, dryRun)}\n`)
  return exitCodes.done
}

function repair({ app, args, output }: AppCommand, words: readonly string[]): number {
  refuse(words, 'repair takes no words: it looks at all sessions')
  const report = app.sessions.repair()
  if (has(args, 'json')) printJson(output, report)
  else output.out(`${repairLines(report).map(safe).join('\n')}\n`)
  return report.lost ? exitCodes.failed : exitCodes.done
}

function tell({ args, output }: AppCommand, row: SessionSummary, what: string): number {
  if (has(args, 'json')) printJson(output, row)
  else output.err(`codi: ${neutralize(`${row.id} ${what}`)}\n`)
  return exitCodes.done
}

function one(words: readonly string[], action: string): string {
  const [typed, extra] = words
  if (typed === undefined)
    throw usage(
      `codi sessions ${action} wants a session: an id, a number of the list, a name, last`,
    )
  if (extra !== undefined)
    throw usage(
      `codi sessions ${action} takes one session, so "${extra}" is too much; words of a label go into quotes`,
    )
  return typed
}

function refuse(words: readonly string[], advice: string): void {
  if (words.length > 0) throw usage(`codi sessions ${advice}`)
}

function asJson(row: SessionSummary): JsonObject {
  return { ...row } as unknown as JsonObject
}

/** For `map`, which hands over more than the line. */
function safe(line: string): string {
  return neutralize(line)
}
