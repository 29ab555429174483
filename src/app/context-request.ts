/** What was typed behind `/pin` and `/unpin`, and behind the same words on the command line. */
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { ContextDesk, ContextMessage } from '../contract/context.ts'

/** A number, `last` (the person's newest message), or a text of its own. */
export function pinTyped(desk: ContextDesk, typed: string): ContextMessage {
  const text = typed.trim()
  if (text === 'last') {
    const last = desk.messages().findLast(({ role }) => role === 'user')
    if (!last) throw new CodiError('not_found', 'Nothing was said yet that could be pinned')
    return desk.pin({ number: last.number })
  }
  return desk.pin(/^\d+$/.test(text) ? { number: Number(text) } : { text })
}

export function unpinTyped(desk: ContextDesk, typed: string): ContextMessage {
  const pinned = desk.messages().filter((message) => message.pinned)
  const text = typed.trim()
  if (text === '' || text === 'last') {
    const last = pinned.at(-1)
    if (!last) throw new CodiError('not_found', 'Nothing is pinned')
    return desk.unpin(last.number)
  }
  if (!/^\d+$/.test(text)) {
    throw new CodiError(
      'usage',
      `"${oneLine(text, 40)}" is no number of a message; /pins lists them`,
    )
  }
  return desk.unpin(Number(text))
}
