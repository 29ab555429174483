/** What every measurement is given. */
import type { RunOptions } from './measure.ts'
import type { BenchServer } from './server.ts'

export interface Bench {
  codi: string
  runs: number
  server: BenchServer
  /** An empty directory to work in, and an environment with nothing configured but the bench server. */
  options: RunOptions
  /** Arguments that choose the bench server's model. */
  model: string[]
}
