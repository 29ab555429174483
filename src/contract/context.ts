/** What a person sees and does about the context: what the next request sends, summaries, pinned messages. */
export interface ContextDesk {
  /** How full the window was at the last request, from 0 to 1; undefined where that is not known. */
  readonly share: number | undefined
  bill(signal: AbortSignal): Promise<ContextBill>
  /** Summarises all but the newest messages. Throws a CodiError where there is nothing to summarise. */
  compact(options: { focus?: string }, signal: AbortSignal): Promise<CompactionReport>
  /** Takes the newest summary in force back. Throws a CodiError where there is none. */
  undoCompaction(): CompactionRow
  /** Summaries in force and taken back, oldest first. */
  compactions(): CompactionRow[]
  /** What can be pinned, oldest first. */
  messages(): ContextMessage[]
  /** By its number; a text of its own is said to the model with the next prompt, and stays. */
  pin(what: { number: number } | { text: string }): ContextMessage
  unpin(number: number): ContextMessage
}

export interface ContextBill {
  provider: string
  model: string
  /** Null where it is not known. */
  window: number | null
  /** Where relief begins; null without a window. */
  trigger: number | null
  /** Of the whole request. */
  tokens: number
  /** True where nobody has counted: all figures are estimates then, as those of the parts always are. */
  estimated: boolean
  /** Room that is left for the conversation; null without a window. */
  free: number | null
  /** Of the last request, what the host had in its cache; null before the first. */
  cached: number | null
  parts: ContextPart[]
  /** The largest results, the largest first. */
  largest: { call: string; tokens: number }[]
  /** What would be done next, in a sentence. */
  next: string
}

export interface ContextPart {
  name: string
  tokens: number
  /** How many messages, results, tools. */
  count: number
}

export interface CompactionReport {
  messages: number
  tokensBefore: number
  tokensAfter: number
  /** Messages that stay word for word. */
  kept: number
  summary: string
}

export interface CompactionRow {
  entry: number
  at: number
  by: 'budget' | 'overflow' | 'person'
  focus?: string
  tokensBefore: number
  tokensAfter: number
  summary: string
  undone: boolean
}

export interface ContextMessage {
  number: number
  entry: number
  role: 'user' | 'assistant'
  text: string
  pinned: boolean
}
