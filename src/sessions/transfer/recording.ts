/** What a reader of another program's sessions tells, in the order in which it was said; recorder.ts makes entries of it. */
import type {
  AssistantMessage,
  ImageBlock,
  ResultBlock,
  TextBlock,
  ThinkingBlock,
  Usage,
} from '../../contract/message.ts'
import type { Entry, EntryBody } from '../../contract/session.ts'
import type { ImportReport } from '../../contract/session-transfer.ts'

/** Where entries go. Their ids and parents are numbers of the source; whoever keeps them gives new ones. */
export interface EntryWriter {
  add(entry: Entry): void
}

export interface Answer {
  content: AssistantMessage['content']
  at: number | undefined
  /** Parts of one answer that arrive in several lines share it; without it they are joined until a result comes. */
  key?: string | undefined
  provider?: string | undefined
  model?: string | undefined
  usage?: Usage | undefined
  costUsd?: number | undefined
  stop?: string | undefined
}

/** What is told of an answer beside its words. */
export type AnswerFacts = Pick<
  Extract<EntryBody, { type: 'message' }>,
  'provider' | 'model' | 'usage' | 'costUsd' | 'stop'
>

export interface SourceFacts {
  sourceId?: string | undefined
  cwd?: string | undefined
  title?: string | undefined
  provider?: string | undefined
  model?: string | undefined
}

export interface Recorder {
  /** Facts about the session; what is known before its first answer stands in its first entry. */
  about(facts: SourceFacts): void
  user(content: (TextBlock | ImageBlock)[], at: number | undefined): void
  assistant(answer: Answer): void
  /** Tokens of the answer under way, or of a request of its own. */
  usage(usage: Usage): void
  result(result: Omit<ResultBlock, 'name' | 'type'>, at: number | undefined): void
  compaction(
    body: { summary: string; keptFrom?: number; by: 'budget' | 'person'; tokensBefore: number },
    at: number | undefined,
  ): void
  /** The last so many prompts of the person and all that followed are taken back. */
  takeBack(prompts: number, at: number | undefined): void
  /** The entry that the next message will be, for `keptFrom`. */
  next(): number
  leaveOut(what: string, count?: number): void
  end(): ImportReport
}

/** What a model of another program thought: for people, never sent back. */
export function importedThinking(text: string): ThinkingBlock {
  return { type: 'thinking', text, wire: 'imported' }
}
