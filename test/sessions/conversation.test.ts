/** What entries mean to a model: results, elision, compaction and its undo, pins; and what a long path needs of itself. */
import { describe, expect, test } from 'bun:test'
import type { Message, ResultBlock } from '../../src/contract/message.ts'
import type { Entry, EntryBody } from '../../src/contract/session.ts'
import {
  itemsOf,
  neededEntries,
  messagesOf as wholeMessagesOf,
} from '../../src/sessions/conversation.ts'

const user = (text: string): EntryBody => ({
  type: 'message',
  message: { role: 'user', content: [{ type: 'text', text }] },
})
const said = (text: string): EntryBody => ({
  type: 'message',
  message: { role: 'assistant', content: [{ type: 'text', text }] },
})
const asks = (...ids: string[]): EntryBody => ({
  type: 'message',
  message: {
    role: 'assistant',
    content: ids.map((id) => ({ type: 'call', id, name: 'read_file', input: { path: id } })),
  },
})
const answers = (callId: string, text = `text of ${callId}`): EntryBody => ({
  type: 'result',
  result: {
    type: 'result',
    callId,
    name: 'read_file',
    content: [{ type: 'text', text }],
    isError: false,
    data: { text },
  },
})
const compaction = (summary: string, keptFrom?: number): EntryBody => ({
  type: 'compaction',
  summary,
  by: 'budget',
  tokensBefore: 9,
  tokensAfter: 3,
  ...(keptFrom === undefined ? {} : { keptFrom }),
})
const pin = (entry: number, pinned = true): EntryBody => ({ type: 'pin', entry, pinned })

/** Ids are 1, 2, 3 … */
function path(...bodies: EntryBody[]): Entry[] {
  return bodies.map((body, index) => ({ ...body, id: index + 1, parent: index || null, at: 0 }))
}

/** A word for each message: `user: a`, `tool: text of c1`. */
function words(messages: readonly Message[]): string[] {
  return messages.map(({ role, content }) => {
    const texts = content.flatMap((block) =>
      block.type === 'text' ? [block.text] : block.type === 'result' ? [textOf(block)] : [],
    )
    const text = texts.join(' ')
    return `${role}: ${/<summary>\n([\s\S]*)\n<\/summary>/.exec(text)?.[1] ?? text}`
  })
}

function textOf(result: ResultBlock): string {
  return result.content.map((block) => (block.type === 'text' ? block.text : 'image')).join(' ')
}

const talk = [
  user('a'), // 1
  asks('c1', 'c2'), // 2
  answers('c2'), // 3
  answers('c1'), // 4
  said('b'), // 5
  user('c'), // 6
  asks('c3'), // 7
  answers('c3'), // 8
] as const

const messagesOf = (entries: readonly Entry[]) => itemsOf(entries).map((item) => item.message)

test('a person reads everything as it was said, whatever a model is sent of it by now', () => {
  const elision: EntryBody = { type: 'elision', results: [{ callId: 'c1', mark: 'gone' }] }
  const entries = path(...talk, elision, compaction('S'), user('d'))
  expect(wholeMessagesOf(entries)).toEqual(messagesOf(path(...talk, user('d'))))
})

describe('the messages of a path', () => {
  test('hold the results in the order of their calls, under the entry of the message with the calls', () => {
    const items = itemsOf(path(...talk))
    expect(words(items.map((item) => item.message))).toEqual([
      'user: a',
      'assistant: ',
      'tool: text of c1 text of c2',
      'assistant: b',
      'user: c',
      'assistant: ',
      'tool: text of c3',
    ])
    expect(items.map((item) => item.entry)).toEqual([1, 2, 2, 5, 6, 7, 7])
  })

  test('have a mark in place of an elided result, and nothing else of it', () => {
    const elision: EntryBody = {
      type: 'elision',
      results: [{ entry: 2, callId: 'c1', mark: '[left out]' }],
    }
    const messages = messagesOf(path(...talk, elision))
    expect(words(messages)[2]).toBe('tool: [left out] text of c2')
    const [, , results] = messages
    expect(JSON.stringify(results)).not.toContain('text of c1')
  })

  test('are elided only where the entry says, when a host gave one id twice', () => {
    const twice = path(
      asks('same'),
      answers('same', 'first'),
      asks('same'),
      answers('same', 'second'),
      { type: 'elision', results: [{ entry: 1, callId: 'same', mark: 'gone' }] },
    )
    expect(words(messagesOf(twice))).toEqual([
      'assistant: ',
      'tool: gone',
      'assistant: ',
      'tool: second',
    ])
  })

  test('begin with the summary where a compaction is in force', () => {
    expect(words(messagesOf(path(...talk, compaction('S', 6), user('d'))))).toEqual([
      'user: S',
      'user: c',
      'assistant: ',
      'tool: text of c3',
      'user: d',
    ])
    expect(words(messagesOf(path(...talk, compaction('S'), user('d'))))).toEqual([
      'user: S',
      'user: d',
    ])
  })

  test('are kept from the middle of a turn without an orphaned result', () => {
    for (const keptFrom of [2, 3, 4]) {
      const messages = messagesOf(path(...talk, compaction('S', keptFrom)))
      const roles = messages.map(({ role }) => role)
      expect(roles[1]).not.toBe('tool')
    }
    expect(words(messagesOf(path(...talk, compaction('S', 2)))).slice(0, 3)).toEqual([
      'user: S',
      'assistant: ',
      'tool: text of c1 text of c2',
    ])
  })

  test('keep one summary after a second compaction, also when it keeps what the first had kept', () => {
    const entries = path(...talk, compaction('one', 6), said('d'), compaction('two', 7))
    expect(words(messagesOf(entries))).toEqual([
      'user: two',
      'assistant: ',
      'tool: text of c3',
      'assistant: d',
    ])
  })

  test('are as before once the compaction is undone, with what was said and elided since', () => {
    const entries = path(
      ...talk,
      compaction('S', 6), // 9
      user('d'), // 10
      { type: 'elision', results: [{ callId: 'c3', mark: 'gone' }] },
      { type: 'compaction_undone', compaction: 9 },
    )
    expect(words(messagesOf(entries))).toEqual([
      'user: a',
      'assistant: ',
      'tool: text of c1 text of c2',
      'assistant: b',
      'user: c',
      'assistant: ',
      'tool: gone',
      'user: d',
    ])
  })

  test('that are pinned outlive every compaction, a call with its results', () => {
    const entries = path(
      ...talk,
      pin(1),
      pin(2),
      compaction('one', 6),
      compaction('two'),
      user('d'),
    )
    expect(words(messagesOf(entries))).toEqual([
      'user: a',
      'assistant: ',
      'tool: text of c1 text of c2',
      'user: two',
      'user: d',
    ])
    expect(itemsOf(entries).filter((item) => item.pinned)).toHaveLength(3)
  })

  test('that are unpinned go with the next compaction, not before', () => {
    const entries = path(...talk, pin(1), compaction('one'), pin(1, false), user('d'))
    expect(words(messagesOf(entries))).toEqual(['user: a', 'user: one', 'user: d'])
    const later = path(
      ...talk,
      pin(1),
      compaction('one'),
      pin(1, false),
      user('d'),
      compaction('two'),
    )
    expect(words(messagesOf(later))).toEqual(['user: two'])
  })
})

test('a long path needs only its marks, what is pinned, and what the last compaction has kept', () => {
  const entries = path(
    ...talk,
    pin(1),
    compaction('one', 6), // 10
    user('d'), // 11
    compaction('undone', 11), // 12
    { type: 'compaction_undone', compaction: 12 },
    said('e'),
  )
  const marks = entries.filter(({ type }) => type !== 'message' && type !== 'result')
  const { from = 0, pinned } = neededEntries(marks)
  expect(from).toBe(6)
  const needed = entries.filter(
    (entry) => marks.includes(entry) || entry.id >= from || pinned.has(entry.id),
  )
  expect(needed.length).toBeLessThan(entries.length)
  expect(itemsOf(needed)).toEqual(itemsOf(entries))
})
