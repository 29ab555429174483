/** The list of steps in words, the same for every front end; and how a person changes it. */
import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { TodoItem } from '../contract/tool.ts'

const maxNamed = 3
const maxTextChars = 300
const maxNamedChars = 60
const maxItems = 100

const marks: Record<TodoItem['status'], string> = { pending: ' ', in_progress: '>', done: 'x' }

/** `[x] write the test`. */
export function todoLine(item: TodoItem): string {
  return `[${marks[item.status]}] ${oneLine(item.text, maxTextChars)}`
}

/** `3/7 · now: write the test`; empty where there is nothing left to do. */
export function todoProgress(items: readonly TodoItem[]): string {
  const done = items.filter(({ status }) => status === 'done').length
  if (done === items.length) return ''
  const active = items.find(({ status }) => status === 'in_progress')
  const next = items.find(({ status }) => status === 'pending')
  const what = active ? `now: ${active.text}` : `next: ${next?.text ?? ''}`
  return `${done}/${items.length} · ${oneLine(what, maxTextChars)}`
}

/** What a run has left open, for people; undefined where nothing is. */
export function openItems(items: readonly TodoItem[]): string | undefined {
  const open = items.filter(({ status }) => status !== 'done')
  if (open.length === 0) return undefined
  const named = open.slice(0, maxNamed).map(({ text }) => oneLine(text, maxNamedChars))
  const more = open.length > maxNamed ? `; and ${open.length - maxNamed} more` : ''
  return `${open.length} of ${items.length} todo ${items.length === 1 ? 'item' : 'items'} open: ${named.join('; ')}${more}`
}

const verbs = ['add', 'done', 'start', 'open', 'drop', 'clear'] as const
export const todoVerbs: readonly string[] = verbs

/** The list as `add TEXT`, `done N`, `start N`, `open N`, `drop N` or `clear` make it. Throws a CodiError of kind `usage`. */
export function changedTodo(items: readonly TodoItem[], words: string): TodoItem[] {
  const [typed = '', ...rest] = words.trim().split(/\s+/)
  const given = rest.join(' ')
  const verb = verbOf(typed)
  if (verb === 'clear') return []
  if (verb === 'add') return [...items, newItem(given, items.length)]
  const chosen = numbersOf(given, items.length)
  if (verb === 'drop') return items.filter((_, index) => !chosen.has(index))
  if (verb === 'start' && chosen.size > 1)
    throw new CodiError('usage', 'Only one item can be in progress: give one number')
  const status = ({ done: 'done', start: 'in_progress', open: 'pending' } as const)[verb]
  return items.map((item, index) => {
    if (chosen.has(index)) return { ...item, status }
    return verb === 'start' && item.status === 'in_progress'
      ? { ...item, status: 'pending' as const }
      : item
  })
}

/** Throws a CodiError of kind `usage` for what no list takes. */
export function checkTodoWords(words: string): void {
  const [typed = '', ...rest] = words.trim().split(/\s+/)
  if (verbOf(typed) === 'add') newItem(rest.join(' '), 0)
}

function verbOf(typed: string): (typeof verbs)[number] {
  const verb = verbs.find((name) => name === typed)
  if (verb !== undefined) return verb
  const [near] = closest(typed, verbs)
  const advice = near === undefined ? `use ${verbs.join(', ')}` : `did you mean ${near}?`
  throw new CodiError('usage', `The list knows no "${typed}"; ${advice}`)
}

function newItem(text: string, count: number): TodoItem {
  if (text === '') throw new CodiError('usage', 'There is nothing to add; todo add TEXT')
  if (text.length > maxTextChars)
    throw new CodiError('usage', `An item has at most ${maxTextChars} characters`)
  if (count >= maxItems)
    throw new CodiError('usage', `The list holds ${maxItems} items already; drop some first`)
  return { text, status: 'pending' }
}

/** `2`, `2 3`, `all`. */
function numbersOf(text: string, count: number): Set<number> {
  if (count === 0) throw new CodiError('usage', 'The list is empty; todo add TEXT begins one')
  if (text === 'all' || text === '*') return new Set(Array.from({ length: count }, (_, at) => at))
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 0)
    throw new CodiError('usage', `Which item? Give its number, 1 to ${count}, or all`)
  return new Set(
    words.map((word) => {
      const number = /^\d+$/.test(word) ? Number(word) : 0
      if (number >= 1 && number <= count) return number - 1
      throw new CodiError('usage', `There is no item "${word}"; the list has 1 to ${count}`)
    }),
  )
}
