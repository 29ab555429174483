/**
 * The terminal as the line editor needs it (keys at once, pastes marked), and back. Leaving is safe at any time and as
 * often as one likes: whether there is something to undo is read from the terminal itself.
 */
import type { Env } from './color-level.ts'
import type { Output } from './output.ts'

/** Standard input: `process.stdin`. */
export type Stdin = typeof process.stdin

/** Terminals that tell Shift+Enter from Enter when asked, and are known to take the question well. */
function speaksKitty(env: Env): boolean {
  const names = /kitty|ghostty|foot|wezterm|iterm\.app/i
  return names.test(env.TERM ?? '') || names.test(env.TERM_PROGRAM ?? '')
}

export function enterRawMode(stdin: Stdin, output: Output, env: Env): void {
  if (stdin.isTTY) stdin.setRawMode(true)
  output.out(`\x1b[?2004h${speaksKitty(env) ? '\x1b[>1u' : ''}`)
}

/** Undoes `enterRawMode`; does nothing where it was not entered. Also for main, on a crash. */
export function restoreTerminal(stdin: Stdin, output: Output, env: Env): void {
  if (!stdin.isTTY || !stdin.isRaw) return
  output.out(`\x1b[?2004l${speaksKitty(env) ? '\x1b[<u' : ''}\x1b[?25h`)
  try {
    stdin.setRawMode(false)
  } catch {
    // The terminal is gone: there is nothing to restore.
  }
}
