/** Runs the tests of a project and tells what failed, before everything else. */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { formatCount, formatDuration } from '../base/text.ts'
import type { Tool, ToolContext, ToolResult } from '../contract/tool.ts'
import {
  checkCommand,
  clampTimeout,
  commandRequest,
  didFail,
  endingText,
  type FinishedCommand,
  plainOutput,
  runShell,
} from './run-command.ts'
import { detectTests, planFor, type TestPlan } from './run-detect.ts'
import { failingOutput, parseReport, type TestReport } from './run-parse.ts'
import text from './run-tests.md' with { type: 'text' }
import { findDirectory, type Place } from './search-place.ts'

const input = Type.Object({
  command: Type.Optional(Type.String()),
  filter: Type.Optional(Type.String({ description: 'test name or file' })),
  timeout: Type.Optional(Type.Number({ description: 'milliseconds, default 300000' })),
  cwd: Type.Optional(Type.String()),
})
type Input = Static<typeof input>

const defaultTimeoutMs = 300_000
/** Enough to find every failure in; what the model reads of it is far less. */
const maxOutputBytes = 2 * 1024 * 1024
const maxFailingChars = 12_000
const maxUnparsedChars = 8000
const maxNamesShown = 50

export const runTests: Tool<typeof input> = {
  name: 'run_tests',
  text,
  input,
  effect: 'execute',
  async request(given, context) {
    const run = await planRun(given, context)
    return commandRequest(run.command, run.cwd)
  },
  async run(given, context) {
    const run = await planRun(given, context)
    const timeoutMs = clampTimeout(given.timeout, defaultTimeoutMs)
    const finished = await runShell(context, {
      tool: 'run_tests',
      command: run.command,
      cwd: run.cwd,
      timeoutMs,
      maxOutputBytes,
      // Runners that would wait for changes or ask run once instead.
      env: { CI: 'true' },
    })
    return describe(context, run, { finished, timeoutMs })
  },
}

interface TestRun {
  command: string
  cwd: Place
  runner: string | undefined
  /** Other ways to run tests that were found. */
  others: string[]
}

async function planRun(given: Input, context: ToolContext): Promise<TestRun> {
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
  throw new CodiError(
    'not_found',
    `No tests were recognized in ${start.shown} (package.json, pyproject.toml, go.mod, Cargo.toml, Makefile …); give command, or cwd of the package to test`,
  )
}

async function finishPlan(
  { plan, others, cwd }: Detected,
  filter: string | undefined,
): Promise<TestRun> {
  const wanted = filter?.trim() ?? ''
  const command = wanted === '' ? plan.command : await narrow(plan, { filter: wanted, cwd })
  return { command, cwd, runner: plan.runner?.name, others }
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

async function describe(
  context: ToolContext,
  run: TestRun,
  { finished, timeoutMs }: { finished: FinishedCommand; timeoutMs: number },
): Promise<ToolResult> {
  const { result } = finished
  const output = plainOutput(result.output).trim()
  const report = parseReport(output, run.runner)
  const failed = didFail(result) || (report?.failed ?? 0) > 0
  const told = failed ? failingOutput(output, report, maxFailingChars) : quietOutput(output, report)
  const keptAs = finished.keptAs ?? (await keep(context, output, told))
  const where = run.cwd.shown === '.' ? '' : ` in ${run.cwd.shown}`
  const ended = result.timedOut || result.cancelled || result.exitCode === null
  const parts = [
    `${summary(report, failed)}: \`${run.command}\`${where} (${exitText(finished)}${formatDuration(result.durationMs)})`,
    ended ? endingText(result, timeoutMs) : '',
    failureList(report),
    told,
    keptAs === undefined ? '' : `[whole output: recall_result ${keptAs}]`,
    failed && run.others.length > 0 ? `[tests may also be run by: ${run.others.join(', ')}]` : '',
  ]
  return {
    content: parts.filter((part) => part !== '').join('\n'),
    detail: { type: 'output', text: told || output, exitCode: result.exitCode },
    data: {
      command: run.command,
      exitCode: result.exitCode,
      timedOut: result.timedOut,
      cancelled: result.cancelled,
      durationMs: result.durationMs,
      runner: report?.runner ?? run.runner ?? null,
      passed: report?.passed ?? null,
      failed: report?.failed ?? null,
      skipped: report?.skipped ?? null,
      failures: report?.failures ?? [],
      keptAs: keptAs ?? null,
    },
    isError: failed,
  }
}

function summary(report: TestReport | undefined, failed: boolean): string {
  if (!report) return failed ? 'Tests failed' : 'Tests passed'
  const parts: string[] = []
  if (report.failed > 0) parts.push(`${report.failed} failed`)
  const unit =
    report.unit === 'test' ? '' : ` ${report.passed === 1 ? report.unit : `${report.unit}s`}`
  parts.push(`${report.passed}${unit} passed`)
  if (report.skipped > 0) parts.push(`${report.skipped} skipped`)
  const counts = parts.join(', ')
  return failed && report.failed === 0 ? `The run failed, ${counts}` : counts
}

function exitText({ result }: FinishedCommand): string {
  if (result.exitCode === null || result.exitCode === 0) return ''
  return `exit code ${result.exitCode}, `
}

function failureList(report: TestReport | undefined): string {
  if (!report || report.failures.length === 0) return ''
  const shown = report.failures.slice(0, maxNamesShown)
  const more = report.failures.length - shown.length
  const rest = more > 0 ? [`  … ${formatCount(more)} more`] : []
  return ['Failed:', ...shown.map((name) => `  ${name}`), ...rest].join('\n')
}

/** After a success nothing needs to be read, unless the report was not understood. */
function quietOutput(output: string, report: TestReport | undefined): string {
  return report ? '' : failingOutput(output, undefined, maxUnparsedChars)
}

async function keep(
  context: ToolContext,
  output: string,
  told: string,
): Promise<string | undefined> {
  if (output.length <= told.length) return undefined
  return context.results
    .put(output, { tool: 'run_tests', callId: context.callId })
    .catch(() => undefined)
}
