import { expect, test } from 'bun:test'
import { sessionText } from '../../src/app/session-text.ts'
import { toUserMessage } from '../../src/app/user-message.ts'
import type { CallBlock, ResultBlock } from '../../src/contract/message.ts'

test('what was attached or piped in is named, and notes for the model are left out', () => {
  const message = toUserMessage({
    text: 'why?\n\n<file path="src/a.ts">\none\ntwo\n</file>',
    stdin: 'a log\n',
  })
  message.content.push({
    type: 'text',
    text: '<mode-change>The mode is now edit: file edits are free</mode-change>',
  })
  message.content.push({
    type: 'text',
    text: '<background-shell>sh_1 ended with exit code 0 after 2 s (make)</background-shell>',
  })
  expect(sessionText([message])).toBe(
    '> why?\n> \n> [file src/a.ts, 2 lines]\n> \n> [stdin, 1 line]',
  )
})

test('what codi says about a goal or a plan in the same text is left out, the plan itself is named', () => {
  const goal = 'make it\n\n<goal>This is a goal: work on it.</goal>'
  expect(sessionText([toUserMessage({ text: goal })])).toBe('> make it')
  const plan = 'Carry it out.\n\n<plan file=".codi/plans/a.md">\n# Plan\n- [ ] one\n</plan>'
  expect(sessionText([toUserMessage({ text: plan })])).toBe(
    '> Carry it out.\n> \n> [file .codi/plans/a.md, 2 lines]',
  )
})

test('tags that a person typed stay as they are', () => {
  const message = toUserMessage({ text: 'what does <file path="x"> mean?' })
  expect(sessionText([message])).toBe('> what does <file path="x"> mean?')
})

test('each call stands with the result that it got', () => {
  const call = (id: string, path: string): CallBlock => ({
    type: 'call',
    id,
    name: 'read_file',
    input: { path },
  })
  const result = (callId: string, text: string, isError: boolean): ResultBlock => ({
    type: 'result',
    callId,
    name: 'read_file',
    content: [{ type: 'text', text }],
    isError,
  })
  const text = sessionText([
    { role: 'assistant', content: [call('1', 'a.ts'), call('2', 'b.ts')] },
    { role: 'tool', content: [result('1', 'one\ntwo', false), result('2', 'not there', true)] },
  ])
  expect(text).toBe('● read_file a.ts\n  └ one two\n\n● read_file b.ts\n  ✗ not there')
})
