/**
 * Days, weeks and months as the person's time zone has them, also where a day has 23 or 25 hours; and the moments that
 * people type.
 */
import { CodiError } from '../base/errors.ts'
import type { UsageGrouping } from '../contract/usage.ts'

export interface Span {
  since: number
  /** Exclusive. */
  until: number
}

export function dayOf(at: number): Span {
  const date = new Date(at)
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()]
  return { since: midnight(year, month, day), until: midnight(year, month, day + 1) }
}

/** From Monday on. */
export function weekOf(at: number): Span {
  const date = new Date(at)
  const monday = date.getDate() - ((date.getDay() + 6) % 7)
  const [year, month] = [date.getFullYear(), date.getMonth()]
  return { since: midnight(year, month, monday), until: midnight(year, month, monday + 7) }
}

export function monthOf(at: number): Span {
  const date = new Date(at)
  const [year, month] = [date.getFullYear(), date.getMonth()]
  return { since: midnight(year, month, 1), until: midnight(year, month + 1, 1) }
}

/** `2026-11-22`; of a week its Monday, of a month `2026-11`. */
export function localKey(by: UsageGrouping, at: number): string {
  if (by === 'week') return dayText(weekOf(at).since)
  return by === 'month' ? dayText(at).slice(0, 7) : dayText(at)
}

const typed =
  /^(?:(?<count>\d{1,5})(?<unit>[hdwmy])|(?<year>\d{4})-(?<month>\d\d)(?:-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d))?)?)$/

/**
 * `7d` (today and the six days before), `2w`, `3m`, `1y`, `12h`; `today`, `yesterday`, `week`, `month`, `all`;
 * `2026-11`, `2026-11-22`, `2026-11-22T08:30`. `until` gives the end of what is named instead of its beginning.
 */
export function readMoment(text: string, now: number, edge: 'since' | 'until'): number {
  const word = text.trim().toLowerCase()
  const named = namedSpan(word, now)
  if (named) return named[edge]
  const groups = typed.exec(text.trim())?.groups
  const moment = groups && momentOf(groups, now, edge)
  if (moment === undefined || Number.isNaN(moment))
    throw new CodiError(
      'usage',
      `--${edge} wants a day (2026-11-22), a month (2026-11), a span back from today (12h, 7d, 2w, 3m, 1y), today, yesterday, week or month, not "${text}"`,
    )
  return moment
}

function namedSpan(word: string, now: number): Span | undefined {
  switch (word) {
    case 'all':
      return { since: 0, until: Number.MAX_SAFE_INTEGER }
    case 'now':
      return { since: now, until: now }
    case 'today':
      return dayOf(now)
    case 'yesterday':
      return dayOf(dayOf(now).since - 1)
    case 'week':
      return weekOf(now)
    case 'month':
      return monthOf(now)
    default:
      return undefined
  }
}

function momentOf(
  groups: Record<string, string | undefined>,
  now: number,
  edge: 'since' | 'until',
): number | undefined {
  const { count, unit, hour, minute } = groups
  if (count !== undefined) return spanBack(Number(count), unit ?? 'd', now)
  const [year, month, day] = [groups.year, groups.month, groups.day].map(Number)
  if (year === undefined || month === undefined) return undefined
  const date = new Date(year, month - 1, groups.day === undefined ? 1 : day)
  // The 31st of a month that has 30 days would be another day.
  if (date.getMonth() !== month - 1) return undefined
  if (hour !== undefined) {
    if (Number(hour) > 23 || Number(minute) > 59) return undefined
    return date.setHours(Number(hour), Number(minute))
  }
  return (groups.day === undefined ? monthOf : dayOf)(date.getTime())[edge]
}

/** Both its edges are where it begins: what is before it and what is in it fit together. */
function spanBack(count: number, unit: string, now: number): number {
  if (unit === 'h') return now - count * 3_600_000
  const date = new Date(now)
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()]
  switch (unit) {
    case 'w':
      return midnight(year, month, day - 7 * count + 1)
    case 'm':
      return midnight(year, month - count, day + 1)
    case 'y':
      return midnight(year - count, month, day + 1)
    default:
      return midnight(year, month, day - count + 1)
  }
}

/** The first moment of a day; days over the end of a month are of the next. */
function midnight(year: number, month: number, day: number): number {
  return new Date(year, month, day).getTime()
}

function dayText(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
}
