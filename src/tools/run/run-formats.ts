/**
 * How test runners report: where the summary stands, what its numbers are, how a failure is named, where the details
 * begin and which lines only say that something went well. Data; read by run-parse.ts.
 */

export interface ReportFormat {
  /** As in run-runners.ts. */
  runner: string
  summary: RegExp
  /** Several summaries (workspaces, binaries) are added up. All numbers are looked for inside a summary. */
  passed?: RegExp
  /** Lines of tests that passed, for a runner that counts only the others. */
  passedLines?: RegExp
  failed: readonly RegExp[]
  skipped?: readonly RegExp[]
  /** Where the runner tells how many ran instead of how many passed. */
  total?: RegExp
  /** What is counted, where it is not tests. */
  unit?: string
  /** Group 1 is the name. */
  failure: RegExp
  /** First line of the part that tells about failures. */
  details?: RegExp
  /** Lines about what went well. */
  noise?: RegExp
}

export const reportFormats: readonly ReportFormat[] = [
  {
    runner: 'vitest',
    summary: /^ *Tests {2,}(?:no tests|\d+ (?:failed|passed|skipped|todo)\b.*)$/gm,
    passed: /(\d+) passed/,
    failed: [/(\d+) failed/],
    skipped: [/(\d+) skipped/, /(\d+) todo/],
    failure: /^ *FAIL +(.+)$/gm,
    details: /^.*Failed (?:Tests|Suites) \d+.*$/m,
  },
  {
    runner: 'jest',
    summary: /^Tests: .*\d+ total$/gm,
    passed: /(\d+) passed/,
    failed: [/(\d+) failed/],
    skipped: [/(\d+) skipped/, /(\d+) todo/],
    failure: /^ *● (?!Console$)(.+)$/gm,
    details: /^ *● (?!Console$).+$/m,
  },
  {
    runner: 'mocha',
    summary: /^ *\d+ passing\b.*(?:\n *\d+ (?:pending|failing))*/gm,
    passed: /(\d+) passing/,
    failed: [/(\d+) failing/],
    skipped: [/(\d+) pending/],
    failure: /^ {2}\d+\) (.+(?:\n {5,}.+)*?):$/gm,
    details: /^ *\d+ failing$/m,
  },
  {
    runner: 'node',
    summary: /^(?:#|ℹ) tests \d+\n[\s\S]*?^(?:#|ℹ) skipped \d+/gm,
    passed: /^\S+ pass (\d+)/m,
    failed: [/^\S+ fail (\d+)/m, /^\S+ cancelled (\d+)/m],
    skipped: [/^\S+ skipped (\d+)/m],
    failure:
      /(?:^✖ (?!failing tests)(.+?) \([\d.]+ms\)$|^ *not ok \d+ - (.+)\n(?! *---\n *duration_ms: .*\n *type: 'suite'))/gm,
    details: /^✖ failing tests:$/m,
    noise: /^ *(?:✔ |▶ |ok \d+ )/,
  },
  {
    runner: 'bun',
    summary: /^ *\d+ pass$(?:\n *\d+ (?:skip|todo|fail)$)*/gm,
    passed: /(\d+) pass/,
    failed: [/(\d+) fail/],
    skipped: [/(\d+) skip/, /(\d+) todo/],
    failure: /^\(fail\) (.+?)(?: \[[\d.]+m?s\])?$/gm,
    noise: /^(?:\((?:pass|skip|todo)\) .*)$/,
  },
  {
    runner: 'ava',
    summary: /^ *\d+ tests? (?:failed|passed|skipped|todo)(?:\n *\d+ tests? \w+)*$/gm,
    passed: /(\d+) tests? passed/,
    failed: [/(\d+) tests? failed/],
    skipped: [/(\d+) tests? skipped/, /(\d+) tests? todo/],
    passedLines: /^ *✔ /gm,
    failure: /^ *✘ \[fail\]: (.+)$/gm,
    noise: /^ *✔ /,
  },
  {
    runner: 'pytest',
    summary: /^=* ?(?:\d+ [a-z]+(?:, )?)+ in [\d.]+s.*$/gm,
    passed: /(\d+) passed/,
    failed: [/(\d+) failed/, /(\d+) errors?/],
    skipped: [/(\d+) skipped/, /(\d+) xfailed/],
    failure: /^(?:FAILED|ERROR) (\S+(?:::.*?)?)(?: - .*)?$/gm,
    details: /^=+ (?:FAILURES|ERRORS) =+$/m,
  },
  {
    runner: 'unittest',
    summary: /^Ran \d+ tests? in .*\n+(?:OK|FAILED).*$/gm,
    total: /Ran (\d+)/,
    failed: [/failures=(\d+)/, /errors=(\d+)/],
    skipped: [/skipped=(\d+)/],
    failure: /^(?:FAIL|ERROR): (.+)$/gm,
    details: /^={70}$/m,
  },
  {
    runner: 'go',
    summary: /^(?:ok\s+\S+\s+(?:\(cached\)|[\d.]+s)|FAIL\t|--- FAIL: ).*$/gm,
    passed: /^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)/,
    failed: [/^--- FAIL: /, /^FAIL\s+\S+ \[build failed\]/],
    unit: 'package',
    failure: /^ *--- FAIL: (\S+)/gm,
    noise: /^(?:ok\s+\S+\s|\?\s+\S+\s|=== (?:RUN|PAUSE|CONT|NAME)\s| *--- PASS: )/,
  },
  {
    runner: 'cargo',
    summary: /^test result: .*$|^ *Summary \[.*\] .*$/gm,
    passed: /(\d+) passed/,
    failed: [/(\d+) failed/, /(\d+) timed out/],
    skipped: [/(\d+) ignored/, /(\d+) skipped/],
    failure: /^(?:test (.+?) \.\.\. FAILED| *FAIL \[[^\]]*\] (?:\([^)]*\) )?(.+))$/gm,
    details: /^failures:$/m,
    noise: /^(?:test .+ \.\.\. (?:ok|ignored.*)| *PASS \[.*)$/,
  },
  {
    runner: 'rspec',
    summary: /^\d+ examples?, \d+ failures?.*$/gm,
    total: /(\d+) examples?/,
    failed: [/(\d+) failures?/],
    skipped: [/(\d+) pending/],
    failure: /^rspec (\S+.*)$/gm,
    details: /^Failures:$/m,
  },
  {
    runner: 'phpunit',
    summary: /^(?:OK \(\d+ tests?.*|Tests: \d+, Assertions: .*)$/gm,
    total: /(?:OK \(|Tests: )(\d+)/,
    failed: [/Failures: (\d+)/, /Errors: (\d+)/],
    skipped: [/Skipped: (\d+)/, /Incomplete: (\d+)/],
    failure: /^\d+\) (\S+::\S+.*)$/gm,
    details: /^There (?:was|were) \d+ (?:failure|error)s?:$/m,
  },
  {
    runner: 'dotnet',
    summary: /^(?:Passed|Failed)!\s+-\s+Failed:.*$/gm,
    passed: /Passed:\s*(\d+)/,
    failed: [/Failed:\s*(\d+)/],
    skipped: [/Skipped:\s*(\d+)/],
    failure: /^ *Failed (\S+.*?) \[[^\]]+\]$/gm,
  },
  {
    runner: 'maven',
    summary: /^(?:\[\w+\] *)?Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+\s*$/gm,
    total: /Tests run: (\d+)/,
    failed: [/Failures: (\d+)/, /Errors: (\d+)/],
    skipped: [/Skipped: (\d+)/],
    failure: /^\[ERROR\] {3}(\S+\.\S+:\d+.*)$/gm,
    details: /^\[ERROR\] (?:Failures|Errors):\s*$/m,
  },
  {
    runner: 'gradle',
    summary: /^\d+ tests? completed.*$/gm,
    total: /(\d+) tests? completed/,
    failed: [/(\d+) failed/],
    skipped: [/(\d+) skipped/],
    failure: /^(.+ > .+) FAILED$/gm,
    noise: /^> Task .*$/,
  },
  {
    runner: 'deno',
    summary: /^(?:ok|FAILED) \| \d+ passed.*$/gm,
    passed: /(\d+) passed/,
    failed: [/(\d+) failed/],
    skipped: [/(\d+) ignored/],
    failure: /^(.+) => \S+:\d+:\d+$/gm,
    details: /^ *ERRORS *$/m,
    noise: /\.\.\. ok \(/,
  },
  {
    runner: 'mix',
    summary: /^(?:\d+ doctests?, )?\d+ tests?, \d+ failures?.*$/gm,
    total: /(\d+) tests?,/,
    failed: [/(\d+) failures?/],
    skipped: [/(\d+) skipped/],
    failure: /^ +\d+\) test (.+)$/gm,
  },
  {
    runner: 'swift',
    summary: /^Test Suite 'All tests' .*\n\s*Executed \d+ tests?.*$/gm,
    total: /Executed (\d+) tests?/,
    failed: [/with (\d+) failures?/],
    failure: /^Test Case '(.+)' failed/gm,
    noise: /^Test (?:Case|Suite) .*(?:started|passed)/,
  },
]
