/** `codi todo`: the list of steps of a session, and a person's changes of it. */
import { exitCodes } from '../app/exit-code.ts'
import { changedTodo, checkTodoWords, todoLine } from '../app/todo-text.ts'
import { neutralize } from '../base/text.ts'
import { has } from './args.ts'
import { type CodeCommand, printJson } from './code/command.ts'

export async function todo({ app, args, output }: CodeCommand): Promise<number> {
  const words = args.words.join(' ')
  // What is wrong whatever the list holds is said before a session is looked for.
  if (words !== '' && words !== 'list') checkTodoWords(words)
  if (app.sessionId === undefined) app.resumeSession(undefined)
  if (words !== '' && words !== 'list') app.todo.change(changedTodo(app.todo.items, words))
  const { items } = app.todo
  if (has(args, 'json')) printJson(output, items)
  else if (items.length === 0) output.err('codi: the list is empty\n')
  else
    output.out(items.map((item, index) => `${index + 1}  ${neutralize(todoLine(item))}\n`).join(''))
  return exitCodes.done
}
