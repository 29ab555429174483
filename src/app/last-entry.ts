/** The last entry of a kind on the way to the head. */
import type { Entry, EntryBody, Session } from '../contract/session.ts'

export function lastEntry<T extends EntryBody['type']>(
  session: Session | undefined,
  type: T,
): Extract<Entry, { type: T }> | undefined {
  if (typeof session?.last === 'function') return session.last(type)
  return [...(session?.path() ?? [])].findLast(
    (entry): entry is Extract<Entry, { type: T }> => entry.type === type,
  )
}
