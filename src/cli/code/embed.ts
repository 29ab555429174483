/** The part of `codi index` that embeds: what costs money is shown first, and sent only after a yes. */
import { formatCount, formatDuration, neutralize, plural } from '../../base/text.ts'
import type { EmbeddingEstimate, VectorStatus } from '../../contract/vector-service.ts'
import { has } from '../args.ts'
import type { CodeCommand } from './command.ts'

export interface Embedded {
  embedder: string
  /** Chunks that got a vector now. */
  embedded: number
  /** Chunks that have none yet, because nobody agreed. */
  waiting: number
  tokens: number
  costUsd?: number
  durationMs: number
}

const yes = 'yes, embed them'
const no = 'no, not now'

/** Brings vectors and graphs up to date; undefined where the built-in embedder is all there is. */
export async function embed(command: CodeCommand): Promise<Embedded | undefined> {
  const { app, signal } = command
  const { vectors } = app.services
  const { embedder } = await vectors.status(signal)
  const estimate = await vectors.estimate(signal)
  if (estimate.chunks > 0 && !(await isAgreed(command, embedder, estimate)))
    return { embedder, embedded: 0, waiting: estimate.chunks, durationMs: 0, ...cost(estimate) }
  const report = await vectors.embed({}, signal)
  if (embedder === 'builtin') return undefined
  const { embedded, durationMs } = report
  return { embedder, embedded, waiting: 0, durationMs, ...cost(estimate) }
}

function cost({ tokens, costUsd }: EmbeddingEstimate): { tokens: number; costUsd?: number } {
  return { tokens, ...(costUsd === undefined ? {} : { costUsd }) }
}

async function isAgreed(
  { app, args, output, signal }: CodeCommand,
  embedder: string,
  estimate: EmbeddingEstimate,
): Promise<boolean> {
  if (estimate.costUsd === 0 || has(args, 'yes')) return true
  const what = `${plural(estimate.chunks, 'chunk')}, about ${formatCount(estimate.tokens)} tokens, ${costText(estimate)}`
  if (!app.person || has(args, 'json')) {
    output.err(
      `codi: nothing was sent to ${embedder} (${what}): run \`codi index -y\` to agree to the cost\n`,
    )
    return false
  }
  const text = `Send this code to ${embedder}? ${what}`
  return (await app.person.question({ text, choices: [yes, no] }, signal)) === yes
}

function costText({ costUsd }: EmbeddingEstimate): string {
  if (costUsd === undefined) return 'price not known (set embeddingPrice)'
  return costUsd < 0.01 ? 'less than $0.01' : `about $${costUsd.toFixed(2)}`
}

/** What `codi index` did, in one line. */
export function embeddedText({ embedder, embedded, waiting, durationMs }: Embedded): string {
  if (waiting > 0) return `${plural(waiting, 'chunk')} not embedded by ${embedder}\n`
  if (embedded === 0) return `every chunk is embedded by ${embedder}\n`
  return `${plural(embedded, 'chunk')} embedded by ${embedder} in ${formatDuration(durationMs)}\n`
}

/** The embedder in `codi index --status`. */
export function embedderText(status: VectorStatus): string {
  const { embedder, dimensions, embedded, chunks, note } = status
  const share =
    embedded === chunks ? '' : `, ${formatCount(embedded)} of ${formatCount(chunks)} chunks`
  const why = note === undefined ? '' : `: ${neutralize(note)}`
  const length = dimensions === 0 ? '' : `, ${dimensions} dimensions`
  return `${embedder}${length}${share}${why}`
}
