/**
 * An entry without what holds only where it was made: what the system prompt was made of (memories of the person among
 * it), and ids of whole results that do not come along. Neither is written to a file nor taken from one.
 */
import type { Entry } from '../../contract/session.ts'

export function portable(entry: Entry): Entry {
  if (entry.type === 'message') {
    const { told: _told, ...rest } = entry
    return rest
  }
  if (entry.type !== 'result') return entry
  const { keptAs: _keptAs, ...result } = entry.result
  return { ...entry, result }
}
