/** Whether a rule about a path, a host or a tool means what a request names. Rules about commands are the judge's. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { expandHome } from '../base/home.ts'
import { matchesHost } from '../base/host-rule.ts'
import { isWithin, realPath } from '../base/paths.ts'
import type { PolicyRule } from '../contract/policy.ts'
import { opensHost, parseHost } from './hosts.ts'
import { foldPath } from './path-names.ts'

export interface MatchPlace {
  home: string
  /** Where relative globs begin. */
  project: string
}

/** A rule that forbids matches a path in any case of its letters; one that allows only as it is written. */
export function matchesPath(rule: PolicyRule, path: string, place: MatchPlace): boolean {
  return pathMatcher(rule, place)(path)
}

/** The same for many paths. */
export function pathMatcher(rule: PolicyRule, place: MatchPlace): (path: string) => boolean {
  if (rule.path === undefined) return () => false
  const loose = rule.decision !== 'allow'
  const globs = pathGlobs(rule.path, place).map(
    (glob) => new Bun.Glob(loose ? glob.toLowerCase() : glob),
  )
  return (path) => {
    // The directory of the project is in the glob as it is, with what folding leaves out of a name.
    const subjects = loose ? [foldPath(path), path.toLowerCase()] : [path]
    return globs.some((glob) => subjects.some((subject) => glob.match(subject)))
  }
}

/** Whether the rule names exactly this path, without a wildcard. */
export function namesPath(rule: PolicyRule, path: string, place: MatchPlace): boolean {
  if (rule.path === undefined) return false
  return literalPath(absoluteGlob(rule.path, place)) === path
}

/** Whether the last part of the glob says which files are meant, beyond all of them. */
export function namesFiles(rule: PolicyRule): boolean {
  const last = rule.path?.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return /[^*?.]/.test(last)
}

/** The glob with what a directory of its name holds, also by the real name of where it begins. */
export function pathGlobs(glob: string, place: MatchPlace): string[] {
  const absolute = absoluteGlob(glob, place)
  const real = withRealBase(absolute)
  const globs = real === absolute ? [absolute] : [absolute, real]
  // What names a directory means everything in it.
  return globs.flatMap((one) => (one.endsWith('**') ? [one] : [one, `${one}/**`]))
}

/** Relative globs begin in the project; one without a slash matches at any depth, as in .gitignore. */
export function absoluteGlob(glob: string, { home, project }: MatchPlace): string {
  const plain = glob.length > 1 ? glob.replace(/\/+$/, '') : glob
  const expanded = expandHome(plain, home)
  if (isAbsolute(expanded)) return expanded
  if (!plain.includes('/') && plain !== '**') return join(escapeGlob(project), '**', plain)
  return join(escapeGlob(project), plain.replace(/^(?:\.\/)+/, ''))
}

/** The one path that the glob names; undefined where it has a wildcard. */
export function literalPath(glob: string): string | undefined {
  if (/[*?[\]{}!]/.test(glob.replace(/\\./g, ''))) return undefined
  return glob.replace(/\\(.)/g, '$1')
}

export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]{}!\\]/g, '\\$&')
}

/** The directories before the first wildcard as they really are: paths of requests have no symbolic links. */
function withRealBase(glob: string): string {
  const parts = glob.split('/')
  const wild = parts.findIndex((part) => /[*?[\]{}!\\]/.test(part))
  const base = (wild < 0 ? parts : parts.slice(0, wild)).join('/')
  const real = realPath(base === '' ? '/' : base)
  if (real === undefined) return glob
  return wild < 0 ? real : join(escapeGlob(real), ...parts.slice(wild))
}

export function matchesHostRule(rule: PolicyRule, host: string): boolean {
  const parsed = parseHost(host)
  if (rule.host === undefined || parsed === undefined) return false
  return rule.decision === 'allow' ? opensHost(rule.host, parsed) : matchesHost(rule.host, parsed)
}

export function matchesTool(rule: PolicyRule, tool: string): boolean {
  return rule.tool !== undefined && new Bun.Glob(rule.tool).match(tool)
}

/** Whether the rule says anything in this project. */
export function holdsIn(rule: PolicyRule, project: string): boolean {
  if (rule.project === undefined) return true
  const directory = rule.project.replace(/(.)\/+$/, '$1')
  return isWithin(project, directory) || isWithin(project, realPath(directory) ?? directory)
}

export function homeOf(env: Record<string, string | undefined>): string {
  const home = env.HOME || homedir()
  return realPath(home) ?? home
}
