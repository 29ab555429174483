/**
 * The todo list of the session in force, kept as its entries: it is there again after a resume, a fork, an undo and a
 * compaction, since each of them decides which entry is the last.
 */

import type { Session } from '../contract/session.ts'
import type { Todo } from '../contract/todo.ts'
import type { TodoItem } from '../contract/tool.ts'
import { todoLine } from './todo-text.ts'

/** The session in force: as it is, or made for the first entry. */
export interface SessionInForce {
  read(): Session | undefined
  write(): Session
}

export interface KeptTodo extends Todo {
  /** What the model is to be told with the next message: a change by the person since the last one. */
  takeNote(): string | undefined
}

export function openTodo(options: {
  session: SessionInForce
  onChange(items: readonly TodoItem[]): void
}): KeptTodo {
  const { session } = options
  /** The session that has nothing to tell. */
  let told: string | undefined
  const current = () => session.read()?.last('todo')?.items ?? []

  function keep(items: TodoItem[], by: { byPerson?: true } = {}): void {
    if (Bun.deepEquals(items, current())) return
    session.write().append({ type: 'todo', items, ...by })
    options.onChange(items)
  }

  return {
    get items() {
      return current()
    },
    set items(items) {
      keep(items)
    },
    change(items) {
      keep(items, { byPerson: true })
      told = undefined
    },
    takeNote() {
      const from = session.read()
      if (!from || told === from.id) return undefined
      told = from.id
      const entry = from.last('todo')
      if (!entry?.byPerson || (from.last('message')?.id ?? -1) > entry.id) return undefined
      const lines = entry.items.length === 0 ? ['(empty)'] : entry.items.map(todoLine)
      return `<todo-change>The user changed the list:\n${lines.join('\n')}\n</todo-change>`
    },
  }
}

/**
 * What a model is told that ends its turn with an item in progress; undefined where there is nothing to say. Once a run,
 * and only about a list that changed in it.
 */
export function todoReminder(todo: { items: TodoItem[] }): () => string | undefined {
  const before = todo.items
  let told = false
  return () => {
    if (told) return undefined
    const { items } = todo
    const active = items.find(({ status }) => status === 'in_progress')
    if (!active || Bun.deepEquals(items, before)) return undefined
    told = true
    return `<todo-reminder>"${active.text}" is still in progress on your list. If it is done, mark it; if not, go on with it or say why you stop. Then give your whole final answer.</todo-reminder>`
  }
}
