/** The limits of a command that has none. */
import type { SandboxLimits } from '../../../src/contract/sandbox-service.ts'

export const noLimits: SandboxLimits = {
  cpuSeconds: 0,
  memoryBytes: 0,
  processes: 0,
  fileBytes: 0,
}
