/**
 * The fast path: a text of nothing but plain words is one simple command, and needs no grammar. Answers undefined for
 * any text that holds a character with a meaning to the shell, or that begins with a word that has one.
 */
import { literal, type Script } from './script.ts'

const plain = /^[ \t]*[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,= \t-]*$/
const reserved =
  /^(?:if|then|else|elif|fi|do|done|case|esac|while|until|for|select|function|in|coproc|time|export|declare|typeset|readonly|local|unset|unsetenv)$/

/** Longer texts are for the grammar, which has a limit of its own. */
const maxChars = 4_096

export function readPlain(text: string, cwd: string): Script | undefined {
  if (text.length > maxChars || !plain.test(text)) return undefined
  const words = text.trim().split(/[ \t]+/)
  const first = words[0] ?? ''
  if (first.includes('=') || first.includes('+') || reserved.test(first)) return undefined
  return {
    commands: [
      {
        words: words.map(literal),
        assignments: [],
        redirects: [],
        input: { kind: 'inherited' },
        cwd,
        within: [],
        concurrent: false,
      },
    ],
    loose: [],
    functions: new Set(),
    fault: undefined,
  }
}
