/** Commands whose output is known in kind: names of files that are there, or numbers. */
import type { Command } from './script.ts'
import { isWhole } from './wipe.ts'

const paths: ReadonlySet<string> = new Set(
  'ls find fd fdfind pwd dirname basename realpath readlink which mktemp whoami nproc'.split(' '),
)
const gitPaths: ReadonlySet<string> = new Set(['ls-files', 'rev-parse', 'merge-base'])
/** Of a pipe these print some of its lines; of a file they would print what is in it. */
const filters: ReadonlySet<string> = new Set('head tail sort uniq tac shuf grep rg wc'.split(' '))

/**
 * Whether what these print can only be names that were there already: of files, of revisions. Those of all files of the
 * home directory are not counted among them: whoever reads them reads the credentials.
 */
export function printsPaths(commands: readonly Command[], home: string): boolean {
  return (
    commands.length > 0 &&
    commands.every(
      (command) =>
        printsPath(command) && !command.words.some((word) => isWhole(word, home, command.cwd)),
    )
  )
}

function printsPath({ words, assignments, input }: Command): boolean {
  const name = words[0]?.value ?? ''
  const flags = words.slice(1).filter((word) => word.lead.startsWith('-'))
  if (assignments.length > 0 || flags.some((word) => /^-f?printf|^--format/.test(word.lead)))
    return false
  if (name === 'git') {
    const sub = words[1]?.value ?? ''
    return gitPaths.has(sub) || (sub === 'diff' && flags.some((w) => w.value === '--name-only'))
  }
  if (paths.has(name)) return true
  if (!filters.has(name)) return false
  const lists = /^-[a-zA-Z]*[lL]|^--files/
  return (
    input.kind === 'pipe' ||
    ((name === 'grep' || name === 'rg') && flags.some((word) => lists.test(word.lead)))
  )
}

/** Whether what these print is one revision, or nothing: never an option. */
export function printsRevision(commands: readonly Command[]): boolean {
  const [only] = commands
  const [name, sub, ...rest] = only?.words ?? []
  if (commands.length !== 1 || name?.value !== 'git') return false
  if (sub?.value !== 'rev-parse' && sub?.value !== 'merge-base') return false
  return rest.every(
    (word) =>
      !word.lead.startsWith('-') || /^--(?:short|abbrev-ref|verify)$/.test(word.value ?? ''),
  )
}

/** Whether the last of these prints a number and nothing else. */
export function printsNumber(commands: readonly Command[]): boolean {
  const last = commands.at(-1)
  const name = last?.words[0]?.value
  const rest = last?.words.slice(1) ?? []
  if (name === 'nproc') return true
  if (name === 'wc') return rest.every((word) => /^-[clmwL]+$/.test(word.value ?? ''))
  return name === 'date' && rest.length === 1 && /^\+%[sYNjHMS]$/.test(rest[0]?.value ?? '')
}
