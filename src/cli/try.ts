/**
 * `codi try -- CMD`: the command runs for real on a copy of the workspace; what it would change is shown, and applied,
 * thrown away or kept as the person says, now or beforehand. Its own output is passed through, its exit status is
 * codi's.
 */
import { resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { errorMessage } from '../base/errors.ts'
import { isWithin } from '../base/paths.ts'
import { programPath } from '../base/program-path.ts'
import { shellText } from '../base/shell-words.ts'
import { neutralize, plural } from '../base/text.ts'
import type { Settings } from '../contract/settings.ts'
import type { TryReport } from '../contract/tries.ts'
import { openStyle } from '../terminal/style.ts'
import { askAboutTry } from '../terminal/try-question.ts'
import { keptText, reportLines, tryLine } from '../terminal/try-text.ts'
import type { AppCommand } from './app-command.ts'
import { has, usage } from './args.ts'
import { printJson } from './code/command.ts'
import { afterSignal, notSetUp, passSignalsOn, signalNumber, statusOf } from './sandbox.ts'

type Verb = 'list' | 'show' | 'apply' | 'discard'

const verbs: Readonly<Record<Verb, (command: AppCommand, words: string[]) => Promise<number>>> = {
  list,
  show,
  apply,
  discard,
}

const interrupted = 130

/** There is always a sandbox for what is tried, whatever is set. */
export function trySettings(settings: Settings): Settings {
  return settings.sandbox === 'off' ? { ...settings, sandbox: 'workspace' } : settings
}

export async function tries(command: AppCommand): Promise<number> {
  const { words, dashesAt } = command.args
  const [verb, ...rest] = words
  if (dashesAt !== 0 && isVerb(verb)) return verbs[verb](command, rest)
  return run(command)
}

function isVerb(word: string | undefined): word is Verb {
  return word !== undefined && Object.hasOwn(verbs, word)
}

interface Ran {
  status: number
  /** Nothing to be told of: what the command was never started for has been said. */
  failed: boolean
  interrupted: boolean
  id: string | undefined
}

async function run(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  if (args.words.length === 0)
    throw usage(
      'codi try wants a command: codi try -- npm test, or codi try "make && make install"',
    )
  if (has(args, 'yes') && has(args, 'discard'))
    throw usage('--discard and --apply (-y) contradict each other; give one of them')
  if (has(args, 'apply') && has(args, 'discard'))
    throw usage('--discard and --apply contradict each other; give one of them')
  const ran = await attached(command)
  if (ran.failed) return ran.status
  if (ran.id === undefined) {
    if (has(args, 'json')) printJson(output, nothing(request(command).argv, ran.status))
    else if (ran.interrupted) output.err('codi: interrupted; nothing was changed\n')
    else output.err('codi: it changes no file\n')
    return ran.status
  }
  if (ran.interrupted) {
    if (has(args, 'json')) printJson(output, jsonOf(await app.tries.report(ran.id), 'discarded'))
    await app.tries.discard(ran.id)
    output.err('codi: interrupted; what it changed on the copy was thrown away\n')
    return interrupted
  }
  return settle(command, { ...ran, id: ran.id })
}

/** Shows what was changed, and does what was said beforehand, or is said now. */
async function settle(command: AppCommand, ran: Ran & { id: string }): Promise<number> {
  const { app, args, output, signal } = command
  const { id, status } = ran
  const report = await app.tries.report(id)
  const asJson = has(args, 'json')
  if (has(args, 'diff') && !asJson) output.out(report.diff)
  if (!asJson && !has(args, 'quiet')) {
    const style = openStyle(output.errorColor)
    const shown = has(args, 'diff') ? { ...report, diff: '' } : report
    output.err(`${reportLines(shown, { style }).join('\n')}\n`)
  }
  const wish = await wishOf(command, report)
  if (wish === 'apply') {
    try {
      const applied = await app.tries.apply(id)
      if (asJson) printJson(output, jsonOf(report, 'applied'))
      else output.err(`codi: applied ${plural(applied.paths.length, 'path')}\n`)
      return status
    } catch (thrown) {
      if (signal.aborted) throw thrown
      if (asJson) printJson(output, jsonOf(await app.tries.report(id), 'kept'))
      output.err(`codi: ${neutralize(errorMessage(thrown))}\ncodi: ${keptText(id, 'codi try ')}\n`)
      return exitCodes.failed
    }
  }
  if (wish === 'discard') {
    await app.tries.discard(id)
    if (asJson) printJson(output, jsonOf(report, 'discarded'))
    else output.err('codi: thrown away; nothing was changed\n')
    return status
  }
  if (asJson) printJson(output, jsonOf(report, 'kept'))
  else output.err(`codi: ${keptText(id, 'codi try ')}\n`)
  return status
}

async function wishOf(
  { args, output, signal }: AppCommand,
  report: TryReport,
): Promise<'apply' | 'discard' | 'keep'> {
  if (has(args, 'apply') || has(args, 'yes')) return 'apply'
  if (has(args, 'discard')) return 'discard'
  const canAsk = output.stderrIsTerminal && process.stdin.isTTY === true && !has(args, 'json')
  if (!canAsk) return 'keep'
  return askAboutTry(output, { failed: report.state.exitCode !== 0, signal })
}

/** With this process's own streams and terminal; with `--json` stdout is for the changes. */
async function attached(command: AppCommand): Promise<Ran> {
  const { app, args, output } = command
  const service = app.services.sandbox
  const id = crypto.randomUUID()
  const release = passSignalsOn(command, (signal) => service.signalAttached({ id, signal }))
  const failed = (status: number): Ran => ({
    status,
    failed: true,
    interrupted: false,
    id: undefined,
  })
  try {
    const { argv, cwd } = request(command)
    const result = await service.attach({
      ...{ id, argv, cwd, access: { tried: true } },
      ...(has(args, 'json') ? { toStderr: true } : {}),
    })
    for (const warning of result.warnings) output.err(`codi: ${neutralize(warning)}\n`)
    if (result.failure !== undefined) {
      const status = result.exitCode ?? notSetUp
      const what = status === notSetUp ? 'Nothing was run: ' : ''
      output.err(`codi: ${what}${neutralize(result.failure)}\n`)
      return failed(status)
    }
    const status = result.exitCode ?? afterSignal + signalNumber(result.signal)
    const wasInterrupted = result.signal === 'SIGINT' || result.exitCode === interrupted
    return { status, failed: false, interrupted: wasInterrupted, id: result.tried }
  } catch (thrown) {
    output.err(`codi: ${neutralize(errorMessage(thrown))}\n`)
    return failed(statusOf(thrown))
  } finally {
    release()
  }
}

/** One word without `--` is a shell text; several are a program and its arguments. */
function request({ app, args, cwd }: AppCommand): { argv: string[]; cwd: string } {
  const { words, dashesAt } = args
  const inside = [app.workspace.root, ...app.workspace.added].some((root) => isWithin(cwd, root))
  const where = inside ? cwd : app.workspace.root
  const [text] = words
  if (words.length === 1 && dashesAt === undefined && text !== undefined)
    return { argv: [programPath('bash') ?? 'sh', '-c', text], cwd: where }
  return { argv: words, cwd: where }
}

async function list(command: AppCommand): Promise<number> {
  const { app, args, output } = command
  const everywhere = has(args, 'all')
  const rows = await app.tries.list({ everywhere })
  const now = Date.now()
  if (has(args, 'json')) printJson(output, rows)
  else if (rows.length > 0)
    for (const row of rows) {
      const where = everywhere ? `  ${neutralize(row.roots[0] ?? '')}` : ''
      output.out(`${tryLine(row, now)}${where}\n`)
    }
  else
    output.err(
      `codi: no tries are kept${everywhere ? '' : ' of this directory (--all shows every one)'}\n`,
    )
  return exitCodes.done
}

async function show(command: AppCommand, [id, ...paths]: string[]): Promise<number> {
  const { app, args, output, cwd } = command
  if (id === undefined) throw usage('codi try show wants an id; codi try list has them')
  const report = await app.tries.report(id, { paths: paths.map((path) => resolve(cwd, path)) })
  if (has(args, 'json')) printJson(output, jsonOf(report, 'kept'))
  else if (has(args, 'diff')) output.out(report.diff)
  else {
    const style = openStyle(output.color)
    const whole = output.stdoutIsTerminal
      ? {}
      : { maxDiffLines: Number.MAX_SAFE_INTEGER, maxRows: Number.MAX_SAFE_INTEGER }
    output.out(`${reportLines(report, { style, ...whole }).join('\n')}\n`)
  }
  return exitCodes.done
}

async function apply(command: AppCommand, [id, ...paths]: string[]): Promise<number> {
  const { app, args, output, cwd } = command
  if (id === undefined) throw usage('codi try apply wants an id; codi try list has them')
  const applied = await app.tries.apply(id, { paths: paths.map((path) => resolve(cwd, path)) })
  if (has(args, 'json')) printJson(output, applied)
  else {
    for (const note of applied.notes) output.err(`codi: ${neutralize(note)}\n`)
    const left = applied.isLeft ? `; the rest is ${keptText(id, 'codi try ')}` : ''
    output.err(`codi: applied ${plural(applied.paths.length, 'path')}${left}\n`)
  }
  return exitCodes.done
}

async function discard(command: AppCommand, ids: string[]): Promise<number> {
  const { app, args, output } = command
  const all = has(args, 'all')
  if (all && ids.length > 0) throw usage('Give ids or --all, not both')
  if (!all && ids.length === 0) throw usage('codi try discard wants an id, or --all')
  const kept = all ? await app.tries.list() : []
  const chosen = all ? kept.filter(({ inUse }) => !inUse).map(({ id }) => id) : ids
  for (const id of chosen) await app.tries.discard(id)
  const left =
    kept.length > chosen.length
      ? `; ${plural(kept.length - chosen.length, 'try', 'tries')} in use`
      : ''
  if (has(args, 'json')) printJson(output, { discarded: chosen })
  else output.err(`codi: threw ${plural(chosen.length, 'try', 'tries')} away${left}\n`)
  return exitCodes.done
}

type End = 'applied' | 'discarded' | 'kept' | 'unchanged'

function jsonOf(report: TryReport, end: End) {
  const { state, changes, diff, conflicts, notes } = report
  const { id, command, exitCode } = state
  return { id, command, exitCode, state: end, changes, conflicts, notes, diff }
}

function nothing(argv: readonly string[], exitCode: number) {
  const none = { changes: [], conflicts: [], notes: [], diff: '' }
  return { id: null, command: shellText(argv), exitCode, state: 'unchanged' satisfies End, ...none }
}
