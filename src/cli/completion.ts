/** Completion scripts for shells, from the tables of flags and commands. */

import { usage } from './args.ts'
import { commandRows } from './commands.ts'
import { type FlagRow, flagRows } from './flags.ts'

const shells: Record<string, () => string> = { bash, zsh, fish }

export function completionScript(shell: string | undefined): string {
  const script = shells[shell ?? '']
  if (!script) throw usage(`codi completion wants one of ${Object.keys(shells).join(', ')}`)
  return script()
}

const shownFlags = flagRows.filter((row) => !row.hidden)
const generalFlags = shownFlags.filter((row) => !row.commands)
const commandNames = commandRows.map((row) => row.name)
const firstWords = commandRows.flatMap(({ name, firstWords: words }) => {
  if (name === 'help') return [{ name, words: commandNames }]
  return words ? [{ name, words }] : []
})

/** Commands with flags of their own; one name stands for several rows. */
const ownFlags = commandNames.flatMap((name) => {
  const flags = shownFlags.filter((row) => row.commands?.includes(name))
  return flags.length > 0 ? [{ name, flags }] : []
})

function isPath(row: FlagRow): boolean {
  return row.value === 'FILE' || row.value === 'DIR'
}

function bash(): string {
  const long = (rows: readonly FlagRow[]) => rows.map((row) => `--${row.name}`).join(' ')
  const choices = shownFlags
    .filter((row) => row.choices)
    .map(
      (row) =>
        `    ${row.short === undefined ? '' : `-${row.short} | `}--${row.name}) COMPREPLY=($(compgen -W "${row.choices?.join(' ')}" -- "$word")); return ;;`,
    )
  const words = firstWords.map(
    (row) =>
      `    ${row.name}) COMPREPLY=($(compgen -W "${row.words.join(' ')}" -- "$word")); return ;;`,
  )
  return `# bash completion for codi
_codi() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  case $previous in
${choices.join('\n')}
  esac
  [[ $COMP_CWORD -eq 2 && $word != -* ]] && case $previous in
${words.join('\n')}
  esac
  if [[ $word == -* ]]; then
    local own=
    case \${COMP_WORDS[1]} in
${ownFlags.map((row) => `      ${row.name}) own="${long(row.flags)}" ;;`).join('\n')}
    esac
    COMPREPLY=($(compgen -W "$own ${long(generalFlags)}" -- "$word"))
  elif [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commandNames.join(' ')}" -- "$word") $(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _codi codi
`
}

function zsh(): string {
  const flag = (row: FlagRow) => {
    const value =
      row.value === undefined
        ? ''
        : `:${row.value}:${row.choices ? `(${row.choices.join(' ')})` : isPath(row) ? '_files' : ''}`
    return `    '${row.repeat ? '*' : ''}--${row.name}[${escapeZsh(row.summary)}]${value}'`
  }
  const own = ownFlags.map(
    ({ name, flags }) => `    ${name}) flags+=(\n${flags.map(flag).join('\n')}\n    ) ;;`,
  )
  const commands = commandRows.map((row) => `    '${row.name}:${escapeZsh(row.summary)}'`)
  const words = firstWords.map((row) => `    ${row.name}) compadd ${row.words.join(' ')} ;;`)
  return `#compdef codi
_codi_words() {
  case $words[2] in
${words.join('\n')}
    *) _files ;;
  esac
}
_codi() {
  local -a commands flags
  commands=(
${commands.join('\n')}
  )
  flags=(
${generalFlags.map(flag).join('\n')}
  )
  case $words[2] in
${own.join('\n')}
  esac
  _arguments $flags \\
    '1: :{_describe command commands}' '2: :_codi_words' '*: :_files'
}
_codi "$@"
`
}

function fish(): string {
  const flags = shownFlags.map((row) => {
    const short = row.short === undefined ? '' : ` -s ${row.short}`
    const value =
      row.value === undefined
        ? ''
        : row.choices
          ? ` -x -a '${row.choices.join(' ')}'`
          : isPath(row)
            ? ' -r'
            : ' -x'
    const only = row.commands ? ` -n '__fish_seen_subcommand_from ${row.commands.join(' ')}'` : ''
    return `complete -c codi -l ${row.name}${short}${value}${only} -d '${escapeQuotes(row.summary)}'`
  })
  const commands = commandRows.map(
    (row) =>
      `complete -c codi -n __fish_use_subcommand -a ${row.name} -d '${escapeQuotes(row.summary)}'`,
  )
  const words = firstWords.map((row) => {
    const others = row.words.filter((word) => word !== row.name).join(' ')
    const when = `__fish_seen_subcommand_from ${row.name}; and not __fish_seen_subcommand_from ${others}`
    return `complete -c codi -f -n '${when}' -a '${row.words.join(' ')}'`
  })
  return `# fish completion for codi\n${[...commands, ...words, ...flags].join('\n')}\n`
}

function escapeZsh(text: string): string {
  return escapeQuotes(text).replace(/[[\]:]/g, '\\$&')
}

function escapeQuotes(text: string): string {
  return text.replaceAll("'", '’')
}
