/** A tool bench with the real ripgrep. */
import { ripgrepPath } from '../../../src/tools/search/ripgrep.ts'
import { openToolBench, type ToolBench, type ToolBenchOptions } from '../../support/tool-context.ts'

export function openSearchBench(options: ToolBenchOptions = {}): Promise<ToolBench> {
  const ripgrep = () => ripgrepPath({ cacheDirectory: '/nonexistent', env: process.env })
  return openToolBench({ ...options, services: { ripgrep, ...options.services } })
}
