/** Runs the tests of a project and tells what failed, before everything else. */
import { Type } from '@sinclair/typebox'
import { formatCount, formatDuration } from '../../base/text.ts'
import type { Tool, ToolContext, ToolResult } from '../../contract/tool.ts'
import {
  clampTimeout,
  commandRequest,
  didFail,
  endingText,
  type FinishedCommand,
  plainOutput,
  runShell,
  sandboxText,
} from './run-command.ts'
import { failingOutput, parseReport, type TestReport } from './run-parse.ts'
import { planRun, type TestRun } from './run-plan.ts'
import text from './run-tests.md' with { type: 'text' }
import { escalateInput, wideningOf } from './widening.ts'

const input = Type.Object({
  command: Type.Optional(Type.String()),
  filter: Type.Optional(Type.String({ description: 'test name or file' })),
  timeout: Type.Optional(Type.Number({ description: 'milliseconds, default 300000' })),
  cwd: Type.Optional(Type.String()),
  escalate: Type.Optional(escalateInput),
})

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
    const widening = await wideningOf(given.escalate, run.cwd.absolute)
    return commandRequest(run.command, run.cwd, widening)
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

async function describe(
  context: ToolContext,
  run: TestRun,
  { finished, timeoutMs }: { finished: FinishedCommand; timeoutMs: number },
): Promise<ToolResult> {
  const { result } = finished
  const output = plainOutput(result.output).trim()
  const report = parseReport(output, run.runner)
  const noneRan = report !== undefined && report.passed + report.failed === 0
  const failed = didFail(result) || (report?.failed ?? 0) > 0 || (noneRan && run.filtered)
  const told = failed ? failingOutput(output, report, maxFailingChars) : quietOutput(output, report)
  const keptAs = finished.keptAs ?? (await keep(context, output, told))
  const where = run.cwd.shown === '.' ? '' : ` in ${run.cwd.shown}`
  const ended = result.timedOut || result.cancelled || result.exitCode === null
  const parts = [
    `${summary(report, failed)}: \`${run.command}\`${where} (${exitText(finished)}${formatDuration(result.durationMs)})`,
    ended ? endingText(result, timeoutMs) : '',
    ...sandboxText(result),
    noneRan && run.filtered ? '[no test matches the filter]' : '',
    failureList(report),
    told,
    keptAs === undefined ? '' : `[whole output: recall_result {"id":"${keptAs}"}]`,
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
