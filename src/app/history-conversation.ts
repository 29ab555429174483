/** The conversation's part in an undo: where it will stand, and how it gets there. */
import { CodiError, toCodiError } from '../base/errors.ts'
import type { Prompt, Session } from '../contract/session.ts'
import type { StepRow } from '../journal/store-rows.ts'
import type { CurrentSession } from './current-session.ts'

export interface Turnback {
  session: string
  /** Where it stands now. */
  from: number | null
  to: number | null
  /** Text of the prompt that is taken back. */
  prompt?: string
  prompts: number
}

const maxPrompts = 1000

/** Before the oldest of these steps; undefined where they are not of one conversation that still has them. */
export function beforeSteps(
  steps: readonly StepRow[],
  current: CurrentSession,
): Turnback | undefined {
  const [first] = steps
  const id = first?.session
  if (!id || steps.some((row) => row.session !== id)) return undefined
  const entries = steps.flatMap((row) => (row.entry === null ? [] : [row.entry]))
  if (entries.length === 0) return undefined
  const session = findSession(id, current)
  return session && before(session, Math.min(...entries))
}

/** Before the n-th prompt from the end, where nothing is known of steps; undefined where there are fewer. */
export function beforePrompt(count: number, current: CurrentSession): Turnback | undefined {
  if (current.conversation.id === undefined) return undefined
  const session = current.conversation.session()
  const prompts = session.prompts({ limit: count })
  const [prompt] = prompts
  return prompt && prompts.length === count ? before(session, prompt.entry) : undefined
}

function before(session: Session, entry: number): Turnback | undefined {
  const prompts = session.prompts({ limit: maxPrompts })
  const place = prompts.findIndex((row: Prompt) => row.entry === entry)
  const prompt = prompts[place]
  if (!prompt) return undefined
  return {
    session: session.id,
    from: session.head,
    to: session.entry(entry)?.parent ?? null,
    prompt: prompt.text,
    prompts: prompts.length - place,
  }
}

/** Where it stood before an undo, or at a checkpoint; undefined where that session is gone. */
export function backTo(
  place: { session: string | null; entry: number | null },
  current: CurrentSession,
): Turnback | undefined {
  if (place.session === null || place.entry === null) return undefined
  const session = findSession(place.session, current)
  if (!session?.entry(place.entry)) return undefined
  if (session.head === place.entry) return undefined
  return { session: session.id, from: session.head, to: place.entry, prompts: 0 }
}

/** Makes this process its writer. Throws a CodiError that says who else writes to it. */
export function turnBack({ session: id, from, to }: Turnback, current: CurrentSession): void {
  const session = findSession(id, current)
  if (!session) throw new CodiError('not_found', `The conversation ${id} is gone`)
  if (session.head !== from)
    throw new CodiError('stale', `The conversation ${id} went on meanwhile; ask for it again`)
  session.moveHead(to)
  if (current.conversation.id !== id) session.close()
}

function findSession(id: string, current: CurrentSession): Session | undefined {
  if (current.conversation.id === id) return current.conversation.session()
  try {
    return current.store().open(id)
  } catch (thrown) {
    if (toCodiError(thrown).kind === 'not_found') return undefined
    throw thrown
  }
}
