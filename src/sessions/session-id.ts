/** Ids of sessions, which name files, too: the local minute in which one began, and a random part that keeps them apart whatever the clock says. */
import { localMinute } from '../base/local-time.ts'

/** Sorts by time as long as the clock does: `20261122-0831-4f2a9c`. */
export function newSessionId(): string {
  const stamp = localMinute(Date.now()).replace(/[-:]/g, '').replace(' ', '-')
  const random = crypto.getRandomValues(new Uint8Array(3)).toHex()
  return `${stamp}-${random}`
}

/** Those of other programs are not all of our shape, but none may lead out of a directory. */
export function isSessionId(text: string): boolean {
  return /^[\w-][\w.-]{0,99}$/.test(text)
}
