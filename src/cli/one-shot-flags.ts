/** Flags that only a run with one answer can honour: in a REPL they would be lost without a word. */
import { type Arguments, has, usage } from './args.ts'

export function refuseOneShotFlags(args: Arguments): void {
  const lost = ['file', 'image', 'output', 'output-schema'].find((flag) => has(args, flag))
  if (has(args, 'goal')) throw usage('--goal belongs to a run with a prompt; in the REPL, /goal')
  if (lost === undefined) return
  const advice = lost === 'file' || lost === 'image' ? '; in the REPL, @path attaches a file' : ''
  throw usage(`--${lost} belongs to a run with a prompt and one answer${advice}`)
}
