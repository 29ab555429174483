/** `codi usage`: what requests took, by day, model, project …; as text, JSON or CSV. */
import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { readUsageRequest, type UsageRequest } from '../app/usage-request.ts'
import {
  groupLines,
  labelsOf,
  overviewLines,
  rebuiltText,
  rowLines,
  sessionNamed,
  sorted,
} from '../app/usage-text.ts'
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { formatCount, neutralize } from '../base/text.ts'
import type { UsageGroup, UsageRow, UsageSum } from '../contract/usage.ts'
import { csvLine } from '../usage/csv.ts'
import { noSum } from '../usage/sums.ts'
import type { AppCommand } from './app-command.ts'
import { flagValue, has, usage as usageError } from './args.ts'
import { manyRows, printJson } from './code/command.ts'

export async function usage(command: AppCommand): Promise<number> {
  const { args } = command
  if (has(args, 'json') && has(args, 'csv')) throw usageError('--json and --csv exclude each other')
  const request = readUsageRequest(
    args.words,
    {
      since: flagValue(args, 'since'),
      until: flagValue(args, 'until'),
      by: flagValue(args, 'by'),
      project: projectOf(command),
    },
    { now: Date.now(), find: sessionNamed(command.app) },
  )
  if (request.what === 'reset') return reset(command, request)
  if (request.what === 'rebuild') rebuild(command)
  else if (request.what === 'path') path(command)
  else if (has(args, 'csv')) csv(command, request)
  else if (has(args, 'json')) json(command, request)
  else text(command, request)
  return exitCodes.done
}

/** A directory that is gone is still in the ledger. */
function projectOf({ app, args, cwd }: AppCommand): string | undefined {
  const path = flagValue(args, 'path')
  if (path === undefined) return has(args, 'project') ? app.workspace.root : undefined
  const absolute = resolve(cwd, path)
  return existsSync(absolute) ? realpathSync(absolute) : absolute
}

type Shown = Exclude<UsageRequest, { what: 'reset' | 'rebuild' | 'path' }>

function text({ app, output }: AppCommand, request: Shown): void {
  const { usage: desk } = app
  const lines =
    request.what === 'overview'
      ? overviewLines(desk, { now: Date.now() })
      : request.what === 'recent'
        ? rowLines([...desk.rows({ ...request.query, newest: request.newest })])
        : groupLines(request.by, { ...reportOf(desk, request), labels: labelsOf(app, request.by) })
  output.out(`${lines.join('\n')}\n`)
}

function json({ app, output }: AppCommand, request: Shown): void {
  const { usage: desk } = app
  if (request.what === 'recent') {
    const rows = [...desk.rows({ ...request.query, newest: request.newest })].map(rowData)
    if (rows.length <= manyRows) printJson(output, rows)
    else for (const row of rows) printJson(output, row)
    return
  }
  const asked = request.what === 'report' ? request : ({ by: 'model', query: {} } as const)
  const { groups, total } = reportOf(desk, asked)
  const { since, until, project, session } = { ...nothingAsked, ...asked.query }
  printJson(output, {
    since: since === undefined ? null : new Date(since).toISOString(),
    until: isEnd(until) ? null : new Date(until).toISOString(),
    ...{ project: project ?? null, session: session ?? null, by: asked.by },
    groups: sorted(asked.by, groups).map(({ key, sum }) => ({ key, ...sumData(sum) })),
    total: sumData(total),
    budgets: desk.budgets(),
  })
}

const nothingAsked: {
  since?: number
  until?: number
  project?: string
  session?: string
} = {}

function isEnd(until: number | undefined): until is undefined {
  return until === undefined || until >= Number.MAX_SAFE_INTEGER
}

/** A line a request, oldest first; with `--by`, a line a group. */
function csv({ app, output }: AppCommand, request: Shown): void {
  const { usage: desk } = app
  if (request.what === 'report' && request.isByTyped) {
    const { groups } = reportOf(desk, request)
    const rows = sorted(request.by, groups).map(({ key, sum }) => ({ key, ...sumData(sum) }))
    const head = ['key', ...Object.keys(sumData(noSum))]
    output.out(csvLine(head) + rows.map((row) => csvLine(Object.values(row))).join(''))
    return
  }
  const query = request.what === 'overview' ? {} : request.query
  const newest = request.what === 'recent' ? { newest: request.newest } : {}
  output.out(csvLine(rowKeys))
  let part = ''
  for (const row of desk.rows({ ...query, ...newest })) {
    const data = rowData(row)
    part += csvLine(rowKeys.map((key) => data[key]))
    if (part.length < csvPartChars) continue
    output.out(part)
    part = ''
  }
  output.out(part)
}

const csvPartChars = 64 * 1024

function reportOf(
  desk: AppCommand['app']['usage'],
  { by, query }: Pick<Extract<UsageRequest, { what: 'report' }>, 'by' | 'query'>,
): { groups: UsageGroup[]; total: UsageSum } {
  return { groups: desk.groups(by, query), total: desk.total(query) }
}

/** `costUsd` is null where a part of it is not known. */
function sumData(sum: UsageSum) {
  const { knownCostUsd, unknownPrice, ...others } = sum
  return {
    ...others,
    costUsd: unknownPrice === 0 ? knownCostUsd : null,
    ...{ knownCostUsd, unknownPrice },
  }
}

const rowKeys = [
  ...(['at', 'session', 'step', 'turn', 'provider', 'model', 'answered', 'project'] as const),
  ...(['purpose', 'inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const),
  ...(['reasoningTokens', 'costUsd', 'priceSource', 'priceDate', 'estimated', 'ok'] as const),
  ...(['ms', 'calls'] as const),
]

function rowData(row: UsageRow) {
  return { ...row, at: new Date(row.at).toISOString() }
}

function path({ app, args, output }: AppCommand): void {
  if (has(args, 'json')) printJson(output, { path: app.usage.path })
  else output.out(`${neutralize(app.usage.path)}\n`)
}

function rebuild({ app, args, output }: AppCommand): void {
  const added = app.usage.rebuild()
  if (has(args, 'json')) printJson(output, added)
  else output.err(`codi: ${rebuiltText(added)}\n`)
}

async function reset(
  { app, args, output, signal }: AppCommand,
  { query }: Extract<UsageRequest, { what: 'reset' }>,
): Promise<number> {
  if (query.since !== undefined || query.project !== undefined)
    throw usageError('usage reset forgets everything, or what is before --until')
  const { until } = query
  const { requests } = app.usage.total(until === undefined ? {} : { until })
  if (!has(args, 'yes')) {
    const answer = await app.person?.question(
      {
        text: `Forget what ${formatCount(requests)} requests took?`,
        choices: ['no', 'yes'],
        closed: true,
      },
      signal,
    )
    if (answer !== 'yes')
      throw new CodiError('denied', 'Nothing was forgotten; codi usage reset -y does it')
  }
  const data: JsonObject = { forgotten: app.usage.forget(until) }
  if (has(args, 'json')) printJson(output, data)
  else output.err(`codi: forgot ${formatCount(Number(data.forgotten))} requests\n`)
  return exitCodes.done
}
