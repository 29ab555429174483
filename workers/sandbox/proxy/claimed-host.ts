/**
 * Which host the first bytes of a connection claim to be for: the server name of a TLS ClientHello, the Host line of a
 * plain HTTP request. A connection that was allowed for one host must not ask the same address for another.
 */

/** `more` while it cannot be told yet; undefined where nothing is claimed. */
export type Claim = { host: string } | 'more' | undefined

/** A ClientHello is some hundred bytes, with post-quantum keys two thousand; of a request only cookies are long. */
export const maxClaimBytes = 32 * 1024

export function claimedHost(bytes: Buffer): Claim {
  if (bytes.length === 0) return 'more'
  return bytes[0] === 0x16 ? tlsServerName(bytes) : httpHost(bytes)
}

/** RFC 8446 §4.1.2, RFC 6066 §3; the handshake may be spread over several records. */
function tlsServerName(bytes: Buffer): Claim {
  const hello = handshake(bytes)
  if (hello === 'more' || hello === undefined) return hello
  const at = openCursor(hello)
  at.skip(4 + 2 + 32)
  at.skip(at.u8())
  at.skip(at.u16())
  at.skip(at.u8())
  const end = at.u16() + at.position
  while (at.position + 4 <= Math.min(end, hello.length)) {
    const type = at.u16()
    const length = at.u16()
    if (type === 0) {
      at.skip(3)
      const name = at.bytes(at.u16())
      return { host: name.toString('latin1') }
    }
    at.skip(length)
  }
  return undefined
}

/** The whole ClientHello message with its four bytes of header; undefined for what is none. */
function handshake(bytes: Buffer): Buffer | 'more' | undefined {
  const parts: Buffer[] = []
  for (let start = 0; ; ) {
    // What follows the message, as early data does, is none of its parts.
    if (start + 5 > bytes.length || bytes[start] !== 0x16) break
    const end = start + 5 + bytes.readUInt16BE(start + 3)
    parts.push(bytes.subarray(start + 5, end))
    if (end > bytes.length) break
    start = end
  }
  const message = Buffer.concat(parts)
  if (message.length >= 1 && message[0] !== 1) return undefined
  return message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3) ? message : 'more'
}

/** Of the first request; an address in its first line goes before the Host line. Bare line feeds count, as servers have it. */
function httpHost(bytes: Buffer): Claim {
  const text = bytes.toString('latin1').replaceAll('\r\n', '\n')
  const lineEnd = text.indexOf('\n')
  if (lineEnd < 0)
    return /^[A-Z]{1,20}( [\x21-\x7e]*( [\x21-\x7e]*\r?)?)?$/.test(text) ? 'more' : undefined
  const asked = /^[A-Z]{1,20} (\S+) HTTP\/1\.[01]$/.exec(text.slice(0, lineEnd))?.[1]
  if (asked === undefined) return undefined
  if (/^https?:/i.test(asked)) return { host: URL.canParse(asked) ? new URL(asked).hostname : '' }
  const headEnd = text.indexOf('\n\n')
  if (headEnd < 0) return 'more'
  const host = /\nhost:[ \t]*([^\n]*)/i.exec(text.slice(0, headEnd))?.[1]
  return host === undefined ? undefined : { host: host.trim().replace(/:\d+$/, '') }
}

interface Cursor {
  readonly position: number
  u8(): number
  u16(): number
  skip(count: number): void
  bytes(count: number): Buffer
}

/** Reads forward; past the end everything is zero and empty. */
function openCursor(buffer: Buffer): Cursor {
  let position = 0
  const u8 = () => buffer[position++] ?? 0
  return {
    get position() {
      return position
    },
    u8,
    u16: () => (u8() << 8) | u8(),
    skip(count) {
      position += count
    },
    bytes(count) {
      position += count
      return buffer.subarray(position - count, position)
    },
  }
}
