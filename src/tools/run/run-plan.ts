/** What run_tests will run: a command given or found, narrowed by a filter where there is one. */
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CodiError } from '../../base/errors.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { findDirectory, type Place } from '../search/search-place.ts'
import { checkCommand } from './run-command.ts'
import { detectTests, planFor, type TestPlan } from './run-detect.ts'

export interface TestRequest {
  command?: string | undefined
  filter?: string | undefined
  cwd?: string | undefined
}

export interface TestRun {
  command: string
  cwd: Place
  runner: string | undefined
  filtered: boolean
  /** Other ways to run tests that were found. */
  others: string[]
}

const maxPackagesLookedAt = 50
const maxPackagesNamed = 8

export async function planRun(given: TestRequest, context: ToolContext): Promise<TestRun> {
  if (given.command !== undefined && given.command.trim() !== '') {
    const cwd = await checkCommand(context, { command: given.command, cwd: given.cwd })
    return finishPlan({ plan: planFor(given.command.trim()), others: [], cwd }, given.filter)
  }
  return finishPlan(await detect(context, given.cwd), given.filter)
}

interface Detected {
  plan: TestPlan
  others: string[]
  cwd: Place
}

/** Looks in the directory, then in those above it up to the workspace's own. */
async function detect(context: ToolContext, path: string | undefined): Promise<Detected> {
  const start = await findDirectory(context, path)
  const top = [context.workspace.root, ...context.workspace.added]
  for (let directory = start.absolute; ; directory = dirname(directory)) {
    const [plan, ...others] = await detectTests(directory)
    if (plan) {
      const shown = context.workspace.display(directory) || '.'
      const cwd = { absolute: directory, shown, isDirectory: true }
      return { plan, others: others.map((other) => other.command), cwd }
    }
    if (top.includes(directory) || dirname(directory) === directory) break
  }
  const below = await packagesBelow(start.absolute)
  const found =
    below.length === 0 ? '' : ` There are tests in ${below.join(', ')}: give one as cwd.`
  throw new CodiError(
    'not_found',
    `No tests were recognized in ${start.shown} (package.json, pyproject.toml, go.mod, Cargo.toml, Makefile …); give command, or cwd of the package to test.${found}`,
  )
}

/** Directories right below, and those of a `packages` directory, that show how their tests run. */
async function packagesBelow(directory: string): Promise<string[]> {
  const found: string[] = []
  for (const parent of ['.', 'packages', 'apps', 'crates', 'services', 'libs']) {
    const entries = await readdir(join(directory, parent), { withFileTypes: true }).catch(() => [])
    for (const entry of entries.slice(0, maxPackagesLookedAt)) {
      if (!entry.isDirectory() || /^(\.|node_modules$)/.test(entry.name)) continue
      const path = join(parent, entry.name)
      if ((await detectTests(join(directory, path))).length > 0) found.push(path)
      if (found.length === maxPackagesNamed) return found
    }
  }
  return found
}

async function finishPlan(
  { plan, others, cwd }: Detected,
  filter: string | undefined,
): Promise<TestRun> {
  const wanted = filter?.trim() ?? ''
  const command = wanted === '' ? plan.command : await narrow(plan, { filter: wanted, cwd })
  return { command, cwd, runner: plan.runner?.name, filtered: wanted !== '', others }
}

async function narrow(
  plan: TestPlan,
  { filter, cwd }: { filter: string; cwd: Place },
): Promise<string> {
  const { runner } = plan
  if (!runner) {
    throw new CodiError(
      'unsupported',
      `codi does not know which test runner \`${plan.command}\` calls, so filter cannot be applied; give the whole command instead`,
    )
  }
  const file = await fileFilter(filter, cwd)
  const narrowed = file === undefined ? runner.byName?.(filter) : runner.byPath?.(file)
  if (!narrowed) {
    const what = file === undefined ? 'the name of a test' : 'a file'
    throw new CodiError(
      'unsupported',
      `${runner.name} cannot be narrowed to ${what} here; give the whole command instead`,
    )
  }
  const all = runner.everything
  const base =
    file !== undefined && all !== undefined ? plan.command.replace(` ${all}`, '') : plan.command
  return `${base}${plan.separator}${narrowed.map(quote).join(' ')}`
}

/** The filter as a path relative to where the tests run, when there is such a file; `file::test` of pytest too. */
async function fileFilter(filter: string, cwd: Place): Promise<string | undefined> {
  const path = filter.split('::')[0] ?? ''
  const exists = await stat(join(cwd.absolute, path)).then(
    () => true,
    () => false,
  )
  return exists && path !== '' ? filter : undefined
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
