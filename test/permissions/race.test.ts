/** What changes between the question and its answer is not what was allowed. Real loop, gate and tools. */
import { expect, test } from 'bun:test'
import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { runCalls } from '../../src/agent/calls.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Person } from '../../src/contract/permission.ts'
import { openGate } from '../../src/permissions/gate.ts'
import { aliases } from '../../src/tools/aliases.ts'
import { allTools } from '../../src/tools/registry.ts'
import { contentText, openToolBench, type ToolBench } from '../support/tool-context.ts'

async function callWhile(
  bench: ToolBench,
  { name, input }: { name: string; input: JsonObject },
  asked: () => void,
): Promise<string> {
  const person: Person = {
    async permission() {
      asked()
      return { answer: 'once' }
    },
    question: async () => undefined,
  }
  const [outcome] = await runCalls(
    {
      tools: allTools,
      aliases,
      gate: openGate({ mode: 'ask', person: () => person }),
      context: () => ({ ...bench.context }),
      emit: () => undefined,
      record: () => 0,
    },
    [{ type: 'call', id: '1', name, input }],
    bench.context.signal,
  )
  if (!outcome) throw new Error('the call was not answered')
  return contentText({ content: outcome.result.content })
}

test('a link that is turned round while the question is open leads nowhere', async () => {
  await using bench = await openToolBench({ files: { 'safe/a.txt': '', 'other/a.txt': '' } })
  symlinkSync('safe', bench.path('link'))
  const said = await callWhile(
    bench,
    { name: 'write_file', input: { path: 'link/new.txt', content: 'x' } },
    () => {
      unlinkSync(bench.path('link'))
      symlinkSync('other', bench.path('link'))
    },
  )
  expect(said).toContain('changed while permission was asked')
  expect(await bench.exists('other/new.txt')).toBe(false)
  expect(await bench.exists('safe/new.txt')).toBe(false)
})

test('a command runs in the directory that was allowed, or nowhere', async () => {
  await using bench = await openToolBench({ files: { 'safe/a.txt': '', 'other/a.txt': '' } })
  symlinkSync('safe', bench.path('link'))
  const said = await callWhile(
    bench,
    { name: 'bash', input: { command: 'touch here', cwd: 'link' } },
    () => {
      unlinkSync(bench.path('link'))
      symlinkSync('other', bench.path('link'))
    },
  )
  // The sandbox service of this bench refuses every call, so that this message can only come from before it.
  expect(said).toContain('changed while permission was asked')
})

test('tests are run by the command that was allowed, or not', async () => {
  await using bench = await openToolBench({ files: { Makefile: 'test:\n\ttrue\n' } })
  const said = await callWhile(bench, { name: 'run_tests', input: {} }, () => {
    unlinkSync(bench.path('Makefile'))
    writeFileSync(bench.path('package.json'), '{"scripts": {"test": "touch evil"}}')
  })
  expect(said).toContain('changed while permission was asked')
})

test('what did not change is done', async () => {
  await using bench = await openToolBench()
  const said = await callWhile(
    bench,
    { name: 'write_file', input: { path: 'a.txt', content: 'x' } },
    () => undefined,
  )
  expect(said).toContain('Created a.txt')
})
