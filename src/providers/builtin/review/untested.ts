/** Changed code that no test reaches, by calls, types and imports; without the index nobody can tell, and nothing is said. */
import { plural } from '../../../base/text.ts'
import type { Finding } from '../../../contract/review.ts'
import type { DefinitionChange } from '../changes.ts'
import type { FileDiff } from '../diff.ts'
import { impactOf } from '../graph-results.ts'
import { isCode, isTest } from '../languages.ts'
import { globPaths } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'

/** Added lines of code from which on a change without a test is worth a word. */
const untestedLines = 10
const maxAsked = 6
/** Calls and imports between a test and what it tests. */
const testDepth = 10

export function* untestedCode(
  files: readonly FileDiff[],
  changes: readonly DefinitionChange[],
  toolkit: Toolkit,
): Script<Finding[]> {
  const grown = grownFiles(files).slice(0, maxAsked)
  // Tests that start the whole program reach what no import leads to; who wrote one with the change knows better.
  if (grown.length === 0 || touchesTests(files)) return []
  const outcomes: Outcome[] = yield [
    ...toolkit.glob('**/*{test,Test,spec}*'),
    ...toolkit.glob('**/{e2e,integration,acceptance,functional,system}/**'),
    ...grown.flatMap((file) => toolkit.impact({ path: file.path }, testDepth)),
  ]
  const tests = globPaths(outcomes).filter((path) => isTest(path) && isCode(path))
  // Where nothing is tested, one more file without a test is no news.
  if (tests.length === 0) return []
  const untested = grown.filter((file) => {
    const impact = impactOf(outcomes, { path: file.path })
    if (!impact || impact.truncated || impact.tests.length > 0) return false
    if (impact.files.some((row) => isEntry(row.file)) && tests.some(startsProgram)) return false
    return testsNear(file.path, tests).length === 0
  })
  return findingOf(untested, changes)
}

function findingOf(untested: readonly FileDiff[], changes: readonly DefinitionChange[]): Finding[] {
  const [first] = untested
  if (!first) return []
  const names = changes
    .filter((change) => change.file === first.path && change.change !== 'removed')
    .map((change) => `\`${change.name}\``)
  const others = untested.length > 1 ? ` (and ${plural(untested.length - 1, 'more file')})` : ''
  const what = names.length === 0 ? 'this file' : `${[...new Set(names)].slice(0, 4).join(', ')}`
  return [
    {
      severity: 'info',
      file: first.path,
      line: 0,
      title: `Code changed that no test reaches${others}`,
      detail: `No test names or imports ${what}, nor anything that uses it.`,
    },
  ]
}

/** Tests that start the whole program reach what its entry points lead to, though they import nothing of it. */
function startsProgram(test: string): boolean {
  return /(^|\/)(e2e|integration|acceptance|functional|system)(\/|[._-])/.test(test)
}

function isEntry(path: string): boolean {
  return /(^|\/)(main|cli|index|app|server|__main__)\.\w+$/.test(path)
}

function touchesTests(files: readonly FileDiff[]): boolean {
  return files.some((file) => isTest(file.path) && file.status !== 'deleted')
}

function grownFiles(files: readonly FileDiff[]): FileDiff[] {
  return files.filter((file) => {
    if (!isCode(file.path) || isTest(file.path) || file.status === 'deleted') return false
    const lines = file.hunks.flatMap((hunk) => hunk.lines)
    const added = lines.filter((line) => line.type === '+' && line.text.trim() !== '')
    // Rust keeps its tests in the file.
    if (added.some((line) => /#\[(tokio::)?test\]/.test(line.text))) return false
    return added.length >= untestedLines
  })
}

/** Test files named for a source file: `src/a/loop.ts` has `test/a/loop.test.ts`, `tests/test_loop.py`, `loop_test.go`. */
export function testsNear(path: string, tests: readonly string[]): string[] {
  const stem = stemOf(path)
  return tests.filter((test) => isTest(test) && isCode(test) && testStem(test) === stem)
}

function stemOf(path: string): string {
  return (path.split('/').pop() ?? '').replace(/\.\w+$/, '').toLowerCase()
}

function testStem(path: string): string {
  return stemOf(path)
    .replace(/[._-]?(tests?|spec|e2e|suite)$/, '')
    .replace(/^test[._-]/, '')
}
