/**
 * After the first exchange a session gets its label in the background, where a small model is set for that. It never
 * keeps a prompt waiting: the next run, or the end, stops it.
 */
import { errorMessage } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import type { Labels } from './session-label.ts'

export interface LabelSoon {
  /** To be called when a run is over; answers at once. */
  soon(): void
  close(): Promise<void>
}

export interface LabelSoonParts {
  bus: EventBus
  labels: Labels
  /** The session in force and what is told of it; undefined where nothing is kept. */
  current(): { session: Session; summary: SessionSummary } | undefined
  set(session: string, label: string): void
  warn(text: string): void
}

export function openLabelSoon(parts: LabelSoonParts): LabelSoon {
  const { bus, labels } = parts
  let under: AbortController | undefined
  let done: Promise<void> = Promise.resolve()
  let warned = false
  const tried = new Set<string>()
  const unsubscribe = bus.subscribe((event) => {
    if (event.type === 'session') under?.abort()
  })

  async function make(session: Session, signal: AbortSignal): Promise<void> {
    try {
      const label = await labels.make(session, signal)
      if (!signal.aborted) parts.set(session.id, label)
    } catch (thrown) {
      if (signal.aborted || warned) return
      warned = true
      parts.warn(`smallModel gives no label: ${errorMessage(thrown)}`)
    }
  }

  return {
    soon() {
      const found = labels.hasModel ? parts.current() : undefined
      if (!found || tried.has(found.session.id) || !isUnlabelled(found.summary)) return
      tried.add(found.session.id)
      under = new AbortController()
      done = make(found.session, under.signal)
    },
    async close() {
      unsubscribe()
      under?.abort()
      await done
    },
  }
}

/** Only its first prompt names it so far. */
function isUnlabelled({ prompts, label, firstPrompt, name }: SessionSummary): boolean {
  if (prompts !== 1 || name !== undefined) return false
  return oneLine(firstPrompt, 1000).startsWith(label.replace(/…$/, ''))
}
