/** The helper that confines commands: where it can be executed from, or why there is none. */

export function helperPath(): string | { reason: string } {
  return { reason: 'this build of codi has no helper' }
}
