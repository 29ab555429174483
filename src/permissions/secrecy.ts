/** What tools that walk directories may show, by places and by the rules about reading paths. */
import type { PathJudge, Secrecy } from './path-judge.ts'
import type { RulesInForce } from './rule-book.ts'
import { type MatchPlace, namesFiles, pathMatcher } from './rule-match.ts'

export interface SecrecyOptions extends MatchPlace {
  paths: PathJudge
  rules: RulesInForce
}

export type SecrecyOf = (path: string) => Secrecy

/** Reads the rules once; the answer holds as long as they do. */
export function openSecrecy({ paths, rules, ...place }: SecrecyOptions): SecrecyOf {
  const about = rules.rules.flatMap(({ rule }) =>
    rule.path === undefined || rule.effect === 'write'
      ? []
      : [{ rule, matches: pathMatcher(rule, place) }],
  )
  return (path) => {
    const own = paths.secrecy(path)
    if (own === 'closed' || about.length === 0) return own
    const matching = about.filter(({ matches }) => matches(path)).map(({ rule }) => rule)
    if (matching.some(({ decision }) => decision === 'deny')) return 'closed'
    if (matching.some(({ decision }) => decision === 'ask')) return 'asks'
    return matching.some(namesFiles) ? 'open' : own
  }
}
