/** What the modes leave free, for people. */
import type { Mode } from '../contract/permission.ts'

export const modeTexts: Readonly<Record<Mode, string>> = {
  plan: 'reads only; commands that only read run with nothing writable',
  ask: 'reads are free, so are commands that only read or that a rule allows; the rest is asked for',
  edit: 'as ask, and files in the workspace are changed freely',
  auto: 'everything in the workspace and inside the sandbox is free',
}
