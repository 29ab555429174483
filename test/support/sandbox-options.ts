/** What the sandbox worker is started with in tests. */
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SandboxPolicy } from '../../src/contract/sandbox-service.ts'

/** Without `over` nothing is confined. */
export function sandboxOptions(over: Partial<SandboxPolicy> = {}): {
  policy: SandboxPolicy
  directory: string
} {
  return {
    directory: realpathSync(mkdtempSync(join(tmpdir(), 'codi-sandbox-'))),
    policy: {
      mode: 'off',
      writable: [],
      protected: [],
      unreadable: [],
      unreadableGlobs: [],
      network: 'on',
      allowedHosts: [],
      keepEnvironment: [],
      limits: { cpuSeconds: 0, memoryBytes: 0, processes: 0, fileBytes: 0 },
      ...over,
    },
  }
}
