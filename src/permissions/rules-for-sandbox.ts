/** What the rules about paths and hosts mean for commands: the sandbox obeys them where the gate sees only a text. */
import type { StoredRule } from './rule-file.ts'
import { absoluteGlob, literalPath, type MatchPlace, pathGlobs } from './rule-match.ts'

export interface SandboxRules {
  /** Globs of files that no command may read. */
  unreadableGlobs: string[]
  /** Absolute paths that no command may write. */
  protected: string[]
  /** Hosts that are not asked for: none that a rule denies or asks about, not even by a wildcard. */
  allowedHosts: string[]
}

export interface SandboxPlace extends MatchPlace {
  /** The setting. */
  allowHosts: readonly string[]
}

export function rulesForSandbox(rules: readonly StoredRule[], place: SandboxPlace): SandboxRules {
  const denied = rules.map(({ rule }) => rule).filter((rule) => rule.decision === 'deny')
  const paths = (effect: 'read' | 'write') =>
    denied.flatMap((rule) => (rule.path !== undefined && rule.effect !== effect ? [rule.path] : []))
  return {
    unreadableGlobs: paths('write').flatMap((glob) => pathGlobs(glob, place)),
    // A wildcard cannot be protected beforehand; the gate still judges what tools write.
    protected: paths('read')
      .map((glob) => literalPath(absoluteGlob(glob, place).replace(/(?:\/\*\*?)?\/?$/, '')))
      .filter((path) => path !== undefined),
    allowedHosts: allowedHosts(rules, place.allowHosts),
  }
}

/** What overlaps a rule that forbids or asks is left out: then each request comes to the gate, where the order decides. */
function allowedHosts(rules: readonly StoredRule[], allowHosts: readonly string[]): string[] {
  const hosts = (allow: boolean) =>
    rules.flatMap(({ rule }) =>
      rule.host !== undefined && (rule.decision === 'allow') === allow ? [rule.host] : [],
    )
  const guarded = hosts(false)
  return [...allowHosts, ...hosts(true)].filter(
    (host) => !guarded.some((other) => covers(host, other) || covers(other, host)),
  )
}

/** Whether every, or some, host of `narrow` is one of `wide`; ports do not tell them apart. */
function covers(wide: string, narrow: string): boolean {
  const [a, b] = [wide, narrow].map((host) => host.toLowerCase().replace(/:\d+$/, '')) as [
    string,
    string,
  ]
  return a === '*' || a === b || (a.startsWith('*.') && b.endsWith(a.slice(1)))
}
