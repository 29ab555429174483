/**
 * What was refused to a command while it ran: a host that it wanted, or that what it tried is applied. The run has to know, as of any other refusal: a
 * person may have stopped it, and where nobody could be asked its exit status says so.
 */
import type { EventBus } from '../contract/event.ts'
import type { Decision } from '../contract/permission.ts'

type Denial = Extract<Decision, { allow: false }>

/** Answers what was last refused to the command of a call; asked once, when it has ended. */
export function openLateDenials(bus: EventBus): (callId: string) => Denial | undefined {
  const denials = new Map<string, Denial>()
  bus.subscribe((event) => {
    // What a background shell was refused later belongs to no call that is under way.
    if (event.type === 'turn_start') denials.clear()
    if (event.type !== 'permission') return
    const { ofCommand, ofTry } = event.request
    if (!ofCommand && !ofTry) return
    if (!event.decision.allow) denials.set(event.request.callId, event.decision)
  })
  return (callId) => denials.get(callId)
}
