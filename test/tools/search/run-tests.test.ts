import { expect, test } from 'bun:test'
import { detectTests } from '../../../src/tools/run/run-detect.ts'
import { runTests } from '../../../src/tools/run/run-tests.ts'
import { openSandboxBench } from './sandbox-bench.ts'
import { openSearchBench } from './search-bench.ts'

const nodeTest = `
const { test } = require('node:test')
const assert = require('node:assert')
test('adds', () => assert.equal(1 + 1, 2))
test('subtracts', () => assert.equal(2 - 1, 3))
`
const nodePackage = '{"scripts":{"test":"node --test"}}'

test('the tests of a package are found and run, and what failed is said first', async () => {
  await using bench = await openSandboxBench({
    files: { 'package.json': nodePackage, 'test/a.test.js': nodeTest },
  })
  const result = await bench.run(runTests, {})
  expect(result.isError).toBe(true)
  expect(result.content).toMatch(
    /^1 failed, 1 passed: `npm test` \(exit code 1, .*\)\nFailed:\n {2}subtracts\n/,
  )
  expect(result.data).toMatchObject({ passed: 1, failed: 1, failures: ['subtracts'], exitCode: 1 })
  const { keptAs } = result.data as { keptAs: string }
  expect(await Bun.file(bench.context.results.path(keptAs) ?? '').text()).toContain('adds')
})

test('a success is one line', async () => {
  const files = { 'package.json': nodePackage, 'a.test.js': nodeTest.replace('2 - 1', '4 - 1') }
  await using bench = await openSandboxBench({ files })
  const result = await bench.run(runTests, {})
  expect(result.isError).toBe(false)
  expect(String(result.content).split('\n')[0]).toMatch(/^2 passed: `npm test` \(/)
})

test('filter narrows to a test by name or to a file', async () => {
  const file = (name: string) =>
    `import { test, expect } from 'bun:test'\ntest('${name} one', () => {})\ntest('${name} two', () => expect(1).toBe(2))`
  await using bench = await openSandboxBench({
    files: { 'a.test.ts': file('a'), 'b.test.ts': file('b') },
  })
  const command = `${process.execPath} test`
  const byName = await bench.run(runTests, { command, filter: 'b one' })
  expect(byName.data).toMatchObject({ passed: 1, failed: 0 })
  const byFile = await bench.run(runTests, { command, filter: './a.test.ts' })
  expect(byFile.data).toMatchObject({ passed: 1, failed: 1, failures: ['a two'] })
  const none = await bench.run(runTests, { command, filter: 'zzz' })
  expect(none.isError).toBe(true)
})

test('a command that is not understood is judged by its exit status', async () => {
  await using bench = await openSandboxBench()
  const good = await bench.run(runTests, { command: 'echo fine' })
  expect(good).toMatchObject({ isError: false, data: { passed: null } })
  expect(good.content).toContain('fine')
  const bad = await bench.run(runTests, { command: 'echo broken; exit 7' })
  expect(bad.isError).toBe(true)
  expect(bad.content).toMatch(/^Tests failed: .*exit code 7, [\s\S]*broken/)
})

test('tests that do not end are stopped and said', async () => {
  await using bench = await openSandboxBench()
  const result = await bench.run(runTests, { command: 'echo begun; sleep 60', timeout: 200 })
  expect(result.content).toContain('timed out after 200 ms')
  expect(result.content).toContain('begun')
  expect(result.isError).toBe(true)
})

test('runners see that nobody watches', async () => {
  await using bench = await openSandboxBench()
  expect(await bench.say(runTests, { command: 'echo CI=$CI' })).toContain('CI=true')
})

test('the request shows exactly what will run and where', async () => {
  await using bench = await openSearchBench({
    files: {
      'package.json': '{"scripts":{"test":"vitest"}}',
      'pnpm-lock.yaml': '',
      'src/a.ts': '',
    },
  })
  const ask = (input: object) => runTests.request?.(input, bench.context)
  expect(await ask({})).toMatchObject({ command: 'pnpm test', cwd: bench.root })
  expect(await ask({ cwd: 'src' })).toMatchObject({ command: 'pnpm test', cwd: bench.root })
  expect(await ask({ filter: "it's; rm" })).toMatchObject({
    command: "pnpm test -t 'it'\\''s; rm'",
  })
  expect(await ask({ filter: 'src/a.ts' })).toMatchObject({ command: 'pnpm test src/a.ts' })
})

test('the usual projects are recognized', async () => {
  const detected = async (files: Record<string, string>) => {
    await using bench = await openSearchBench({ files })
    return (await detectTests(bench.root)).map((plan) => plan.command)
  }
  const scripts = '{"scripts":{"test":"jest"}}'
  expect(await detected({ 'package.json': scripts })).toEqual(['npm test'])
  expect(await detected({ 'package.json': scripts, 'yarn.lock': '' })).toEqual(['yarn test'])
  expect(await detected({ 'package.json': scripts, 'bun.lock': '' })).toEqual(['bun run test'])
  expect(
    await detected({
      'package.json': '{"devDependencies":{"vitest":"1"},"packageManager":"yarn@4"}',
    }),
  ).toEqual(['yarn vitest run'])
  expect(
    await detected({
      'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\""}}',
    }),
  ).toEqual([])
  expect(await detected({ 'package.json': 'not json' })).toEqual([])
  expect(await detected({ 'pytest.ini': '' })).toEqual(['python3 -m pytest'])
  expect(await detected({ 'pyproject.toml': '', 'uv.lock': '', 'tests/conftest.py': '' })).toEqual([
    'uv run pytest',
  ])
  expect(await detected({ 'go.mod': '' })).toEqual(['go test ./...'])
  expect(await detected({ 'Cargo.toml': '', Makefile: 'test:\n\tcargo test\n' })).toEqual([
    'cargo test',
    'make test',
  ])
  expect(await detected({ Makefile: 'test := 1\n' })).toEqual([])
  expect(await detected({ 'pom.xml': '' })).toEqual(['mvn test'])
})

test('a file of go narrows to its package', async () => {
  await using bench = await openSearchBench({ files: { 'go.mod': '', 'pkg/a_test.go': '' } })
  const ask = (filter: string) => runTests.request?.({ filter }, bench.context)
  expect(await ask('pkg/a_test.go')).toMatchObject({ command: 'go test ./pkg' })
  expect(await ask('TestA')).toMatchObject({ command: 'go test ./... -run TestA' })
})

test('where nothing is recognized or cannot be narrowed, that is said with what to do', async () => {
  await using bench = await openSearchBench({ files: { 'a.txt': '', Makefile: 'test:\n' } })
  await using empty = await openSearchBench()
  await expect(empty.run(runTests, {})).rejects.toThrow(/No tests were recognized.*give command/)
  await empty.write('app/package.json', nodePackage)
  await empty.write('packages/core/go.mod', '')
  await expect(empty.run(runTests, {})).rejects.toThrow('tests in app, packages/core')
  await expect(bench.run(runTests, { filter: 'x' })).rejects.toThrow('give the whole command')
  await expect(bench.run(runTests, { cwd: '..' })).rejects.toMatchObject({ kind: 'outside' })
})
