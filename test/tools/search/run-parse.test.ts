import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { failingOutput, parseReport } from '../../../src/tools/run/run-parse.ts'

const reports = join(import.meta.dir, 'reports')

interface Expected {
  passed: number
  failed: number
  skipped: number
  failures: string[]
  /** What must be in the failing output. */
  told: string
}

const subtracts = { passed: 1, failed: 1, skipped: 1 }

// Each file is what the runner printed for one test that passes, one that fails and one that is skipped.
const cases: Record<string, Expected> = {
  vitest: {
    ...subtracts,
    failures: ['t/v.test.js > math > subtracts'],
    told: 'expected 1 to be 3',
  },
  jest: { ...subtracts, failures: ['math › subtracts'], told: 'Received: 1' },
  mocha: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: ['math > subtracts', 'math > inner > fails too'],
    told: 'Error: boom',
  },
  ava: { ...subtracts, failures: ['subtracts'], told: 'Difference' },
  'node-tap': { ...subtracts, failures: ['subtracts'], told: "error: '1 == 3'" },
  'node-spec': { ...subtracts, failures: ['subtracts'], told: '1 == 3' },
  bun: { ...subtracts, failures: ['math > subtracts'], told: 'Expected: 3' },
  pytest: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: ['test_m.py::T::test_err', 'test_m.py::T::test_subtracts'],
    told: 'E   AssertionError: 1 != 3',
  },
  unittest: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: ['test_err (test_m.T.test_err)', 'test_subtracts (test_m.T.test_subtracts)'],
    told: "KeyError: 'x'",
  },
  cargo: { ...subtracts, failures: ['tests::subtracts'], told: 'left: 1' },
  go: { passed: 1, failed: 1, skipped: 0, failures: ['TestSubtracts'], told: 'got 1, want 3' },
  rspec: { ...subtracts, failures: ['./spec/m_spec.rb:3 # math subtracts'], told: 'got: 1' },
  maven: {
    ...subtracts,
    failures: ['MathTest.subtracts:9 expected: <3> but was: <1>'],
    told: 'expected: <3>',
  },
}

for (const [name, expected] of Object.entries(cases)) {
  test(`the report of ${name} is understood, whoever called it`, async () => {
    const output = await Bun.file(join(reports, `${name}.txt`)).text()
    const runner = name.split('-')[0]
    for (const hint of [runner, undefined]) {
      const report = parseReport(output, hint)
      const { told, ...counts } = expected
      expect(report).toMatchObject({ runner, ...counts })
      expect(failingOutput(output, report, 10_000)).toContain(told)
    }
  })
}

test('what went well is left out of the failing output', async () => {
  const output = await Bun.file(join(reports, 'cargo.txt')).text()
  const told = failingOutput(output, parseReport(output, 'cargo'), 10_000)
  expect(told).not.toContain('adds')
  expect(told).not.toContain('Compiling')
})

test('several summaries are added up', () => {
  const output =
    'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n' +
    'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n'
  expect(parseReport(output, undefined)).toMatchObject({ passed: 5, failed: 0, skipped: 1 })
})

test('output that is no report is not taken for one', () => {
  for (const output of ['', 'Ran 3 things', 'ok then', '3 passed the exam', 'FAILURE\n', 'Tests']) {
    expect(parseReport(output, undefined)).toBeUndefined()
  }
})
