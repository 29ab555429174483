/**
 * A conversation as people read it: prompts, answers with their calls and what came of them, and what was put in place
 * of what. Made entry by entry, so that a long session needs no more memory than its longest answer.
 */
import type {
  CallBlock,
  ImageBlock,
  Message,
  ResultBlock,
  TextBlock,
  Usage,
} from '../../contract/message.ts'
import type { Entry } from '../../contract/session.ts'
import { type PromptText, promptText } from './prompt-text.ts'

export interface ShownCall {
  kind: 'call'
  call: CallBlock
  /** Undefined: it was interrupted. */
  result: ResultBlock | undefined
  /** From the answer to the result. */
  ms: number | undefined
}

export type ShownPart =
  | { kind: 'text'; text: string }
  | { kind: 'thinking'; text: string }
  | ShownCall

export type Shown =
  | { kind: 'prompt'; number: number; at: number; text: PromptText; images: ImageBlock[] }
  | {
      kind: 'answer'
      at: number
      provider: string
      model: string
      usage: Usage | undefined
      costUsd: number | null | undefined
      parts: ShownPart[]
    }
  | { kind: 'interrupted'; at: number; text: string }
  | { kind: 'compaction'; at: number; summary: string; tokensBefore: number }
  | { kind: 'note'; at: number; text: string }

/** Entries of the path, in order. */
export function* shown(entries: Iterable<Entry>): Generator<Shown> {
  let open:
    | { answer: Extract<Shown, { kind: 'answer' }>; calls: Map<string, ShownCall> }
    | undefined
  let prompts = 0
  for (const entry of entries) {
    if (entry.type === 'result') {
      const call = open?.calls.get(entry.result.callId)
      if (open && call) {
        call.result = entry.result
        call.ms = Math.max(0, entry.at - open.answer.at)
      }
      continue
    }
    if (entry.type === 'message' && entry.message.role === 'tool') {
      for (const result of entry.message.content) {
        const call = open?.calls.get(result.callId)
        if (call) call.result ??= result
      }
      continue
    }
    if (!turns.has(entry.type)) continue
    if (open) yield open.answer
    open = undefined
    if (entry.type === 'message' && entry.message.role === 'assistant') open = answerOf(entry)
    else if (entry.type === 'message' && entry.message.role === 'user') {
      const prompt = promptOf(entry.message, entry.at)
      if (prompt) yield { ...prompt, number: ++prompts }
    } else yield* others(entry)
  }
  if (open) yield open.answer
}

/** Entries that end the answer before them; the others say something about it or about nothing that is shown. */
const turns: ReadonlySet<Entry['type']> = new Set([
  'message',
  'draft',
  'compaction',
  'goal',
  'plan',
])

type MessageEntry = Extract<Entry, { type: 'message' }>

function answerOf(entry: MessageEntry) {
  const calls = new Map<string, ShownCall>()
  const parts = (entry.message.content as readonly Message['content'][number][]).flatMap(
    (block): ShownPart[] => {
      if (block.type === 'text')
        return block.text.trim() === '' ? [] : [{ kind: 'text', text: block.text }]
      if (block.type === 'thinking')
        return block.text.trim() === '' ? [] : [{ kind: 'thinking', text: block.text }]
      if (block.type !== 'call') return []
      const call: ShownCall = { kind: 'call', call: block, result: undefined, ms: undefined }
      calls.set(block.id, call)
      return [call]
    },
  )
  const { provider = '', model = '', usage, costUsd, at } = entry
  return { answer: { kind: 'answer' as const, at, provider, model, usage, costUsd, parts }, calls }
}

function promptOf(message: Extract<Message, { role: 'user' }>, at: number) {
  const texts = message.content.filter((block): block is TextBlock => block.type === 'text')
  const images = message.content.filter((block): block is ImageBlock => block.type === 'image')
  const text = promptText(texts.map((block) => block.text))
  const isEmpty = text.typed === '' && text.attached.length === 0 && images.length === 0
  return isEmpty ? undefined : { kind: 'prompt' as const, at, text, images }
}

function* others(entry: Entry): Generator<Shown> {
  const { at } = entry
  if (entry.type === 'draft') yield { kind: 'interrupted', at, text: entry.text }
  else if (entry.type === 'compaction')
    yield { kind: 'compaction', at, summary: entry.summary, tokensBefore: entry.tokensBefore }
  else if (entry.type === 'goal' && entry.goal)
    yield { kind: 'note', at, text: `Goal (${entry.goal.state}): ${entry.goal.text}` }
  else if (entry.type === 'plan' && entry.plan)
    yield { kind: 'note', at, text: `Plan (${entry.plan.state}): ${entry.plan.path}` }
}
