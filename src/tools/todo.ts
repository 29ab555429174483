/** The model's list of steps: what people see of its plan, and what survives a compaction. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { oneLine, plural } from '../base/text.ts'
import type { TodoItem, Tool } from '../contract/tool.ts'
import text from './todo.md' with { type: 'text' }

const statuses = ['pending', 'in_progress', 'done'] as const

const input = Type.Object({
  items: Type.Array(
    Type.Object({
      text: Type.String(),
      status: Type.Unsafe<TodoItem['status']>(Type.String({ enum: [...statuses] })),
    }),
  ),
})

const maxItems = 100
const maxTextChars = 300

export const todo: Tool<typeof input> = {
  name: 'todo',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    if (given.items.length > maxItems) {
      throw new CodiError(
        'invalid',
        `${given.items.length} items are too many; keep at most ${maxItems}`,
      )
    }
    const items = given.items.map(readItem)
    const active = items.filter((item) => item.status === 'in_progress')
    if (active.length > 1) {
      const names = active.map((item) => `"${item.text}"`).join(', ')
      throw new CodiError('invalid', `Only one item may be in_progress, not ${names}`)
    }
    context.todo.items = items
    return {
      content: summary(items, active[0]),
      detail: { type: 'todo', items },
      data: items.map((item) => ({ ...item })),
    }
  },
}

function readItem(item: TodoItem, at: number): TodoItem {
  const itemText = oneLine(item.text, maxTextChars)
  if (itemText === '') throw new CodiError('invalid', `Item ${at + 1} has no text`)
  const folded = item.status.toLowerCase().replace(/[ -]/g, '_')
  const status = statuses.find((known) => known === (otherWords.get(folded) ?? folded))
  if (status) return { text: itemText, status }
  throw new CodiError(
    'invalid',
    `Item ${at + 1} has the status "${item.status}"; use ${statuses.join(', ')}`,
  )
}

/** What other agents' lists call it. */
const otherWords: ReadonlyMap<string, TodoItem['status']> = new Map([
  ['todo', 'pending'],
  ['open', 'pending'],
  ['not_started', 'pending'],
  ['doing', 'in_progress'],
  ['active', 'in_progress'],
  ['completed', 'done'],
  ['complete', 'done'],
  ['finished', 'done'],
])

function summary(items: TodoItem[], active: TodoItem | undefined): string {
  if (items.length === 0) return 'The list is empty now.'
  const done = items.filter((item) => item.status === 'done').length
  const now = active ? `; now: ${active.text}` : ''
  return `${plural(items.length, 'item')}, ${done} done${now}`
}
