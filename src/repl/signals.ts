/** What the operating system tells the REPL: interrupts from outside, a lost terminal, stop and continue. */

export function onProcessSignals(handlers: {
  onInterrupt: () => void
  /** With the exit status that a shell gives such an end. */
  onEnd: (exitCode: number) => void
  onContinue: () => void
}): () => void {
  const listeners: [NodeJS.Signals, () => void][] = [
    ['SIGINT', handlers.onInterrupt],
    ['SIGHUP', () => handlers.onEnd(129)],
    ['SIGTERM', () => handlers.onEnd(143)],
    ['SIGCONT', handlers.onContinue],
  ]
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

/**
 * Ctrl+Z: the whole job stops, as the shell expects. In a group that nobody could continue the system ignores it; then,
 * as after a continue, `onResume` is called.
 */
export function suspendProcess(onResume: () => void): void {
  process.kill(0, 'SIGTSTP')
  setTimeout(onResume, 50)
}
