/**
 * The address that a browser on another machine was sent to, pasted into this terminal or piped in by lines. Nothing of
 * stdin is touched before somebody waits for it.
 */
import { createInterface, type Interface } from 'node:readline'
import { cancelled } from '../../base/async.ts'
import { stdinIsPiped } from '../piped.ts'
import { type AuthCommand, isTerminal, promptStreams } from './command.ts'

export interface Paste {
  ask(options: { problem: string | undefined; signal: AbortSignal }): Promise<string | undefined>
  close(): void
}

export function openPaste(command: AuthCommand): Paste {
  let lines: Interface | undefined
  let iterator: AsyncIterator<string> | undefined

  return {
    async ask({ problem, signal }) {
      if (problem !== undefined) command.output.err(`codi: ${problem}\n`)
      if (isTerminal(command)) return typed(command, signal)
      if (!stdinIsPiped()) return undefined
      lines ??= createInterface({ input: process.stdin, terminal: false })
      iterator ??= lines[Symbol.asyncIterator]()
      const next = await iterator.next()
      return next.done ? undefined : next.value
    },
    close() {
      lines?.close()
      // An open stdin would keep the process waiting for whoever has the other end.
      if (lines) process.stdin.destroy()
    },
  }
}

async function typed(
  { output, signal: outer }: AuthCommand,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { isCancel, text } = await import('@clack/prompts')
  const answer = await text({
    message: 'Waiting for the browser. If it is on another machine, paste the address it ends at',
    ...promptStreams(output),
    signal,
  })
  if (!isCancel(answer)) return answer ?? ''
  // Ctrl+C at the question means the login; an answer from the browser ends the question, too.
  if (!signal.aborted && !outer.aborted) throw cancelled()
  return undefined
}
