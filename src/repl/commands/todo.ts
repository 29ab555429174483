/** `/todo`: the todo list, and a person's changes of it. */
import { changedTodo, todoVerbs } from '../../app/todo-text.ts'
import { todoLines } from '../call-view.ts'
import type { Command } from '../command.ts'

export const todoCommands: readonly Command[] = [
  {
    name: 'todo',
    aliases: ['todos'],
    summary: 'the todo list; change it',
    usage: '[add TEXT | done N | start N | open N | drop N | clear]',
    words: todoVerbs,
    help: ['N is a number of the list, several, or all. The model is told with your next message.'],
    async run({ app, face, say }, args) {
      if (args !== '') app.todo.change(changedTodo(app.todo.items, args))
      const { items } = app.todo
      if (items.length === 0)
        say('info', 'The list is empty; /todo add TEXT, or the model makes one')
      const width = String(items.length).length
      const lines = todoLines(items, face).map(
        (line, index) => `  ${face.style.dim(String(index + 1).padStart(width))} ${line}\n`,
      )
      face.print(lines.join(''))
      return {}
    },
  },
]
