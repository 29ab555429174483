/** Sessions of other programs become sessions of codi: what was said, asked for and answered, and nothing else. */
import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '../../../src/contract/message.ts'
import type { Entry } from '../../../src/contract/session.ts'
import { glance } from '../../../src/sessions/transfer/sources.ts'
import {
  claudeLine,
  claudeSession,
  codexSession,
  earlierSession,
  jsonl,
  oldCodexSession,
  piSession,
} from './foreign-sessions.ts'
import { said, take } from './reading.ts'

const lost = 'Interrupted: the session that was imported holds no result of this call.'

test('a session of Claude Code: the last branch, answers in one piece, calls side by side with their results', async () => {
  const { outcome, path, entries } = await take(claudeSession)
  expect(outcome).toMatchObject({
    program: 'claude',
    state: 'imported',
    sourceId: 'c1a0de00-0000-4000-8000-000000000001',
    cwd: '/home/ada/shop',
    title: 'Find the rounding error',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    calls: 3,
    images: 1,
    compactions: 1,
    from: Date.parse('2026-03-01T10:00:01.000Z'),
    to: Date.parse('2026-03-01T10:00:15.000Z'),
    leftOut: {
      'broken lines': 1,
      'messages of sub-agents': 1,
      'messages of other branches': 1,
      'notes of Claude Code itself': 2,
    },
  })
  const before = path.slice(
    0,
    path.findIndex((entry) => entry.type === 'compaction'),
  )
  expect(said(before)).toEqual([
    'user: Why is the total wrong?',
    'user: image/png',
    'thinking: Look at the cart first.',
    'assistant: I read two files.',
    'call Read {"file_path":"/home/ada/shop/cart.js"}',
    'call Bash {"command":"npm test"}',
    'result of Read: let total = 0',
    'error of Bash: 1 failed',
    'assistant: It is rounded twice.',
  ])
  expect(said(path).slice(-3)).toEqual([
    'user: Mend it.',
    'call Edit {"file_path":"cart.js","old_string":"a","new_string":"b"}',
    `error of Edit: ${lost}`,
  ])
  expect(path.find((entry) => entry.type === 'compaction')).toMatchObject({
    summary: 'The total was rounded twice.',
    by: 'budget',
    tokensBefore: 155025,
  })
  expect(entries[0]).toMatchObject({
    type: 'session',
    id: 0,
    importedFrom: { program: 'claude', id: 'c1a0de00-0000-4000-8000-000000000001' },
  })
  // The tokens of an answer in three lines count once.
  const usages = path.flatMap((entry) =>
    entry.type === 'message' && entry.usage ? [entry.usage] : [],
  )
  expect(usages).toHaveLength(3)
  expect(usages[0]).toEqual({
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 50,
    cacheWriteTokens: 7,
    reasoningTokens: 0,
  })
})

test('a session of Codex: patches, exit statuses, tokens told twice, prompts that were rolled back', async () => {
  const { outcome, path, entries } = await take(codexSession)
  expect(outcome).toMatchObject({
    program: 'codex',
    sourceId: '019c0de0-0000-7000-8000-000000000002',
    provider: 'openai',
    model: 'gpt-5.2-codex',
    images: 1,
    compactions: 1,
    leftOut: {
      'notes of Codex itself': 2,
      'encrypted summaries': 1,
      'encrypted thoughts': 1,
    },
  })
  const before = path.slice(
    0,
    path.findIndex((entry) => entry.type === 'compaction'),
  )
  expect(said(before)).toEqual([
    'user: List the files',
    'user: image/png',
    'thinking: **Listing**',
    'call shell {"command":["bash","-lc","ls"]}',
    expect.stringContaining('call apply_patch {"input":"*** Begin Patch'),
    'result of shell: cart.js\n',
    'error of apply_patch: no such directory',
    'assistant: There is cart.js.',
  ])
  expect(said(path).slice(-3)).toEqual(['user: Go on', 'call shell {}', `error of shell: ${lost}`])
  // What was rolled back is in the history, off the path.
  expect(JSON.stringify(entries)).toContain('A prompt that is taken back')
  expect(JSON.stringify(path)).not.toContain('A prompt that is taken back')
  const [first, second] = path.flatMap((entry) =>
    entry.type === 'message' && entry.usage ? [entry.usage] : [],
  )
  expect(first).toEqual({
    inputTokens: 100,
    outputTokens: 30,
    cacheReadTokens: 40,
    cacheWriteTokens: 0,
    reasoningTokens: 5,
  })
  expect(second?.inputTokens).toBe(160)
  const ids = calls(path).map((call) => call.id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a session of the first Codex, without wrapping', async () => {
  const { outcome, path } = await take(oldCodexSession)
  expect(outcome).toMatchObject({
    program: 'codex',
    sourceId: '019c0de0-0000-7000-8000-000000000003',
    messages: 2,
  })
  expect(said(path)).toEqual(['user: hello', 'assistant: Hello.'])
})

test('a session that Codex has compressed, and one whose compression is cut off', async () => {
  const packed = Bun.zstdCompressSync(codexSession)
  const { path } = await take(packed, 'rollout-1.jsonl.zst')
  expect(said(path)).toEqual(said((await take(codexSession)).path))
  await expect(take(packed.subarray(0, 40), 'rollout-2.jsonl.zst')).rejects.toThrow('Cannot import')
})

test('a session of pi: the last branch of its tree, a compaction with what it kept, models that change', async () => {
  const { outcome, path, entries } = await take(piSession)
  expect(outcome).toMatchObject({
    program: 'pi',
    sourceId: 'a1b2c3d4-0000-4000-8000-000000000004',
    title: 'Two files',
    provider: 'anthropic',
    model: 'claude-opus-4-5',
    leftOut: { 'messages of other branches': 1 },
  })
  const before = path.filter((entry) => entry.type === 'message' || entry.type === 'result')
  expect(said(before)).toEqual([
    'user: First',
    'thinking: Hm.',
    'call bash {"command":"ls"}',
    'result of bash: a\n|image',
    'user: Summary of a branch that was left:\n\nWe tried that.',
    'user: Second',
    'assistant: Kept',
    'user: I ran `make`:\n\n```\nok\n```',
    'user: Third',
  ])
  const compaction = path.find((entry) => entry.type === 'compaction')
  const kept = path.find(
    (entry) => compaction?.type === 'compaction' && entry.id === compaction.keptFrom,
  )
  expect(kept).toMatchObject({ message: { content: [{ text: 'Second' }] } })
  expect(entries.filter((entry) => entry.type === 'model')).toMatchObject([
    { provider: 'openai', model: 'gpt-5.2' },
  ])
  expect(
    path.flatMap((entry) => (entry.type === 'message' && entry.costUsd ? [entry.costUsd] : [])),
  ).toEqual([0.25, 0.25])
})

test('a session of the earlier Codi: one document, its summary first', async () => {
  const { outcome, path } = await take(earlierSession, 'session.json')
  expect(outcome).toMatchObject({
    program: 'codi',
    sourceId: 'session-2025-11-02-10-20-30',
    title: 'Cart total',
    provider: 'anthropic',
    compactions: 1,
    leftOut: { 'lists of open files': 1 },
  })
  expect(path[0]).toMatchObject({ type: 'compaction', summary: 'We looked at the cart.' })
  expect(said(path.slice(1))).toEqual([
    'user: Read it',
    'assistant: Reading.',
    'call read_file {"path":"cart.js"}',
    'result of read_file: 1: let',
    'assistant: Done.',
  ])
})

test('what is no session is refused with the name of the file; one in which nobody spoke is empty', async () => {
  await expect(take('hello\n')).rejects.toThrow(
    /^Cannot import .*session\.jsonl: it is no session of codi, Claude Code, Codex or pi$/,
  )
  await expect(take('')).rejects.toThrow('it is no session')
  await expect(take('{"messages": [', 'cut.json')).rejects.toThrow('it may be cut off or damaged')
  const { outcome, entries } = await take(
    jsonl([claudeLine('u1', null, { type: 'summary', summary: 'x', leafUuid: 'y' })]),
  )
  expect(outcome.state).toBe('empty')
  expect(entries).toEqual([])
})

test('a file of broken lines, half lines and hostile shapes is read to its end', async () => {
  const hostile = [
    null,
    7,
    [],
    { type: 'user' },
    { type: 'user', message: 3 },
    {
      type: 'user',
      message: { content: 'x' },
      deep: JSON.parse(`${'['.repeat(9000)}${']'.repeat(9000)}`),
    },
    {
      type: 'assistant',
      message: { content: [{ type: 'tool_use' }, 3, { type: 'text', text: 4 }] },
    },
  ]
  const lines = [
    claudeLine('u1', 'u2', { message: { role: 'user', content: 'A circle' } }),
    claudeLine('u2', 'u1', { message: { role: 'assistant', content: 'Round' } }),
  ]
  const { outcome, path } = await take(
    `\ufeff${jsonl(lines)}${hostile.map((value) => `${JSON.stringify(value)}\r\n`).join('')}{"type":"us`,
  )
  expect(outcome.leftOut['broken lines']).toBe(7)
  expect(said(path)[0]).toBe('user: A circle')
})

test('a call id that comes again stands for two calls', async () => {
  const two = (uuid: string, parent: string | null, id: string) => [
    claudeLine(uuid, parent, {
      message: {
        id,
        role: 'assistant',
        content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: id } }],
      },
    }),
    claudeLine(`${uuid}1`, uuid, {
      message: {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't', content: `of ${id}` }],
      },
    }),
  ]
  const { path } = await take(jsonl([...two('u1', null, 'm1'), ...two('u2', 'u11', 'm2')]))
  expect(said(path)).toEqual([
    'call Bash {"command":"m1"}',
    'result of Bash: of m1',
    'call Bash {"command":"m2"}',
    'result of Bash: of m2',
  ])
  expect(calls(path).map(({ id }) => id)).toEqual(['t', 't_2'])
})

function calls(path: readonly Entry[]) {
  return path.flatMap((entry) => (entry.type === 'message' ? callsOf(entry.message) : []))
}

function callsOf(message: Message) {
  return message.role === 'assistant'
    ? message.content.filter((block) => block.type === 'call')
    : []
}

test('a pipe among the sessions of another program is not waited for', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'codi-pipe-'))
  try {
    const pipe = join(directory, 'session.jsonl')
    expect(Bun.spawnSync(['mkfifo', pipe]).exitCode).toBe(0)
    await expect(glance(pipe)).rejects.toThrow('it is no file')
    await expect(glance('/dev/zero')).rejects.toThrow('it is no file')
  } finally {
    rmSync(directory, { recursive: true })
  }
})
