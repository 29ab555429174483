/**
 * What kind of place an IP address is: only what is public may be reached without a rule that names it. Addresses that
 * carry another one inside (mapped, 6to4, NAT64, Teredo) count as what they carry.
 */

export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'reserved'

/** Undefined for what is no address. Brackets and a zone (`fe80::1%eth0`) are taken off. */
export function addressKind(address: string): AddressKind | undefined {
  const bytes = parseAddress(address)
  return bytes === undefined ? undefined : kindOf(bytes)
}

/** The 4 or 16 bytes of an address in its usual form; undefined for anything else. */
export function parseAddress(address: string): readonly number[] | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  return bare.includes(':') ? parseV6(bare) : parseV4(bare)
}

type Range = readonly [prefix: string, bits: number, kind: AddressKind | { embeddedAt: number }]

/**
 * The first row that fits decides. Sources: the IANA special-purpose registries, the clouds' own documents. The ranges for
 * documentation and benchmarks are not here: they name nothing inside a network, and proxies that catch every connection
 * give them to names of the public network.
 */
const v4Ranges: readonly Range[] = [
  ['169.254.169.254', 32, 'metadata'],
  ['169.254.170.2', 32, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['168.63.129.16', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  // A connection to the unspecified address reaches the machine itself.
  ['0.0.0.0', 8, 'loopback'],
  ['127.0.0.0', 8, 'loopback'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['169.254.0.0', 16, 'link-local'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'reserved'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
]

const v6Ranges: readonly Range[] = [
  ['fd00:ec2::254', 128, 'metadata'],
  ['fd20:ce::254', 128, 'metadata'],
  ['::', 128, 'loopback'],
  ['::1', 128, 'loopback'],
  ['::ffff:0:0', 96, { embeddedAt: 12 }],
  ['::ffff:0:0:0', 96, { embeddedAt: 12 }],
  ['::', 96, { embeddedAt: 12 }],
  ['64:ff9b::', 96, { embeddedAt: 12 }],
  ['2002::', 16, { embeddedAt: 2 }],
  ['fc00::', 7, 'private'],
  ['fec0::', 10, 'private'],
  ['fe80::', 10, 'link-local'],
  ['ff00::', 8, 'multicast'],
  ['2001::', 23, 'reserved'],
  ['2000::', 3, 'public'],
]

function kindOf(bytes: readonly number[]): AddressKind {
  const isV4 = bytes.length === 4
  for (const [prefix, bits, kind] of isV4 ? v4Ranges : v6Ranges) {
    if (!hasPrefix(bytes, parseAddress(prefix) ?? [], bits)) continue
    return typeof kind === 'string'
      ? kind
      : kindOf(bytes.slice(kind.embeddedAt, kind.embeddedAt + 4))
  }
  // Of IPv6 only what 2000::/3 holds was ever given out.
  return isV4 ? 'public' : 'reserved'
}

function hasPrefix(bytes: readonly number[], prefix: readonly number[], bits: number): boolean {
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff
    const index = bit / 8
    if (((bytes[index] ?? 0) & mask) !== ((prefix[index] ?? 0) & mask)) return false
  }
  return true
}

function parseV4(text: string): readonly number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const bytes = match.slice(1).map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupBytes)
  if (!head || (halves.length === 2 && !tail)) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  const rest = tail ?? []
  const missing = 16 - head.length - rest.length
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...rest]
}

/** The bytes of `a:b:1.2.3.4`, empty for an empty text. */
function groupBytes(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (const [index, group] of groups.entries()) {
    if (group.includes('.')) {
      const embedded = index === groups.length - 1 ? parseV4(group) : undefined
      if (!embedded) return undefined
      bytes.push(...embedded)
      continue
    }
    if (!/^[\da-f]{1,4}$/i.test(group)) return undefined
    const value = Number.parseInt(group, 16)
    bytes.push(value >> 8, value & 0xff)
  }
  return bytes
}
