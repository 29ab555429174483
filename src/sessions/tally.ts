/**
 * What an entry changes in the row by which its session is listed. The row follows from the entries alone, so that it
 * can be made again from them.
 */
import type { EntryBody } from '../contract/session.ts'
import { isOnlyNotes, labelOf, typedText } from './typed-text.ts'

/** Added to the columns of these names. */
export interface Counts {
  messages: number
  prompts: number
  calls: number
  input_tokens: number
  output_tokens: number
  unpriced: number
}

export interface Tally {
  counts: Partial<Counts>
  costUsd?: number
  /** Columns that get a new value. */
  set: Record<string, string | number | null>
  /** How a prompt begins; counts where it is the first of its session. */
  prompt?: string
}

export function tallyOf(body: EntryBody): Tally {
  switch (body.type) {
    case 'session':
      return {
        counts: {},
        set: {
          cwd: body.cwd,
          provider: body.provider,
          model: body.model,
          forked_from: body.forkedFrom?.session ?? null,
          forked_entry: body.forkedFrom?.entry ?? null,
          imported_program: body.importedFrom?.program ?? null,
          imported_id: body.importedFrom?.id ?? null,
        },
      }
    case 'model':
      return { counts: {}, set: { provider: body.provider, model: body.model } }
    case 'name':
      return { counts: {}, set: { name: body.text } }
    case 'label':
      return { counts: {}, set: { label: body.text } }
    case 'archived':
      return { counts: {}, set: { archived: body.archived ? 1 : 0 } }
    case 'request':
      return { counts: spent(body.usage, body.costUsd), ...cost(body.costUsd), set: {} }
    case 'message':
      return messageTally(body)
    default:
      return { counts: {}, set: {} }
  }
}

function messageTally(body: Extract<EntryBody, { type: 'message' }>): Tally {
  const { message, usage, costUsd } = body
  const calls =
    message.role === 'assistant' ? message.content.filter(({ type }) => type === 'call').length : 0
  const counts = {
    messages: 1,
    ...(message.role === 'user' && !isOnlyNotes(message) ? { prompts: 1 } : {}),
    ...(calls > 0 ? { calls } : {}),
    ...(usage ? spent(usage, costUsd) : {}),
  }
  const prompt = labelOf(typedText(message))
  return { counts, ...cost(costUsd), set: {}, ...(prompt === '' ? {} : { prompt }) }
}

type Spent = Extract<EntryBody, { type: 'request' }>['usage']

function spent(usage: Spent, costUsd: number | null | undefined): Partial<Counts> {
  return {
    input_tokens: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
    ...(costUsd === null || costUsd === undefined ? { unpriced: 1 } : {}),
  }
}

function cost(costUsd: number | null | undefined): { costUsd?: number } {
  return costUsd === null || costUsd === undefined ? {} : { costUsd }
}
