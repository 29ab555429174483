/** Finding a command by what was typed, and telling about commands. */
import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import { wrapText } from '../terminal/wrap.ts'
import type { Command } from './command.ts'
import type { Face } from './face.ts'
import { rowsText } from './rows.ts'

export function findCommand(name: string, commands: readonly Command[]): Command | undefined {
  const wanted = name.toLowerCase()
  return commands.find((row) => row.name === wanted || row.aliases.includes(wanted))
}

export function unknownCommand(name: string, commands: readonly Command[]): CodiError {
  const names = commands.flatMap((row) => [row.name, ...row.aliases])
  const starts = names.filter((known) => known.startsWith(name.toLowerCase()))
  const [near] = starts.length > 0 ? starts : closest(name, names, { threshold: 0.5 })
  const advice = near ? `did you mean /${near}?` : '/help lists the commands'
  return new CodiError('usage', `There is no command /${name}; ${advice}`)
}

export function commandHelp(command: Command, face: Face): string {
  const { style } = face
  const usage = `/${command.name}${command.usage ? ` ${command.usage}` : ''}`
  const aliases = command.aliases.map((alias) => `/${alias}`).join(', ')
  return [
    `${style.bold(usage)}`,
    ...[command.summary, ...(command.help ?? [])].flatMap((line) =>
      wrapText(line, { columns: face.columns - 1, first: '  ', rest: '  ' }),
    ),
    ...(aliases === '' ? [] : [style.dim(`  also: ${aliases}`)]),
    '',
  ].join('\n')
}

/** `?word`: commands that have to do with a word. */
export function searchCommands(word: string, commands: readonly Command[], face: Face): string {
  const wanted = word.toLowerCase()
  const found = commands.filter((row) =>
    [row.name, ...row.aliases, row.summary, ...(row.help ?? [])]
      .join(' ')
      .toLowerCase()
      .includes(wanted),
  )
  if (found.length === 0) {
    return face.style.dim(`Nothing about "${word}"; /help lists the commands\n`)
  }
  return rowsText(
    found.map((row) => [`/${row.name}${row.usage ? ` ${row.usage}` : ''}`, row.summary] as const),
    face,
  )
}
