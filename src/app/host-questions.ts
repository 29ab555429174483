/**
 * A sandboxed command wants to reach a host that no rule names: the gate is asked, as for any other effect, and the
 * worker gets the answer. Whatever goes wrong on the way is a no.
 */
import { hostText } from '../base/host-rule.ts'
import type { Gate } from '../contract/permission.ts'
import type { WorkerEvent } from '../contract/services.ts'

export interface HostQuestionsOptions {
  gate(): Gate
  /** `answerHost` of the sandbox. */
  answer(answer: { id: string; allow: boolean }): Promise<void>
}

export interface HostQuestions {
  /** Takes what is about hosts of the worker's events; the rest is ignored. */
  onEvent(event: WorkerEvent): void
  /** Withdraws every question. */
  close(): void
}

export function openHostQuestions(options: HostQuestionsOptions): HostQuestions {
  const open = new Map<string, AbortController>()

  async function ask(event: Extract<WorkerEvent, { type: 'host_question' }>): Promise<void> {
    const { id } = event
    const withdrawn = new AbortController()
    open.set(id, withdrawn)
    const host = hostText(event)
    const decision = await options.gate().check(
      {
        callId: event.command,
        tool: 'bash',
        effect: 'network',
        summary: `let the command connect to ${host}`,
        paths: [],
        hosts: [host],
        ofCommand: true,
      },
      withdrawn.signal,
    )
    open.delete(id)
    // A worker that has ended meanwhile has nobody who waits for it.
    if (!withdrawn.signal.aborted)
      await options.answer({ id, allow: decision.allow }).catch(() => {})
  }

  return {
    onEvent(event) {
      if (event.type === 'host_question') void ask(event)
      if (event.type === 'host_question_over') open.get(event.id)?.abort()
    },
    close() {
      for (const withdrawn of open.values()) withdrawn.abort()
    },
  }
}
