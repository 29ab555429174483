/** What the rules about paths and hosts mean for commands: the sandbox obeys them where the gate sees only a text. */
import { isAbsolute, join } from 'node:path'
import type { StoredRule } from './rule-file.ts'
import type { MatchPlace } from './rule-match.ts'

export interface SandboxRules {
  /** Globs of files that no command may read. */
  unreadableGlobs: string[]
  /** Absolute paths that no command may write. */
  protected: string[]
  allowedHosts: string[]
}

export function rulesForSandbox(rules: readonly StoredRule[], place: MatchPlace): SandboxRules {
  const denied = rules.map(({ rule }) => rule).filter((rule) => rule.decision === 'deny')
  const paths = (effect: 'read' | 'write') =>
    denied.flatMap((rule) => (rule.path !== undefined && rule.effect !== effect ? [rule.path] : []))
  return {
    unreadableGlobs: paths('write').flatMap((glob) => withContents(absolute(glob, place))),
    // A wildcard cannot be protected beforehand; the gate still judges what tools write.
    protected: paths('read')
      .map((glob) => absolute(glob.replace(/(?:\/\*\*?)?\/?$/, ''), place))
      .filter((path) => !/[*?[\]{}]/.test(path)),
    allowedHosts: rules.flatMap(({ rule }) =>
      rule.decision === 'allow' && rule.host !== undefined ? [rule.host] : [],
    ),
  }
}

function absolute(glob: string, { home, project }: MatchPlace): string {
  if (glob.startsWith('~/')) return join(home, glob.slice(2))
  if (isAbsolute(glob)) return glob
  // Without a slash it means every depth.
  return glob.includes('/') ? join(project, glob) : join(project, '**', glob)
}

function withContents(glob: string): string[] {
  return glob.endsWith('**') ? [glob] : [glob, `${glob}/**`]
}
