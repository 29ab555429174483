/** Asks, at the terminal of a one-shot run, what becomes of what a command changed on a copy. Ctrl+C throws it away. */
import type { Output } from './output.ts'
import { stderrStream } from './person.ts'

export async function askAboutTry(
  output: Output,
  { failed, signal }: { failed: boolean; signal: AbortSignal },
): Promise<'apply' | 'discard' | 'keep'> {
  const { isCancel, select } = await import('@clack/prompts')
  const picked = await select<'apply' | 'discard' | 'keep'>({
    message: failed ? 'The command failed. Apply it all the same?' : 'Apply it?',
    initialValue: failed ? 'discard' : 'apply',
    options: [
      { value: 'apply', label: 'apply', hint: 'change the files' },
      { value: 'discard', label: 'discard', hint: 'throw it away' },
      { value: 'keep', label: 'keep', hint: 'decide later' },
    ],
    input: process.stdin,
    output: stderrStream(output),
    signal,
  })
  return isCancel(picked) ? 'discard' : picked
}
