/** What the protocols of the proxy share about one command. */
import type { Environment } from '../../../src/base/outgoing-proxy.ts'
import type { HostAccess } from './access.ts'

export interface ServeContext {
  access: HostAccess
  /** Names the proxy that leads out of this machine, where there is one. */
  env: Environment
  /** Aborted when the command has ended. */
  signal: AbortSignal
}
