/**
 * A sandboxed command wants to reach a host that no rule names: the gate is asked, as for any other effect, and the
 * worker gets the answer. Whatever goes wrong on the way is a no.
 */
import { hostText } from '../base/host-rule.ts'
import { oneLine } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type { Gate, PermissionRequest } from '../contract/permission.ts'
import type { HostAnswer } from '../contract/sandbox-service.ts'
import type { WorkerEvent } from '../contract/services.ts'

export interface HostQuestionsOptions {
  gate(): Gate
  /** Is told what was decided, and tells which commands run. */
  bus: EventBus
  /** `answerHost` of the sandbox. */
  answer(answer: { id: string } & HostAnswer): Promise<void>
}

export interface HostQuestions {
  /** Takes what is about hosts of the worker's events; the rest is ignored. */
  onEvent(event: WorkerEvent): void
  /** Withdraws every question. */
  close(): void
}

/** Commands whose text is known by their call; one in the background may ask long after it began. */
const maxCommands = 200

export function openHostQuestions(options: HostQuestionsOptions): HostQuestions {
  const open = new Map<string, AbortController>()
  const commands = new Map<string, string>()
  /** Calls whose command a person has read and allowed. */
  const readByPerson = new Set<string>()
  const unsubscribe = options.bus.subscribe((event) => {
    if (event.type !== 'permission' || !event.decision.allow) return
    const { callId, command } = event.request
    if (command === undefined) return
    // Some hosts of models use an id again: then it says nothing, and a wrong name would be worse than none.
    const known = commands.get(callId)
    commands.delete(callId)
    commands.set(callId, known === undefined || known === command ? command : '')
    if (event.decision.by === 'person') readByPerson.add(callId)
    else readByPerson.delete(callId)
    const [oldest] = commands.keys()
    if (commands.size <= maxCommands || oldest === undefined) return
    commands.delete(oldest)
    readByPerson.delete(oldest)
  })

  async function ask(event: Extract<WorkerEvent, { type: 'host_question' }>): Promise<void> {
    const { id } = event
    const withdrawn = new AbortController()
    open.set(id, withdrawn)
    const host = hostText(event)
    const command = commands.get(event.command) ?? ''
    const who = command === '' ? 'a command' : `\`${oneLine(command, 80)}\``
    // Who allowed `curl https://a.example/x` has answered this one.
    const answered = readByPerson.has(event.command) && namesHost(command, event)
    const request: PermissionRequest = {
      callId: event.command,
      tool: 'bash',
      effect: 'network',
      summary: `connect to ${host} for ${who}`,
      paths: [],
      hosts: [host],
      ofCommand: true,
      ...(answered ? { typed: true as const } : {}),
    }
    const decision = await options.gate().check(request, withdrawn.signal)
    open.delete(id)
    // A worker that has ended meanwhile has nobody who waits for it.
    if (withdrawn.signal.aborted) return
    options.bus.emit({ type: 'permission', request, decision })
    const { allow } = decision
    await options
      .answer(decision.allow ? { id, allow } : { id, allow, reason: decision.reason })
      .catch(() => {})
  }

  return {
    onEvent(event) {
      if (event.type === 'host_question') void ask(event)
      if (event.type === 'host_question_over') open.get(event.id)?.abort()
    },
    close() {
      unsubscribe()
      for (const withdrawn of open.values()) withdrawn.abort()
    },
  }
}

/** Whether the command holds a URL of exactly this host and port, as it stands there for everybody to read. */
function namesHost(command: string, { host, port }: { host: string; port: number }): boolean {
  const urls = command.match(/\bhttps?:\/\/[\w.:[\]-]+(?=[/?#\s'"]|$)/g) ?? []
  return urls.some((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    const given = Number(url?.port || (url?.protocol === 'https:' ? 443 : 80))
    return url?.hostname === host && given === port
  })
}
