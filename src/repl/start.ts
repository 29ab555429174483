/**
 * Puts the REPL together from the process: its terminal, its environment, its history file. An error that nobody caught
 * ends it like any other, with the terminal given back first.
 */
import { join } from 'node:path'
import { codiPaths } from '../config/paths.ts'
import type { App } from '../contract/app.ts'
import type { Env } from '../terminal/color-level.ts'
import type { Output } from '../terminal/output.ts'
import { restoreTerminal } from '../terminal/raw-mode.ts'
import { runRepl } from './repl.ts'

export async function startRepl(
  app: App,
  options: { output: Output; env: Env; initialPrompt: string | undefined },
): Promise<number> {
  const { output, env, initialPrompt } = options
  const { stdin } = process
  const crashed = Promise.withResolvers<never>()
  const restore = () => restoreTerminal(stdin, output, env)
  const onCrash = (thrown: unknown) => {
    restore()
    crashed.reject(thrown)
  }
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
  // Also on the ways out that no `finally` sees.
  process.on('exit', restore)
  try {
    const ended = runRepl(app, {
      output,
      stdin,
      env,
      historyFile: join(codiPaths(env).data, 'history.jsonl'),
      interactive: stdin.isTTY === true && output.stdoutIsTerminal,
      ...(initialPrompt === undefined ? {} : { initialPrompt }),
    })
    return await Promise.race([ended, crashed.promise])
  } finally {
    restore()
    process.off('exit', restore)
    process.off('uncaughtException', onCrash)
    process.off('unhandledRejection', onCrash)
  }
}
