/**
 * Runs every test, or those of the paths given, with `bun test`, and prints the figures as the last line, alone:
 * `N passed, N failed`. The executable is built first, once, since the end-to-end tests run it. The exit status is 0
 * only when something passed and nothing failed. Temporary files of the tests go with the run.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../src/base/remove-tree.ts'

const root = join(import.meta.dir, '..')
const testTimeoutMs = 30_000

interface Figures {
  passed: number
  failed: number
  skipped: number
}

const built = Bun.spawnSync([process.execPath, 'build.ts'], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
})
const figures: Figures =
  built.exitCode === 0
    ? await runTests(process.argv.slice(2))
    : { passed: 0, failed: 1, skipped: 0 }
if (figures.skipped > 0) console.log(`${figures.skipped} skipped (each says why)`)
console.log(`${figures.passed} passed, ${figures.failed} failed`)
process.exitCode = figures.failed === 0 && figures.passed > 0 ? 0 : 1

async function runTests(paths: string[]): Promise<Figures> {
  const temporary = mkdtempSync(join(tmpdir(), 'codi-tests-'))
  const child = Bun.spawn([process.execPath, 'test', `--timeout=${testTimeoutMs}`, ...paths], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdin: 'ignore',
    stdout: 'inherit',
    // `bun test` reports on stderr: shown as it comes, and read for its figures.
    stderr: 'pipe',
  })
  let report = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stderr) {
    process.stderr.write(chunk)
    report += decoder.decode(chunk, { stream: true })
  }
  const exitCode = await child.exited
  removeTree(temporary)
  const found = readReport(report)
  // A crash must not look like success.
  if (exitCode !== 0 && found.failed === 0) found.failed = 1
  return found
}

/** The report ends in a summary, one `N pass` a line; a run that crashed has none, then the lines of its tests count. */
function readReport(report: string): Figures {
  const end = report.lastIndexOf('\nRan ')
  if (end < 0) {
    const count = (mark: string) =>
      report.split('\n').filter((line) => line.startsWith(mark)).length
    return { passed: count('(pass) '), failed: count('(fail) ') + 1, skipped: count('(skip) ') }
  }
  const summary = report.slice(report.lastIndexOf('\n\n', end), end)
  const figure = (name: string) =>
    Number(new RegExp(`^ *(\\d+) ${name}$`, 'm').exec(summary)?.[1] ?? 0)
  return {
    passed: figure('pass'),
    failed: Math.max(figure('fail'), figure('errors?')),
    skipped: figure('skip') + figure('todo'),
  }
}
