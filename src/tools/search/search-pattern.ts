/**
 * Globs as models write them. They are matched here and not by ripgrep, whose `--glob` overrides every ignore rule:
 * `*` would bring back `node_modules` and `.git`.
 */
import { CodiError } from '../../base/errors.ts'

export interface GlobPattern {
  /** The leading directories without a wildcard: `src/tools` of `src/tools/*.ts`; empty for none. */
  base: string
  /** The rest, matched against paths relative to `base`. */
  rest: string
  /** True where the rest names something hidden (such as `.env*`), so that hidden files must be listed. */
  hidden: boolean
  matches(path: string): boolean
}

const maxPatternChars = 2000

/** A pattern without `/` matches at any depth, as in `.gitignore`. */
export function parseGlob(pattern: string): GlobPattern {
  const text = pattern.trim().replace(/^(\.\/)+/, '')
  if (text === '' || text.includes('\0')) {
    throw new CodiError('invalid', 'The pattern is empty; give a glob such as **/*.ts')
  }
  if (text.length > maxPatternChars) {
    throw new CodiError('invalid', `The pattern is longer than ${maxPatternChars} characters`)
  }
  const segments = text.split('/')
  // The last segment is never part of the base: it names the files.
  const firstWild = segments.slice(0, -1).findIndex((segment) => wild.test(segment))
  const baseCount = firstWild < 0 ? segments.length - 1 : firstWild
  const base = segments.slice(0, baseCount).join('/') || (text.startsWith('/') ? '/' : '')
  let rest = segments.slice(baseCount).join('/')
  if (rest === '') rest = '**'
  if (rest.endsWith('/')) rest += '**'
  const negated = segments.length === 1 && rest.startsWith('!')
  if (negated) rest = rest.slice(1)
  if (segments.length === 1) rest = `**/${rest}`
  const matches = matcher(rest)
  return {
    base,
    rest,
    hidden: /(^|[/{,])\.[^/.]/.test(rest),
    matches: negated ? (path) => !matches(path) : matches,
  }
}

/** Brackets may also stand for themselves: `app/[id]/page.tsx` is a real path in some frameworks. */
function matcher(rest: string): (path: string) => boolean {
  const glob = new Bun.Glob(rest)
  const literal = rest.includes('[') ? new Bun.Glob(rest.replace(/[[\]]/g, '\\$&')) : undefined
  return (path) => glob.match(path) || literal?.match(path) === true
}

const wild = /[*?[\]{}!\\]/

/** `*.ts, *.{js,jsx}` as its parts; commas inside braces belong to the glob. */
export function splitGlobs(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const char of text) {
    if (char === '{') depth++
    if (char === '}') depth--
    if (char === ',' && depth <= 0) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '')
}
