/** The line below the prompt: search and candidates, the command being typed, or a word said once. */
import type { Editor } from '../terminal/input.ts'
import type { Command } from './command.ts'
import { matchingCommands } from './sources.ts'

export interface Hints {
  readonly text: string | undefined
  /** Shown until the next key. */
  say(text: string): void
  forget(): void
}

const firstHint = '/help lists commands, @ attaches a file, ! runs a command'

export function openHints(options: {
  editor: Editor
  commands: () => readonly Command[]
  /** What goes on in the background; empty when nothing does. */
  progress: () => string
}): Hints {
  const { editor } = options
  let said: string | undefined
  let first: string | undefined = firstHint
  return {
    get text() {
      const now = editor.hint ?? commandHint(editor.raw.text, options.commands()) ?? said
      return now ?? (options.progress() || first)
    },
    say(text) {
      said = text
    },
    forget() {
      said = undefined
      first = undefined
    },
  }
}

function commandHint(text: string, commands: readonly Command[]): string | undefined {
  const found = /^\/([\w-]*)(\s?)/.exec(text)
  if (!found || text.includes('\n') || /^\/\S*\//.test(text)) return undefined
  const word = found[1] as string
  const exact = commands.find((row) => row.name === word || row.aliases.includes(word))
  if (exact && (found[2] !== '' || text.length === word.length + 1)) {
    return `/${exact.name}${exact.usage ? ` ${exact.usage}` : ''}: ${exact.summary}`
  }
  if (found[2] !== '') return undefined
  const names = matchingCommands(word, commands).map((row) => `/${row.name}`)
  return names.length > 0 ? names.join('  ') : undefined
}
