import { expect, test } from 'bun:test'
import { mkdir, readdir } from 'node:fs/promises'
import { recallResult } from '../../../src/tools/recall-result.ts'
import { bash } from '../../../src/tools/run/bash.ts'
import { openSandboxBench } from './sandbox-bench.ts'
import { openSearchBench } from './search-bench.ts'

test('a command runs in the workspace and its output is all that is said', async () => {
  await using bench = await openSandboxBench({ files: { 'src/a.ts': '' } })
  const result = await bench.run(bash, { command: 'pwd; ls; echo err >&2' })
  expect(result.content).toBe(`${bench.root}\nsrc\nerr`)
  expect(result.isError).toBe(false)
  expect(await bench.say(bash, { command: 'pwd', cwd: 'src' })).toBe(`${bench.root}/src`)
  expect(await bench.say(bash, { command: 'true' })).toBe('(no output)')
})

test('a failing command is an error with its exit code first', async () => {
  await using bench = await openSandboxBench()
  const result = await bench.run(bash, { command: 'echo broken; exit 3' })
  expect(result.content).toBe('[exit code 3]\nbroken')
  expect(result.isError).toBe(true)
  expect(result.data).toMatchObject({ exitCode: 3, timedOut: false, truncated: false })
  expect(result.detail).toEqual({ type: 'output', text: 'broken\n', exitCode: 3 })
  expect(await bench.say(bash, { command: 'kill -9 $$' })).toContain('killed by SIGKILL')
})

test('a command that takes too long is ended with what it said until then', async () => {
  await using bench = await openSandboxBench()
  const result = await bench.run(bash, { command: 'echo before; sleep 60', timeout: 300 })
  expect(result.content).toMatch(/^\[timed out after 300 ms.*\]\nbefore$/)
  expect(result.isError).toBe(true)
})

test('an interrupt ends it and is said', async () => {
  const started = Promise.withResolvers<void>()
  await using bench = await openSandboxBench({ onEvent: () => started.resolve() })
  const controller = new AbortController()
  const over = { signal: controller.signal }
  const running = bench.run(bash, { command: 'echo started; sleep 60' }, over)
  await started.promise
  controller.abort()
  const result = await running
  expect(result.content).toContain('interrupted by the user')
  expect(result.isError).toBe(true)
})

test('long output is cut in the middle and all of it can be recalled', async () => {
  await using bench = await openSandboxBench()
  const result = await bench.run(bash, { command: 'seq 1 100000' })
  expect(String(result.content).length).toBeLessThan(31_000)
  expect(result.content).toContain('1\n2\n3\n')
  expect(result.content).toContain('\n100000\n')
  const id = (result.data as { keptAs: string }).keptAs
  expect(result.content).toContain(`recall_result {"id":"${id}"} has all of it`)
  const page = await bench.run(recallResult, { id, offset: 50_000, limit: 2 })
  expect(page.content).toBe(
    '50000\t50000\n50001\t50001\n[lines 50000-50001 of 100,000; offset 50002 goes on]',
  )
  expect(await readdir(bench.context.results.directory)).toEqual([`${id}.bash.txt`])
})

test('colours and redrawn lines are left out for the model', async () => {
  await using bench = await openSandboxBench()
  const command = "printf '\\033[31mred\\033[0m\\n10%%\\r50%%\\r100%%\\ndone\\r\\n'"
  expect(await bench.say(bash, { command })).toBe('red\n100%\ndone')
})

test('the request names command, directory and summary', async () => {
  await using bench = await openSandboxBench({ files: { 'src/a.ts': '' } })
  const request = await bash.request?.({ command: 'npm  test', cwd: 'src' }, bench.context)
  expect(request).toEqual({
    summary: 'run npm test in src',
    command: 'npm  test',
    cwd: bench.path('src'),
    paths: [bench.path('src')],
    hosts: [],
  })
})

test('bad input never reaches the shell', async () => {
  await using bench = await openSearchBench({ files: { 'a.txt': '' } })
  await mkdir(bench.path('d'))
  const refuse = (input: object) => expect(bench.run(bash, input)).rejects
  await refuse({ command: ' ' }).toMatchObject({ kind: 'invalid' })
  await refuse({ command: 'a\0b' }).toMatchObject({ kind: 'invalid' })
  await refuse({ command: `: ${'x'.repeat(130_000)}` }).toThrow('write it to a file')
  await refuse({ command: 'ls', cwd: '/' }).toMatchObject({ kind: 'outside' })
  await refuse({ command: 'ls', cwd: 'a.txt' }).toThrow('is a file')
  await refuse({ command: 'ls', cwd: 'dd' }).toThrow('did you mean d')
})
