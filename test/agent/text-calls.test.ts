import { expect, test } from 'bun:test'
import { extractTextCalls } from '../../src/agent/text-calls.ts'
import type { AssistantMessage } from '../../src/contract/message.ts'

const isTool = (name: string) => name === 'read_file' || name === 'bash'

function calls(text: string) {
  const message: AssistantMessage = { role: 'assistant', content: [{ type: 'text', text }] }
  return extractTextCalls(message, isTool).content.flatMap((block) =>
    block.type === 'call' ? [{ name: block.name, input: block.input }] : [],
  )
}

const readA = { name: 'read_file', input: { path: 'a.ts' } }

const written: Record<string, string> = {
  'a Hermes tag': '<tool_call>\n{"name": "read_file", "arguments": {"path": "a.ts"}}\n</tool_call>',
  'a Hermes tag that is not closed':
    'Ok. <tool_call>{"name": "read_file", "arguments": {"path": "a.ts"}}',
  'a fenced object':
    'Let me see:\n```json\n{"name": "read_file", "parameters": {"path": "a.ts"}}\n```',
  'the whole answer': '{"name": "read_file", "input": {"path": "a.ts"}}',
  'single quotes and a trailing comma':
    "```json\n{'name': 'read_file', 'arguments': {'path': 'a.ts',}}\n```",
  'arguments as JSON text': '{"name": "read_file", "arguments": "{\\"path\\": \\"a.ts\\"}"}',
  'the OpenAI form':
    '{"type": "function", "function": {"name": "read_file", "arguments": {"path": "a.ts"}}}',
  'a Llama function tag': '<function=read_file>{"path": "a.ts"}</function>',
  'a Qwen coder function tag':
    '<tool_call>\n<function=read_file>\n<parameter=path>\na.ts\n</parameter>\n</function>\n</tool_call>',
  'an invoke tag':
    '<function_calls><invoke name="read_file"><parameter name="path">a.ts</parameter></invoke></function_calls>',
  'the Mistral form': '[TOOL_CALLS] [{"name": "read_file", "arguments": {"path": "a.ts"}}]',
  'the Llama python tag': '<|python_tag|>{"name": "read_file", "parameters": {"path": "a.ts"}}',
  'the earlier Codi': '[Calling tool]: read_file {"path": "a.ts"}',
}

for (const [form, text] of Object.entries(written)) {
  test(`a call written as ${form} is found`, () => {
    expect(calls(text)).toEqual([readA])
  })
}

test('several calls are found in order', () => {
  const one = '<tool_call>{"name": "read_file", "arguments": {"path": "a.ts"}}</tool_call>'
  const two = '<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>'
  expect(calls(`${one}\n${two}`).map((call) => call.name)).toEqual(['read_file', 'bash'])
})

test('text around the call is kept, the call is taken out', () => {
  const message: AssistantMessage = {
    role: 'assistant',
    content: [
      {
        type: 'text',
        text: 'First I read.\n```json\n{"name":"read_file","arguments":{"path":"a"}}\n```',
      },
    ],
  }
  expect(extractTextCalls(message, isTool).content[0]).toEqual({
    type: 'text',
    text: 'First I read.',
  })
})

test('JSON that names no tool stays an answer', () => {
  for (const text of [
    '```json\n{"name": "left-pad", "version": "1.0.0"}\n```',
    'Use `{"name": "x"}` here.',
    '{"answer": 42}',
    'plain words',
    '',
  ]) {
    expect(calls(text)).toEqual([])
  }
})
