/**
 * Says a last word and ends a connection. What the other side still sends is read and dropped for a moment: a connection
 * that is cut with unread bytes takes the last word with it.
 */
import type { Socket } from 'node:net'

const lingerMs = 3000

export function hangUp(client: Socket, lastWord: string | Uint8Array): void {
  const timer = setTimeout(() => client.destroy(), lingerMs)
  client.once('close', () => clearTimeout(timer))
  client.once('end', () => client.destroySoon())
  client.end(lastWord)
  client.resume()
}
