/** What the person typed, carried from summary to summary. */
import { expect, test } from 'bun:test'
import { continueText, emptyText } from '../../src/agent/own-words.ts'
import { saidByPerson, splitSaid, withSaid } from '../../src/agent/said.ts'
import { itemsFrom, userMessage } from '../support/agent.ts'

const typed = (...texts: string[]) => itemsFrom(texts.map(userMessage))

test('stands at the end of a summary and is found there again', () => {
  const summary = withSaid('## Goal\nmove it', {
    said: ['first', 'then - this'],
    todo: ['[done] a'],
  })
  expect(summary).toEndWith('## Said by the person\n- first\n- then - this')
  expect(splitSaid(summary)).toEqual({ text: '## Goal\nmove it', said: ['first', 'then - this'] })
  expect(splitSaid('## Goal\nno more')).toEqual({ text: '## Goal\nno more', said: [] })
})

test('leaves out what was attached, and is one line each', () => {
  const text = 'look at\nthis\n\n<stdin>\na secret log\n</stdin>'
  expect(saidByPerson(typed(text), { earlier: ['before'], maxChars: 1000 })).toEqual([
    'before',
    'look at this',
  ])
})

test('leaves out what codi says in the place of the person', () => {
  const notes = ['<background-shell>sh_1 ended</background-shell>', emptyText, continueText]
  expect(saidByPerson(typed(...notes, 'go on'), { earlier: [], maxChars: 1000 })).toEqual(['go on'])
})

test('is shortened from the oldest on where there is too much of it, and the newest stays whole', () => {
  const long = (word: string) => `${word} ${'x'.repeat(400)}`
  const said = saidByPerson(typed(long('a'), long('b'), long('c')), { earlier: [], maxChars: 700 })
  expect(said.map((line) => line[0])).toEqual(['a', 'b', 'c'])
  expect(said[0]?.length).toBeLessThan(90)
  expect(said[2]).toBe(long('c'))
  const many = Array.from({ length: 200 }, (_, at) => `wish ${at}`)
  const few = saidByPerson(typed(...many), { earlier: [], maxChars: 120 })
  expect(few.at(-1)).toBe('wish 199')
  expect(few.join('').length).toBeLessThan(120)
})
