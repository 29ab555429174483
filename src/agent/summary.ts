/**
 * The summary that takes the place of messages: asked for piece by piece, each merged with the one before; without a
 * model, or when that fails, what the messages themselves say. What the person typed is carried along word for word
 * within a limit, whoever wrote the rest.
 */
import { errorMessage, isAbort, toCodiError } from '../base/errors.ts'
import { headAndTail } from '../base/text.ts'
import type { ContextItem } from '../contract/context-items.ts'
import type { ContextCare } from './context-care.ts'
import { saidByPerson, splitSaid, withSaid } from './said.ts'
import system from './summary-prompt.md' with { type: 'text' }
import { instructionsOf, withoutInstructions } from './told-instructions.ts'
import { transcriptPieces } from './transcript.ts'

const attempts = 2
const minSummaryTokens = 250
const maxSummaryTokens = 6000
/** Of the window, for a summary. */
const summaryShare = 1 / 10
/** Of a transcript at once, also where the window is larger: what is read in smaller pieces is kept better. */
const maxPieceTokens = 60_000
/** Of the summariser's window, for transcript, earlier summary and answer together. */
const requestShare = 0.8
/** Of a summary, for what the person said. */
const saidShare = 1 / 3
const charsPerToken = 3.5

export interface SummaryOptions {
  care: ContextCare
  /** Of the model that will go on from it. */
  window: number | undefined
  focus?: string
  signal: AbortSignal
  progress(done: number, total: number): void
  warn(text: string): void
}

/** Throws only when it is interrupted. */
export async function summarize(
  items: readonly ContextItem[],
  options: SummaryOptions,
): Promise<string> {
  const { care, window, focus, warn } = options
  const before = items.findLast((item) => item.summaryOf !== undefined)
  const whole = before ? summaryOf(before) : ''
  const instructions = instructionsOf(items, whole)
  const { text: earlier, said } = splitSaid(withoutInstructions(whole))
  const covered = items.filter((item) => item.summaryOf === undefined && !item.pinned)
  const tokens = summaryTokens(window)
  const about = { earlier, ...(focus === undefined ? {} : { focus }) }
  const extract = () =>
    care.summarizer.extract(covered, { ...about, maxChars: Math.floor(tokens * charsPerToken) })
  const text = await asked(covered, { ...options, earlier, tokens }).catch((thrown) => {
    if (options.signal.aborted || isAbort(thrown) || toCodiError(thrown).kind === 'cancelled')
      throw thrown
    warn(`No summary could be had (${errorMessage(thrown)}): it is made without a model`)
    return undefined
  })
  const body = text ?? (await extract())
  const maxChars = Math.floor(tokens * charsPerToken)
  // Instructions are taken over below, from where they really stood: a summary may quote what a file says of itself.
  const capped = headAndTail(withoutInstructions(body), { maxChars: maxChars * 2 }).text
  const spoken = saidByPerson(covered, {
    earlier: said,
    maxChars: Math.floor(maxChars * saidShare),
  })
  const summary = withSaid(capped, { said: spoken, todo: care.standing?.() ?? [] })
  return [summary, ...instructions].join('\n\n')
}

function summaryTokens(window: number | undefined): number {
  const share = Math.floor((window ?? Number.POSITIVE_INFINITY) * summaryShare)
  return Math.min(maxSummaryTokens, Math.max(minSummaryTokens, share))
}

/** Undefined where there is no model to ask. */
async function asked(
  items: readonly ContextItem[],
  options: SummaryOptions & { earlier: string; tokens: number },
): Promise<string | undefined> {
  const { care, tokens, signal } = options
  const { ask } = care.summarizer
  if (!ask) return undefined
  const window = (await care.summarizer.window(signal)) ?? Number.POSITIVE_INFINITY
  const room = window * requestShare - care.meter.text(system) - 2 * tokens
  const pieces = transcriptPieces(items, {
    meter: care.meter,
    maxTokens: Math.max(minSummaryTokens, Math.min(maxPieceTokens, Math.floor(room))),
  })
  let summary = options.earlier
  for (const [index, piece] of pieces.entries()) {
    options.progress(index, pieces.length)
    const text = requestText(piece, { ...options, earlier: summary })
    summary = await patiently(() => ask({ system, text, maxOutputTokens: tokens }, signal), signal)
  }
  return summary
}

function requestText(
  piece: string,
  { earlier, focus, tokens }: { earlier: string; focus?: string; tokens: number },
): string {
  return [
    earlier === '' ? '' : `<earlier-summary>\n${earlier}\n</earlier-summary>`,
    `<transcript>\n${piece.trim()}\n</transcript>`,
    focus === undefined ? '' : `Above all the person wants kept: ${focus}`,
    `Write the ${earlier === '' ? '' : 'merged '}summary now, in at most ${Math.round(tokens * 0.6)} words.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

async function patiently(ask: () => Promise<string>, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const text = await ask()
      if (text.trim() !== '') return text.trim()
      if (attempt >= attempts) throw new Error('the answer was empty')
    } catch (thrown) {
      if (attempt >= attempts || signal.aborted) throw thrown
    }
  }
}

function summaryOf(item: ContextItem): string {
  const [block] = item.message.content
  const text = block?.type === 'text' ? block.text : ''
  return /<summary>\n([\s\S]*)\n<\/summary>$/.exec(text)?.[1] ?? text
}
