/** Care for the context in tests: a scripted summariser, and results kept in memory. */
import { uncalibrated } from '../../src/agent/calibration.ts'
import type { ContextCare, SummaryRequest } from '../../src/agent/context-care.ts'
import { openMeter } from '../../src/agent/meter.ts'
import { extractSummary } from '../../src/providers/builtin/summary.ts'

export interface TracedCare extends ContextCare {
  asked: SummaryRequest[]
  kept: string[]
  learned: number[]
}

export interface CareOptions extends Partial<ContextCare> {
  /** What the summariser answers. */
  answer?(request: SummaryRequest, signal: AbortSignal): Promise<string>
  summaryWindow?: number
}

export function tracedCare(options: CareOptions = {}): TracedCare {
  const { answer = async () => '## Goal\nsummed up', summaryWindow, ...rest } = options
  const asked: SummaryRequest[] = []
  const kept: string[] = []
  const learned: number[] = []
  return {
    asked,
    kept,
    learned,
    auto: true,
    compactAt: 0.8,
    keepRecent: 20_000,
    meter: openMeter(uncalibrated),
    summarizer: {
      window: async () => summaryWindow,
      ask(request, signal) {
        asked.push(request)
        return answer(request, signal)
      },
      extract: async (items, options) => extractSummary(items, options),
    },
    keepResult: async (text) => `r${kept.push(text)}`,
    learnWindow: (tokens) => void learned.push(tokens),
    measured: () => undefined,
    ...rest,
  }
}
