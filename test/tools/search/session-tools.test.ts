import { expect, test } from 'bun:test'
import type { Question } from '../../../src/contract/permission.ts'
import { askUser } from '../../../src/tools/ask-user.ts'
import { recallResult } from '../../../src/tools/recall-result.ts'
import { todo } from '../../../src/tools/todo.ts'
import { openSearchBench } from './search-bench.ts'

const about = { tool: 'bash', callId: 'c' }

test('todo replaces the list', async () => {
  await using bench = await openSearchBench()
  const result = await bench.run(todo, {
    items: [
      { text: 'look', status: 'done' },
      { text: 'write\nit', status: 'in_progress' },
    ],
  })
  expect(result.content).toBe('2 items, 1 done; now: write it')
  expect(result.detail).toEqual({ type: 'todo', items: bench.context.todo.items })
  expect(bench.context.todo.items[1]).toEqual({ text: 'write it', status: 'in_progress' })
  await bench.run(todo, { items: [{ text: 'a', status: 'Completed' }] })
  expect(bench.context.todo.items).toEqual([{ text: 'a', status: 'done' }])
  await bench.run(todo, { items: [] })
  expect(bench.context.todo.items).toEqual([])
})

test('a wrong list changes nothing', async () => {
  await using bench = await openSearchBench()
  const refuse = (items: object[]) => expect(bench.run(todo, { items })).rejects
  await refuse([
    { text: 'a', status: 'in_progress' },
    { text: 'b', status: 'in_progress' },
  ]).toThrow('Only one item')
  await refuse([{ text: 'a', status: 'someday' }]).toThrow('pending, in_progress, done')
  await refuse([{ text: ' ', status: 'done' }]).toThrow('Item 1 has no text')
  await refuse(Array.from({ length: 101 }, () => ({ text: 'x', status: 'done' }))).toThrow(
    'too many',
  )
  expect(bench.context.todo.items).toEqual([])
})

test('ask_user hands over the question and brings the answer', async () => {
  await using bench = await openSearchBench()
  const asked: Question[] = []
  const ask = async (question: Question) => {
    asked.push(question)
    return 'blue'
  }
  const input = { question: ' Which? ', choices: ['red', 'blue', 'blue', ''] }
  const result = await bench.run(askUser, input, { ask })
  expect(asked).toEqual([{ text: 'Which?', choices: ['red', 'blue'] }])
  expect(result.content).toBe('The user answered: blue')
})

test('with nobody to ask the model is told to decide', async () => {
  await using bench = await openSearchBench()
  expect(await bench.say(askUser, { question: 'Which?' })).toContain('Decide by yourself')
  await expect(bench.run(askUser, { question: '' })).rejects.toMatchObject({ kind: 'invalid' })
})

test('recall_result lists what is kept and refuses unknown ids with the known ones', async () => {
  await using bench = await openSearchBench()
  expect(await bench.say(recallResult, {})).toBe('No outputs are kept yet.')
  const id = await bench.context.results.put('a\nb\n', about)
  expect(await bench.say(recallResult, { action: 'list' })).toBe(`${id}  bash  4 B`)
  await expect(bench.run(recallResult, { id: 'r99' })).rejects.toThrow(`kept are ${id}`)
})

test('recall_result pages by lines to the end', async () => {
  await using bench = await openSearchBench()
  const id = await bench.context.results.put('a\nb\nc', about)
  expect(await bench.say(recallResult, { id, limit: 2 })).toBe(
    '1\ta\n2\tb\n[lines 1-2 of 3; offset 3 goes on]',
  )
  expect(await bench.say(recallResult, { id, offset: 3 })).toBe('3\tc\n[lines 3-3 of 3]')
  expect(await bench.say(recallResult, { id, offset: 9 })).toContain('beyond its end')
  const empty = await bench.context.results.put('', about)
  expect(await bench.say(recallResult, { id: empty })).toBe(`${empty} is empty.`)
})

test('recall_result pages inside one long line without losing a character', async () => {
  await using bench = await openSearchBench()
  const line = Array.from({ length: 2000 }, (_, at) => `<${at}>`).join('')
  const id = await bench.context.results.put(line, about)
  let column: number | undefined = 1
  let text = ''
  while (column !== undefined) {
    const said = await bench.say(recallResult, { id, column })
    text += said
      .split('\n')[0]
      ?.replace(/^1\t/, '')
      .replace(/ \[….*$/, '')
    const next = /column (\d+) goes on/.exec(said)
    column = next ? Number(next[1]) : undefined
  }
  expect(text).toBe(line)
})

test('recall_result finds lines by pattern, also in what looks binary, and goes on from an offset', async () => {
  await using bench = await openSearchBench()
  const text = Array.from({ length: 1000 }, (_, at) => (at % 10 === 0 ? `hit ${at}` : 'no')).join(
    '\n',
  )
  const id = await bench.context.results.put(`\0\n${text}`, about)
  const first = await bench.say(recallResult, { id, pattern: '^hit', limit: 2 })
  expect(first).toBe('2\thit 0\n12\thit 10\n[2 of 100 matching lines; offset 13 goes on]')
  const second = await bench.say(recallResult, { id, pattern: '^hit', limit: 2, offset: 13 })
  expect(second).toStartWith('22\thit 20\n32\thit 30\n')
  expect(await bench.say(recallResult, { id, pattern: 'absent' })).toContain('No line')
  await expect(bench.run(recallResult, { id, pattern: '(' })).rejects.toThrow('unclosed group')
})

test('recall_result reads a big file page by page', async () => {
  await using bench = await openSearchBench()
  const id = await bench.context.results.put('0123456789\n'.repeat(3_000_000), about)
  const said = await bench.say(recallResult, { id, offset: 2_999_999 })
  expect(said).toBe(
    '2999999\t0123456789\n3000000\t0123456789\n[lines 2999999-3000000 of 3,000,000]',
  )
})
