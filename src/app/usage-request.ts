/** What people ask of the ledger, from the words they type after `codi usage` and `/usage`. */
import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import {
  type UsageGrouping,
  type UsageQuery,
  usageGroupings,
  usageWords,
} from '../contract/usage.ts'
import { dayOf, monthOf, readMoment, weekOf } from '../usage/periods.ts'

export type UsageRequest =
  | { what: 'overview' }
  | { what: 'report'; by: UsageGrouping; query: UsageQuery; isByTyped: boolean }
  | { what: 'recent'; query: UsageQuery; newest: number }
  | { what: 'reset'; query: UsageQuery }
  | { what: 'rebuild' }
  | { what: 'path' }

export interface UsageFlags {
  since?: string | undefined
  until?: string | undefined
  by?: string | undefined
  /** Root of the only project that is meant. */
  project?: string | undefined
}

const usualNewest = 20

export interface UsageAbout {
  now: number
  /** The one in force. */
  session?: string | undefined
  /** The id of the session that is named so. */
  find(typed: string): string
}

/** `[session [ID] | today | … | recent [N]] [by GROUPING]`. Throws a CodiError of kind `usage`. */
export function readUsageRequest(
  words: readonly string[],
  flags: UsageFlags,
  { now, session, find }: UsageAbout,
): UsageRequest {
  const at = words.indexOf('by')
  const by = grouping(at < 0 ? flags.by : (words[at + 1] ?? ''))
  const [verb, given, ...more] = at < 0 ? words : words.slice(0, at)
  const extra = at < 0 ? more[0] : (more[0] ?? words[at + 2])
  if (extra !== undefined) throw wrong(`"${extra}" is too much after usage`)
  const query: UsageQuery = {
    ...(flags.since === undefined ? {} : { since: readMoment(flags.since, now, 'since') }),
    ...(flags.until === undefined ? {} : { until: readMoment(flags.until, now, 'until') }),
    ...(flags.project === undefined ? {} : { project: flags.project }),
  }
  if (query.since !== undefined && query.until !== undefined && query.since >= query.until)
    throw wrong(`--since ${flags.since} is not before --until ${flags.until}`)
  const isPlain = by === undefined && Object.keys(query).length === 0
  const report = (more: UsageQuery): UsageRequest => ({
    ...{ what: 'report', by: by ?? 'model', isByTyped: by !== undefined },
    query: { ...more, ...query },
  })
  if (given !== undefined && verb !== 'session' && verb !== 'recent')
    throw wrong(`"${given}" is too much after usage ${verb}`)
  switch (verb) {
    case undefined:
      return isPlain ? { what: 'overview' } : report({})
    case 'session':
    case 'current':
      return report({ session: given === undefined ? sessionOf(session) : find(given) })
    case 'today':
      return report(dayOf(now))
    case 'yesterday':
      return report(dayOf(dayOf(now).since - 1))
    case 'week':
      return report(weekOf(now))
    case 'month':
      return report(monthOf(now))
    case 'all':
      return report({})
    case 'recent':
      return { what: 'recent', query, newest: numberOf(given) }
    case 'reset':
    case 'clear':
      return { what: 'reset', query }
    case 'rebuild':
      return { what: 'rebuild' }
    case 'path':
    case 'file':
      return { what: 'path' }
    default: {
      const near = closest(verb, usageWords, { limit: 1 })[0]
      const known = near === undefined ? usageWords.join(', ') : `did you mean ${near}?`
      throw wrong(`usage knows no "${verb}": ${known}`)
    }
  }
}

function grouping(text: string | undefined): UsageGrouping | undefined {
  if (text === undefined) return undefined
  const found = usageGroupings.find((name) => name === text)
  if (found) return found
  throw wrong(`usage by wants one of ${usageGroupings.join(', ')}, not "${text}"`)
}

function sessionOf(id: string | undefined): string {
  if (id !== undefined) return id
  throw wrong('There is no session yet; give the id of one: usage session ID')
}

function numberOf(text: string | undefined): number {
  if (text === undefined) return usualNewest
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw wrong(`usage recent wants a whole number of at least 1, not "${text}"`)
}

function wrong(message: string): CodiError {
  return new CodiError('usage', message)
}
