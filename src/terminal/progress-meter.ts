/** Progress as a person reads it: what is done, how much of how much, how fast, how long still. */
import { formatCount } from '../base/text.ts'
import type { AppEvent } from '../contract/event.ts'

export type ProgressEvent = Extract<AppEvent, { type: 'progress' }>

export interface ProgressMeter {
  /** Takes the next event and answers its line; empty when that work is over. */
  text(event: ProgressEvent): string
  /** How long the work of the last event has been going on. */
  readonly elapsedMs: number
}

interface Work {
  doing: string
  unit: string
}

const works: Readonly<Record<string, Work>> = {
  index: { doing: 'reading the code', unit: 'files' },
  vectors: { doing: 'making it searchable', unit: 'files' },
  embeddings: { doing: 'embedding', unit: 'chunks' },
}

/** Before that a rate says nothing. */
const minRateMs = 1_000

export function openProgressMeter(): ProgressMeter {
  let current: { what: string; startedAt: number; from: number } | undefined
  let elapsedMs = 0
  return {
    text(event) {
      const { what, done, total } = event
      const now = performance.now()
      if (current?.what !== what || done < current.from)
        current = { what, startedAt: now, from: done }
      elapsedMs = now - current.startedAt
      const { from } = current
      if (done >= total) {
        current = undefined
        return ''
      }
      const { doing, unit } = works[what] ?? { doing: what, unit: 'done' }
      if (total === 1) return `${doing} …`
      const count = `${doing}: ${formatCount(done)} of ${formatCount(total)} ${unit}`
      if (elapsedMs < minRateMs || done === from) return count
      const perSecond = ((done - from) * 1000) / elapsedMs
      return `${count}, ${rate(perSecond)} a second${timeLeft((total - done) / perSecond)}`
    },
    get elapsedMs() {
      return elapsedMs
    },
  }
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond))
}

function timeLeft(seconds: number): string {
  if (seconds < 2) return ''
  if (seconds < 100) return `, about ${Math.round(seconds)} s left`
  return `, about ${Math.round(seconds / 60)} min left`
}
