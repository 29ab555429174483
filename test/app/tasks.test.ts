import { describe, expect, test } from 'bun:test'
import { goalLine } from '../../src/app/goal.ts'
import { readGoalWords } from '../../src/app/goal-text.ts'
import { readMemoryWords } from '../../src/app/memory-text.ts'
import { planText, readPlan, withTicks } from '../../src/app/plan-file.ts'
import { changedTodo, openItems, todoProgress } from '../../src/app/todo-text.ts'
import type { TodoItem } from '../../src/contract/tool.ts'

const item = (text: string, status: TodoItem['status'] = 'pending'): TodoItem => ({ text, status })
const steps = (text: string) => readPlan(text).steps.map((step) => `${step.status} ${step.text}`)

describe('the last line of an answer', () => {
  test('says that a goal is done or blocked, however it is dressed', () => {
    expect(goalLine('All is well.\n\nGoal: done')).toEqual({ state: 'done' })
    expect(goalLine('**Goal: Done.**\n')).toEqual({ state: 'done' })
    expect(goalLine('`goal: blocked: no key for the host`')).toEqual({
      state: 'blocked',
      note: 'no key for the host',
    })
    expect(goalLine('> Goal: blocked — why')).toEqual({ state: 'blocked', note: 'why' })
  })

  test('says nothing when it stands elsewhere or says something else', () => {
    for (const text of ['Goal: done\nbut not quite', 'The goal: done', 'Goal: almost done', ''])
      expect(goalLine(text)).toBeUndefined()
  })
})

describe('the words of a goal', () => {
  test('hold its budget anywhere', () => {
    expect(readGoalWords('fix --turns 20 it --cost=$2.5 --tokens 500k --time 30m')).toEqual({
      text: 'fix it',
      budget: { maxTurns: 20, maxCostUsd: 2.5, maxTokens: 500_000, maxMs: 1_800_000 },
    })
    expect(readGoalWords('add the flag --timeout to it').text).toBe('add the flag --timeout to it')
  })

  test('are refused with what is wrong with them', () => {
    for (const words of [
      '--turns',
      '--turns 0',
      '--cost free',
      '--tokens 1g',
      '--time 0',
      '--time 5d',
    ])
      expect(() => readGoalWords(`x ${words}`)).toThrow(/wants/)
  })
})

describe('the words of a memory', () => {
  test('may begin with a category of one word and say whose it is', () => {
    expect(readMemoryWords('testing: run bun --user')).toEqual({
      category: 'testing',
      text: 'run bun',
      scope: 'user',
    })
    expect(readMemoryWords('see https://example.org: it is good')).toEqual({
      text: 'see https://example.org: it is good',
    })
    expect(() => readMemoryWords('x --user --project')).toThrow(/not both/)
  })
})

describe('a plan', () => {
  test('gets its form from an answer that kept to it, and from one that did not', () => {
    const kept = '## Analysis\nA.\n\n## Steps\n- [ ] one\n- [x] two\n'
    expect(steps(planText('t', kept))).toEqual(['pending one', 'done two'])
    const fenced = `\`\`\`markdown\n# Plan\n\n**Steps:**\n1. **one**\n   - below\n2) two\n\`\`\``
    expect(steps(planText('t', fenced))).toEqual(['pending one', 'pending two'])
    const retold = '# Plan: t\n\n## Task\nt, said anew\n\n## Steps\n- [ ] one'
    expect(readPlan(planText('t', retold)).task).toBe('t')
    expect(steps(planText('t', retold))).toEqual(['pending one'])
    expect(steps(planText('t', 'First this:\n- one\n- two'))).toEqual([
      'pending one',
      'pending two',
    ])
    expect(steps(planText('t', 'I do not know.'))).toEqual([])
  })

  test('has the task, and no steps in code or in other parts', () => {
    const text = planText('make it\nfast', '## Steps\n- one\n```\n- code\n```\n## Risks\n- none\n')
    expect(readPlan(text).task).toBe('make it\nfast')
    expect(steps(text)).toEqual(['pending one'])
  })

  test('ticks what is done, also reworded a little, and changes nothing else', () => {
    const text =
      '# Plan: x\n\n## Steps\n\n- [ ] Write the `test` first, in a.ts\n- [ ] Ship it\n\nend'
    const ticked = withTicks(text, [item('write the test first', 'done'), item('ship', 'done')])
    expect(ticked).toBe(text.replace('- [ ] Write', '- [x] Write'))
    expect(withTicks(text, [item('Ship it')])).toBe(text)
  })
})

describe('the todo list', () => {
  const items = [item('a', 'done'), item('b', 'in_progress'), item('c'), item('d'), item('e')]

  test('says how far it is and what is left', () => {
    expect(todoProgress(items)).toBe('1/5 · now: b')
    expect(todoProgress([item('a', 'done'), item('b')])).toBe('1/2 · next: b')
    expect(todoProgress([item('a', 'done')])).toBe('')
    expect(openItems(items)).toBe('4 of 5 todo items open: b; c; d; and 1 more')
    expect(openItems([])).toBeUndefined()
  })

  test('is changed by number, with one item in progress', () => {
    const states = (words: string) =>
      changedTodo(items, words)
        .map(({ status }) => status[0])
        .join('')
    expect(states('done 2 3')).toBe('dddpp')
    expect(states('start 4')).toBe('dppip')
    expect(states('open all')).toBe('ppppp')
    expect(changedTodo(items, 'drop 1,5').map(({ text }) => text)).toEqual(['b', 'c', 'd'])
    expect(changedTodo(items, 'add  write it ').at(-1)).toEqual(item('write it'))
    expect(changedTodo(items, 'clear')).toEqual([])
  })

  test('refuses what makes no sense', () => {
    const wrong = ['done', 'done 0', 'done 6', 'done x', 'add', 'start 1 2', 'doen 1']
    for (const words of wrong) expect(() => changedTodo(items, words)).toThrow()
    expect(() => changedTodo([], 'done 1')).toThrow(/empty/)
  })
})
