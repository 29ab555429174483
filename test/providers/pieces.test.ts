/** The small parts under the wires: frames, think tags, arguments, the catalogue, the conversation's form. */
import { describe, expect, test } from 'bun:test'
import { parseArguments } from '../../src/providers/call-arguments.ts'
import { catalogRow, makerOf, modelInfo } from '../../src/providers/catalog.ts'
import { toTurns } from '../../src/providers/conversation.ts'
import { createFrameParser, type Frame, type Framing } from '../../src/providers/frames.ts'
import { hosts } from '../../src/providers/hosts.ts'
import { createThinkSplitter } from '../../src/providers/think-tags.ts'

function frames(framing: Framing, parts: string[]): Frame[] {
  const parser = createFrameParser(framing)
  return [...parts.flatMap((part) => parser.push(part)), ...parser.end()]
}

describe('frames', () => {
  const bodies: [string, Framing, string, Frame[]][] = [
    [
      'events',
      'sse',
      'event: a\ndata: 1\n\ndata: 2\n\n',
      [
        { event: 'a', data: '1' },
        { event: '', data: '2' },
      ],
    ],
    ['CRLF', 'sse', 'event: a\r\ndata: 1\r\n\r\n', [{ event: 'a', data: '1' }]],
    [
      'CR alone',
      'sse',
      'data: 1\r\rdata: 2\r\r',
      [
        { event: '', data: '1' },
        { event: '', data: '2' },
      ],
    ],
    ['several data lines', 'sse', 'data: 1\ndata: 2\n\n', [{ event: '', data: '1\n2' }]],
    ['no space after the colon, no last newline', 'sse', 'data:1', [{ event: '', data: '1' }]],
    [
      'comments and empty events',
      'sse',
      ': ping\n\n\n\nid: 7\n\ndata: 1\n\n',
      [{ event: '', data: '1' }],
    ],
    [
      'a bare JSON line',
      'sse',
      'data: 1\n\n{"error":2}\n\n',
      [
        { event: '', data: '1' },
        { event: '', data: '{"error":2}' },
      ],
    ],
    ['JSON instead', 'sse', ' \n{"a":\n1}\n', [{ event: 'json', data: '{"a":\n1}' }]],
    ['a page instead', 'sse', '<html>\nx</html>', [{ event: 'raw', data: '<html>\nx</html>' }]],
    ['prose instead', 'sse', 'Not found', [{ event: 'raw', data: 'Not found' }]],
    ['nothing', 'sse', '', []],
    [
      'lines',
      'ndjson',
      '{"a":1}\r\n\n{"b":2}',
      [
        { event: '', data: '{"a":1}' },
        { event: '', data: '{"b":2}' },
      ],
    ],
    ['a pretty JSON value', 'ndjson', '{\n "a": 1\n}', [{ event: 'json', data: '{\n "a": 1\n}' }]],
    ['a page for lines', 'ndjson', '<html>x</html>', [{ event: 'raw', data: '<html>x</html>' }]],
  ]

  for (const [name, framing, body, wanted] of bodies) {
    test(`${name}, split at every place`, () => {
      expect(frames(framing, [body])).toEqual(wanted)
      expect(frames(framing, [...body])).toEqual(wanted)
      for (let at = 1; at < body.length; at++) {
        expect(frames(framing, [body.slice(0, at), body.slice(at)])).toEqual(wanted)
      }
    })
  }
})

describe('think tags', () => {
  const split = (parts: string[]) => {
    const splitter = createThinkSplitter()
    const all = [...parts.flatMap((part) => splitter.push(part)), ...splitter.end()]
    const joined = (kind: string) =>
      all.map((part) => (part.kind === kind ? part.text : '')).join('')
    return { thinking: joined('thinking').trim(), text: joined('text') }
  }
  const cases: [string, string, string][] = [
    ['<think>a</think>b', 'a', 'b'],
    ['\n<think>\na\n</think>\n\nb <think> c', 'a', 'b <think> c'],
    ['<thinking>a</thinking>b', 'a', 'b'],
    ['no tags <think>x</think>', '', 'no tags <think>x</think>'],
    ['<think>never closed', 'never closed', ''],
    ['<th', '', '<th'],
    ['<table>', '', '<table>'],
    ['<think>a </thin b</think>c', 'a </thin b', 'c'],
  ]
  for (const [body, thinking, text] of cases) {
    test(`${JSON.stringify(body)}, split at every place`, () => {
      expect(split([body])).toEqual({ thinking, text })
      expect(split([...body])).toEqual({ thinking, text })
    })
  }
})

describe('arguments', () => {
  const whole = (text: string) => parseArguments(text, { cut: false })

  test('that are JSON, nearly JSON, encoded twice or fenced become an object', () => {
    for (const text of [
      '{"a": 1}',
      " {'a': 1,} ",
      '{a: 1}',
      '"{\\"a\\": 1}"',
      '```json\n{"a": 1}\n```',
      '{"a": 1',
    ]) {
      expect(whole(text)).toEqual({ input: { a: 1 } })
    }
    expect(whole('{"a": "line\nbreak"}')).toEqual({ input: { a: 'line\nbreak' } })
  })

  test('that are empty are no arguments', () => {
    for (const text of ['', '  ', 'null', '{}']) expect(whole(text)).toEqual({ input: {} })
  })

  test('that are prose, a list or cut within a string are handed on', () => {
    for (const text of ['read the file', '[1, 2]', '42', '{"content": "half of', '{"a": "\\']) {
      expect(whole(text)).toEqual({ input: {}, malformed: text })
    }
  })

  test('of an answer that was cut are not repaired', () => {
    expect(parseArguments('{"a": 1', { cut: true })).toEqual({ input: {}, malformed: '{"a": 1' })
  })
})

describe('the catalogue', () => {
  test('finds a model with or without its date, maker and punctuation', () => {
    expect(modelInfo('anthropic', 'claude-haiku-4-5-20251001').price?.input).toBe(1)
    expect(modelInfo('openrouter', 'anthropic/claude-sonnet-5.5:beta').price?.output).toBe(10)
    expect(modelInfo('openai', 'gpt-5-2025-08-07').price?.input).toBe(1.25)
    expect(modelInfo('openai', 'gpt-5.2-pro').contextWindow).toBe(400_000)
    expect(modelInfo('fireworks', 'accounts/fireworks/models/gpt-oss-120b').contextWindow).toBe(
      131_072,
    )
    expect(catalogRow('gpt-4o-mini')?.id).toBe('gpt-4o-mini')
    expect(catalogRow('gpt-4omni')).toBeUndefined()
  })

  test('guesses no price', () => {
    expect(modelInfo('openai', 'gpt-99').price).toBeUndefined()
    expect(modelInfo('anthropic', 'claude-nova-9').price).toBeUndefined()
    expect(modelInfo('lmstudio', 'gpt-oss-20b')).toMatchObject({ free: true })
    expect(modelInfo('ollama', 'deepseek-v4-pro').price).toBeUndefined()
  })

  test('knows every default model of the table', () => {
    for (const host of hosts) {
      if (host.defaultModel && !['builtin', 'mock'].includes(host.id)) {
        expect(catalogRow(host.defaultModel)?.window).toBeGreaterThan(100_000)
      }
    }
  })

  test('knows whose a model is by its name, where the name tells', () => {
    expect(makerOf('claude-x')).toBe('anthropic')
    expect(makerOf('o3')).toBe('openai')
    expect(makerOf('gpt-oss-20b')).toBeUndefined()
    expect(makerOf('deepseek-r1:8b')).toBeUndefined()
    expect(makerOf('anthropic/claude-x')).toBeUndefined()
  })
})

describe('the conversation', () => {
  const rules = { callIds: 'plain' as const, keepThinking: () => true }

  test('begins and ends with the user, and joins what follows itself', () => {
    const text = (value: string) => [{ type: 'text' as const, text: value }]
    const turns = toTurns(
      [
        { role: 'assistant', content: text('left over') },
        { role: 'user', content: text('a') },
        { role: 'user', content: text('b') },
        { role: 'assistant', content: text('partial') },
      ],
      rules,
    )
    expect(turns.map((turn) => turn.role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ])
    expect(turns[2]?.content).toHaveLength(2)
  })

  test('gives a call the same id every time, and every call its own', () => {
    const call = (id: string) => ({ type: 'call' as const, id, name: 'a', input: {} })
    const ids = (callIds: 'plain' | 'short') =>
      toTurns(
        [
          { role: 'user', content: [{ type: 'text', text: 'x' }] },
          {
            role: 'assistant',
            content: [call('same'), call('same'), call('x'.repeat(90)), call('')],
          },
        ],
        { ...rules, callIds },
      ).flatMap((turn) =>
        turn.role === 'assistant' ? turn.results.map((result) => result.callId) : [],
      )
    for (const kind of ['plain', 'short'] as const) {
      expect(ids(kind)).toEqual(ids(kind))
      expect(new Set(ids(kind)).size).toBe(4)
    }
    expect(ids('short').every((id) => /^[a-zA-Z0-9]{9}$/.test(id))).toBe(true)
    expect(ids('plain').every((id) => /^[a-zA-Z0-9_-]{1,64}$/.test(id))).toBe(true)
  })
})
