/** Help from the tables: for the whole, and for one command. */
import { closest } from '../base/closest.ts'
import { usage } from './args.ts'
import { commandRows } from './commands.ts'
import { type FlagRow, flagRows } from './flags.ts'

const groups = [
  ['recipe', 'Recipes (they read piped input)'],
  ['code', 'Code, no model needed'],
  ['state', 'State'],
  ['setup', 'Set-up'],
  ['script', 'For scripts'],
] as const

export function helpText(): string {
  const lines = [
    'codi: a coding agent for the terminal',
    '',
    'Usage',
    '  codi                             REPL, on a terminal',
    '  codi [flags] "prompt"            one answer on stdout, then exit',
    '  codi -i ["prompt"]               REPL, also fed by lines: codi -i < script.txt',
    '  command | codi "prompt"          piped input is added to the prompt',
    '  codi -                           the prompt itself is read from stdin',
  ]
  for (const [group, title] of groups) {
    lines.push('', title)
    for (const row of commandRows.filter((candidate) => candidate.group === group))
      lines.push(twoColumns(`${row.name} ${row.usage}`.trim(), row.summary))
  }
  lines.push('', 'Flags')
  for (const row of flagRows.filter((candidate) => !candidate.commands && !candidate.hidden))
    lines.push(twoColumns(flagText(row), row.summary))
  lines.push(
    '',
    'Exit status: 0 done, 1 failed, 2 usage, 3 a needed permission was denied, 4 a limit was reached,',
    '5 credentials missing or refused, 6 provider unreachable, 7 findings (--fail-on), 130 interrupted',
  )
  return `${lines.join('\n')}\n`
}

export function commandHelp(name: string): string {
  const row = commandRows.find((candidate) => candidate.name === name)
  if (!row) {
    const names = commandRows.map((candidate) => candidate.name)
    const near = closest(name, names, { limit: 1 })[0]
    const advice = near === undefined ? 'codi --help lists them' : `did you mean ${near}?`
    throw usage(`There is no command "${name}"; ${advice}`)
  }
  const lines = [`codi ${row.name} ${row.usage}`.trim(), `  ${row.summary}`]
  if (row.notes) lines.push('', ...row.notes.map((note) => `  ${note}`))
  const own = flagRows.filter((candidate) => candidate.commands?.includes(name))
  if (own.length > 0)
    lines.push('', 'Flags', ...own.map((flag) => twoColumns(flagText(flag), flag.summary)))
  if (row.examples) lines.push('', 'Examples', ...row.examples.map((example) => `  ${example}`))
  lines.push('', 'The general flags are in codi --help')
  return `${lines.join('\n')}\n`
}

function flagText(row: FlagRow): string {
  const short = row.short === undefined ? '    ' : `-${row.short}, `
  const value = row.value === undefined ? '' : row.optional ? ` [${row.value}]` : ` ${row.value}`
  return `${short}--${row.name}${value}`
}

const leftColumn = 33

function twoColumns(left: string, right: string): string {
  const padded = left.padEnd(leftColumn)
  return left.length >= leftColumn
    ? `  ${left}\n  ${' '.repeat(leftColumn)}${right}`
    : `  ${padded}${right}`
}
