/** Asks git what a recipe needs: diffs in one fixed form, whatever the person's configuration says. */
import { closest } from '../../base/closest.ts'
import { CodiError } from '../../base/errors.ts'
import { lookGit, quietDiff } from '../../base/look-git.ts'
import type { ProgramResult } from '../../base/process.ts'
import { oneLine } from '../../base/text.ts'

export interface GitPlace {
  cwd: string
  signal: AbortSignal
}

const diffFlags = [...quietDiff, '--no-color', '--find-renames', '--submodule=short', '--relative']
const maxDiffBytes = 64 * 1024 * 1024

async function git(place: GitPlace, args: string[], stdin?: string): Promise<ProgramResult> {
  return lookGit(args, {
    cwd: place.cwd,
    signal: place.signal,
    maxBytes: maxDiffBytes,
    ...(stdin === undefined ? {} : { stdin }),
  })
}

/** Refuses, with what to do, where there is no work tree. */
export async function requireRepository(place: GitPlace, instead: string): Promise<void> {
  const asked = await git(place, ['rev-parse', '--is-inside-work-tree'])
  if (asked.exitCode === 0 && asked.stdout.trim() === 'true') return
  const dubious = /dubious ownership/.test(asked.stderr)
  throw new CodiError(
    'usage',
    dubious
      ? `git refuses this repository: it belongs to another user; run git config --global --add safe.directory "${place.cwd}"`
      : `${place.cwd} is not inside a git repository; ${instead}`,
  )
}

export async function diffOf(place: GitPlace, what: string[]): Promise<string> {
  return succeed(await git(place, ['diff', ...diffFlags, ...what, '--', '.']))
}

export async function diffOfCommit(place: GitPlace, name: string): Promise<string> {
  const commit = await resolveCommit(place, name)
  return succeed(
    await git(place, ['show', '--format=', '--first-parent', ...diffFlags, commit, '--', '.']),
  )
}

/** The commit to compare the working tree with; the empty tree before the first commit. */
export async function headOrEmptyTree(place: GitPlace): Promise<string> {
  const head = await git(place, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  if (head.exitCode === 0) return head.stdout.trim()
  return succeed(await git(place, ['hash-object', '-t', 'tree', '--stdin'], '')).trim()
}

export async function mergeBase(place: GitPlace, name: string): Promise<string> {
  const commit = await resolveCommit(place, name)
  const base = await git(place, ['merge-base', commit, 'HEAD'])
  if (base.exitCode === 0) return base.stdout.trim()
  throw new CodiError(
    'usage',
    `${name} and HEAD have no common ancestor; name a branch this one started from`,
  )
}

async function resolveCommit(place: GitPlace, name: string): Promise<string> {
  const found = await git(place, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${name}^{commit}`,
  ])
  if (found.exitCode === 0 && found.stdout.trim() !== '')
    return found.stdout.trim().split('\n')[0] as string
  const refs = await git(place, [
    'for-each-ref',
    '--format=%(refname:short)',
    'refs/heads',
    'refs/remotes',
    'refs/tags',
  ])
  const [near] = closest(name, refs.stdout.split('\n'), { threshold: 0.5 })
  const advice = near === undefined ? 'git branch -a lists the branches' : `did you mean ${near}?`
  throw new CodiError('usage', `There is no commit, branch or tag "${name}"; ${advice}`)
}

/** Untracked files that are not ignored, relative to the directory. */
export async function untrackedFiles(place: GitPlace): Promise<string[]> {
  const listed = succeed(await git(place, ['ls-files', '--others', '--exclude-standard', '-z']))
  return listed.split('\0').filter((path) => path !== '' && !path.endsWith('/'))
}

export async function recentSubjects(place: GitPlace, count: number): Promise<string[]> {
  const log = await git(place, ['log', '--no-merges', `-${count}`, '--format=%s'])
  return log.exitCode === 0 ? log.stdout.split('\n').filter((line) => line !== '') : []
}

function succeed(result: ProgramResult): string {
  if (result.truncated) {
    throw new CodiError(
      'limit',
      'The diff is larger than 64 MB; review a part of it: git diff -- PATH | codi review',
    )
  }
  if (result.exitCode === 0) return result.stdout
  throw new CodiError(
    'io',
    `git failed: ${oneLine(result.stderr || `exit status ${result.exitCode}`, 300)}`,
  )
}
