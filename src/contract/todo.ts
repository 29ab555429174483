/** The todo list of a session: the model's, and a person may change it. */
import type { TodoItem } from './tool.ts'

export interface Todo {
  /** Kept with the session: setting it is durable. */
  items: TodoItem[]
  /** A change by the person, which the model is told with the next message. */
  change(items: TodoItem[]): void
}
