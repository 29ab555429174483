/** A thing that one added line can tell. */
import type { Severity } from '../../../../contract/review.ts'

export interface LineRule {
  /** Code fences of the languages it is for; empty means every language. */
  fences: string[]
  in: 'source' | 'test' | 'any'
  /** Meets the line without strings and comments; `raw` rules meet it as it stands. */
  pattern: RegExp
  raw?: true
  /** Meets what follows (a few lines joined), where one line is not enough. */
  followedBy?: RegExp
  severity: Severity
  title: string
  detail: string
}

export function rule(
  fence: string,
  place: LineRule['in'],
  pattern: RegExp,
  severity: Severity,
  title: string,
  detail: string,
): LineRule {
  return { fences: [fence], in: place, pattern, severity, title, detail }
}
