/**
 * Questions about hosts that no rule names: put as events to the owner of the worker, answered by `answerHost`. Each
 * waits a bounded time; without an answer, and when the command ends, it is a no.
 */
import type { HostAnswer } from '../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'

export interface HostQuestion {
  /** The id of the CommandRequest. */
  command: string
  host: string
  port: number
}

export interface HostQuestions {
  ask(question: HostQuestion, signal: AbortSignal): Promise<HostAnswer>
  /** An id that nobody waits for any more is ignored. */
  answer(id: string, answer: HostAnswer): void
}

/** A person may be away for a while; a command that waits longer has its own timeout. */
const maxWaitMs = 10 * 60_000

export function openHostQuestions(emit: (event: WorkerEvent) => void): HostQuestions {
  const waiting = new Map<string, (answer: HostAnswer) => void>()
  let asked = 0

  return {
    ask(question, signal) {
      if (signal.aborted) return Promise.resolve({ allow: false })
      const id = `host_${++asked}`
      return new Promise((resolve) => {
        const settle = (answer: HostAnswer) => {
          waiting.delete(id)
          clearTimeout(timer)
          signal.removeEventListener('abort', withdraw)
          resolve(answer)
        }
        const withdraw = () => {
          settle({ allow: false })
          emit({ type: 'host_question_over', id })
        }
        const timer = setTimeout(withdraw, maxWaitMs)
        signal.addEventListener('abort', withdraw, { once: true })
        waiting.set(id, settle)
        emit({ type: 'host_question', id, ...question })
      })
    },
    answer: (id, answer) => waiting.get(id)?.(answer),
  }
}
