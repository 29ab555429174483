/**
 * Git for a look at a repository. What the repository's own configuration names (monitors, filters, hooks, diff
 * programs, signature checks, ways to fetch) is never started by a look, and nothing is written. A person's own
 * configuration holds, as far as it does not change the form of the answer.
 */
import { type ProgramOptions, type ProgramResult, runProgram } from './process.ts'

/** Over every configuration: nothing is started, and the form is always the same. */
const fixed = [
  'core.fsmonitor=false',
  'core.quotePath=false',
  'color.ui=false',
  'diff.noprefix=false',
  'diff.mnemonicPrefix=false',
  'log.showSignature=false',
]

const environment = {
  // No refreshed index is written, so that no hook of it runs.
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  // A partial clone fetches nothing, by no means.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_PAGER: 'cat',
  LC_ALL: 'C.UTF-8',
}

/** These put files of the work tree through filters. */
const readsWorkTree = new Set(['diff', 'blame', 'status'])

/** Options of `git diff` and `git show` by which neither the repository nor a submodule of it starts a program. */
export const quietDiff = ['--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty']

/** `args` begins with the subcommand. Throws what `runProgram` throws; a non-zero exit is a value. */
export async function lookGit(
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const filters = readsWorkTree.has(args[0] ?? '') ? await withoutOwnFilters(options) : {}
  const settings = fixed.flatMap((entry) => ['-c', entry])
  return runProgram(['git', ...settings, ...args], {
    ...options,
    env: { ...environment, ...filters, ...options.env },
  })
}

/**
 * Switches off the filters which the repository itself defines; those of the person stay. By the environment, since a
 * name may hold what `-c` would split.
 */
async function withoutOwnFilters({ cwd, signal }: ProgramOptions): Promise<Record<string, string>> {
  const query = ['config', '--show-scope', '--includes', '--name-only', '-z']
  const { stdout } = await runProgram(['git', ...query, '--get-regexp', '^filter\\.'], {
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal ? { signal } : {}),
    env: environment,
  })
  const words = stdout.split('\0')
  const names = new Set<string>()
  for (let at = 0; at + 1 < words.length; at += 2) {
    const name = /^filter\.(.*)\.[^.]*$/s.exec(words[at + 1] ?? '')?.[1]
    // The person's own are global or of the system; `command` is what the environment says.
    if (name !== undefined && ['local', 'worktree'].includes(words[at] ?? '')) names.add(name)
  }
  const settings = [...names].flatMap((name) => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ])
  const given = Number.parseInt(process.env.GIT_CONFIG_COUNT ?? '', 10) || 0
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(given + settings.length)],
    ...settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${given + index}`, key],
      [`GIT_CONFIG_VALUE_${given + index}`, value],
    ]),
  ])
}
