/**
 * Questions about hosts that no rule names: put as events to the owner of the worker, answered by `answerHost`. Each
 * waits a bounded time; without an answer, and when the command ends, it is a no.
 */
import type { WorkerEvent } from '../../../src/contract/services.ts'

export interface HostQuestion {
  /** The id of the CommandRequest. */
  command: string
  host: string
  port: number
}

export interface HostQuestions {
  ask(question: HostQuestion, signal: AbortSignal): Promise<boolean>
  /** An id that nobody waits for any more is ignored. */
  answer(id: string, allow: boolean): void
}

/** A person may be away for a while; a command that waits longer has its own timeout. */
const maxWaitMs = 10 * 60_000

export function openHostQuestions(emit: (event: WorkerEvent) => void): HostQuestions {
  const waiting = new Map<string, (allow: boolean) => void>()
  let asked = 0

  return {
    ask(question, signal) {
      if (signal.aborted) return Promise.resolve(false)
      const id = `host_${++asked}`
      return new Promise((resolve) => {
        const settle = (allow: boolean) => {
          waiting.delete(id)
          clearTimeout(timer)
          signal.removeEventListener('abort', withdraw)
          resolve(allow)
        }
        const withdraw = () => {
          settle(false)
          emit({ type: 'host_question_over', id })
        }
        const timer = setTimeout(withdraw, maxWaitMs)
        signal.addEventListener('abort', withdraw, { once: true })
        waiting.set(id, settle)
        emit({ type: 'host_question', id, ...question })
      })
    },
    answer: (id, allow) => waiting.get(id)?.(allow),
  }
}
