/** What relief of the context needs from outside: how far, how to measure, who summarises, where whole results are kept. */
import type { ContextItem } from '../contract/context-items.ts'
import type { Meter } from './meter.ts'

export interface ContextCare {
  /** False: nothing is relieved by itself. */
  auto: boolean
  /** Share of the usable window at which relief begins. */
  compactAt: number
  /** Tokens of the newest messages that stay as they are. */
  keepRecent: number
  meter: Meter
  summarizer: Summarizer
  /** Keeps a whole result; answers its id for recall_result, undefined where it cannot be kept. */
  keepResult(text: string, about: { tool: string; callId: string }): Promise<string | undefined>
  /** A host has told that no more than this fits. */
  learnWindow(tokens: number): void
  /** The todo list as it stands, a line an item: every summary ends with it. */
  standing?(): string[]
  /** How full the window is, before each request. */
  measured(full: { inputTokens: number; window: number | undefined }): void
}

export interface Summarizer {
  /** Tokens that it takes at once, its answer included; undefined: nobody knows. */
  window(signal: AbortSignal): Promise<number | undefined>
  /** Undefined where no model is there to be asked. Throws a CodiError when it cannot. */
  ask?(request: SummaryRequest, signal: AbortSignal): Promise<string>
  /** Without a model: what the messages themselves say. `earlier` is the summary that it must keep. */
  extract(items: readonly ContextItem[], options: ExtractOptions): Promise<string>
}

export interface SummaryRequest {
  system: string
  text: string
  maxOutputTokens: number
}

export interface ExtractOptions {
  earlier?: string
  focus?: string
  maxChars: number
}
