/** builtin as a provider: its events, its rounds, and that it remembers nothing. */
import { describe, expect, test } from 'bun:test'
import type { Message, ResultBlock } from '../../../src/contract/message.ts'
import type { ModelEvent, ModelRequest } from '../../../src/contract/provider.ts'
import { createBuiltin } from '../../../src/providers/builtin/builtin.ts'
import { readConversation } from '../../../src/providers/builtin/conversation.ts'

const never = new AbortController().signal
const toolNames = [
  'search_codebase',
  'find_symbol',
  'grep',
  'glob',
  'read_file',
  'outline',
  'print_tree',
  'diagnostics',
  'bash',
  'write_file',
]

function user(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

async function ask(
  messages: Message[],
  over: Partial<ModelRequest> = {},
  signal = never,
): Promise<ModelEvent[]> {
  const request: ModelRequest = {
    model: 'builtin',
    system: [],
    messages,
    tools: toolNames.map((name) => ({ name, description: '', parameters: {} })),
    ...over,
  }
  return Array.fromAsync(createBuiltin().stream(request, signal))
}

function last(events: ModelEvent[]): Extract<ModelEvent, { type: 'done' }> {
  const event = events.at(-1)
  if (event?.type !== 'done') throw new Error(JSON.stringify(event))
  return event
}

const textOf = (events: ModelEvent[]): string =>
  last(events)
    .message.content.map((block) => (block.type === 'text' ? block.text : ''))
    .join('')

/** Answers every call with nothing found until builtin is done. */
async function converse(
  question: string,
  over: Partial<ModelRequest> = {},
): Promise<{ text: string; rounds: number; messages: Message[] }> {
  const messages: Message[] = [user(question)]
  for (let rounds = 0; ; rounds++) {
    const events = await ask(messages, over)
    const done = last(events)
    messages.push(done.message)
    if (done.stop === 'end') return { text: textOf(events), rounds, messages }
    const content = done.message.content.flatMap((block): ResultBlock[] =>
      block.type === 'call'
        ? [
            {
              type: 'result',
              callId: block.id,
              name: block.name,
              content: [{ type: 'text', text: 'nothing' }],
              isError: false,
              data: [],
            },
          ]
        : [],
    )
    messages.push({ role: 'tool', content })
  }
}

describe('Events', () => {
  test('of calls: each announced, each id its own, then done', async () => {
    const events = await ask([user('where are retries handled?')])
    const { message, stop } = last(events)
    expect(stop).toBe('calls')
    const ids = message.content.map((block) => (block.type === 'call' ? block.id : ''))
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(ids.length)
    expect(events.filter((event) => event.type === 'call_start').map((event) => event.id)).toEqual(
      ids,
    )
  })

  test('of an answer: the streamed text is the text of the message', async () => {
    const events = await ask([user('hello')])
    const streamed = events.flatMap((event) => (event.type === 'text' ? [event.text] : []))
    expect(streamed.length).toBeGreaterThan(1)
    expect(streamed.join('')).toBe(textOf(events))
    expect(last(events).stop).toBe('end')
  })

  test('of an aborted request: one error of kind cancelled', async () => {
    const events = await ask([user('hello')], {}, AbortSignal.abort())
    expect(events).toEqual([
      { type: 'error', failure: { kind: 'cancelled', message: 'Interrupted' } },
    ])
  })
})

describe('Calls', () => {
  test.each([
    'where are retries handled?',
    'what calls parseConfig?',
    'how does the loop work?',
    'explain src/main.ts',
    'explain parseConfig',
    'show me src/main.ts',
    'list python files',
    'what is this project?',
    'how do I run the tests?',
    'fix the login bug',
    'Error: cannot open the pod bay doors\n    at go (src/a.ts:1:2)',
    'zzz qqq',
    '???',
    '',
  ])(
    'for %j are reads, and end after a few rounds even when nothing is found',
    async (question) => {
      const { text, rounds, messages } = await converse(question)
      expect(text.length).toBeGreaterThan(20)
      expect(rounds).toBeLessThanOrEqual(5)
      const names = messages.flatMap((message) =>
        message.role === 'assistant'
          ? message.content.flatMap((block) => (block.type === 'call' ? [block.name] : []))
          : [],
      )
      expect(names).not.toContain('bash')
      expect(names).not.toContain('write_file')
    },
  )

  test('of a round end with two different tools, so that what is out of order is not taken for a circle', async () => {
    const { message } = last(await ask([user('where is the agent loop?')]))
    const names = message.content.map((block) => (block.type === 'call' ? block.name : ''))
    expect(names).toContain('search_codebase')
    expect(names.at(-1)).not.toBe(names.at(-2))
  })

  test('are only of tools that are offered', async () => {
    const tools = [{ name: 'grep', description: '', parameters: {} }]
    const { message } = last(await ask([user('what calls parseConfig?')], { tools }))
    expect(message.content.map((block) => block.type === 'call' && block.name)).toEqual(['grep'])
    expect(textOf(await ask([user('what calls parseConfig?')], { tools: [] }))).toContain(
      'switched off',
    )
  })
})

describe('What it says of itself', () => {
  test('stands once, under the first answer of a conversation', async () => {
    const first = await ask([user('hello')])
    expect(textOf(first)).toContain('ANTHROPIC_API_KEY')
    expect(textOf(first)).toContain('Ollama')
    const second = await ask([user('hello'), last(first).message, user('thanks')])
    expect(textOf(second)).not.toContain('ANTHROPIC_API_KEY')
  })

  test('stands beside an answer that a program takes, not in it', async () => {
    const diff = '--- a/x.ts\n+++ b/x.ts\n@@ -1 +1,2 @@\n a\n+export function b() {}\n'
    const events = await ask([user(`Write the message.\n\n<stdin>\n${diff}</stdin>`)], {
      recipe: 'commit',
    })
    expect(textOf(events)).toBe('feat: add b')
    expect(events.some((event) => event.type === 'notice' && event.text.includes('No model'))).toBe(
      true,
    )
  })

  test('never claims to have done a task', async () => {
    expect((await converse('write a function that adds numbers')).text).toContain(
      'That takes a model',
    )
  })
})

test('a review is the JSON that a model is asked for', async () => {
  const diff = '--- a/src/x.ts\n+++ b/src/x.ts\n@@ -1 +1,2 @@\n a\n+  debugger\n'
  const { text } = await converse(`Review the diff in <stdin>.\n\n<stdin>\n${diff}</stdin>`, {
    recipe: 'review',
  })
  const review = JSON.parse(text)
  expect(review.findings).toEqual([
    expect.objectContaining({ file: 'src/x.ts', line: 2, severity: 'warning' }),
  ])
  expect(review.summary).toContain('no model has read the change')
})

test('a diff that is piped into a question is told in words', async () => {
  const diff = '--- a/src/x.ts\n+++ b/src/x.ts\n@@ -1 +1,2 @@\n a\n+export function b() {}\n'
  const { text } = await converse(`what is this?\n\n<stdin>\n${diff}</stdin>`)
  expect(text).toContain('`src/x.ts` adds `b`')
})

describe('The conversation', () => {
  test('keeps a closing tag that is part of what was piped in', () => {
    const read = readConversation([user('why?\n\n<stdin>\na </stdin> b\nc\n</stdin>')])
    expect(read).toMatchObject({ question: 'why?', stdin: 'a </stdin> b\nc' })
  })

  test('takes a mention of <stdin> in a sentence for text', () => {
    expect(readConversation([user('Review the diff in <stdin> now.')]).stdin).toBeUndefined()
  })

  test('"it" is what the answer before was about', async () => {
    const messages: Message[] = [
      user('what is runLoop?'),
      {
        role: 'assistant',
        content: [{ type: 'text', text: '`src/a.ts:3` `function runLoop(config)` is a function.' }],
      },
      user('who calls it?'),
    ]
    const { message } = last(await ask(messages))
    expect(JSON.stringify(message.content)).toContain('runLoop')
  })
})
