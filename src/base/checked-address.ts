/**
 * A host name to the addresses that may be connected to. The name is resolved here and nowhere again: what was checked
 * is what is connected to, so that a name which changes its address in between gains nothing.
 */
import { isIP } from 'node:net'
import { abortable } from './async.ts'
import { CodiError, errorCode } from './errors.ts'
import { type HostPort, hostText, namesExactly } from './host-rule.ts'
import { type AddressKind, addressKind } from './ip-address.ts'

export interface CheckOptions {
  /** Rules about hosts; only one that names exactly this host and port opens an address that is not public. */
  rules: readonly string[]
  signal?: AbortSignal
}

/**
 * At least one address, in the order of the resolver. Throws a CodiError of kind `outside` where any of them is not
 * public and no rule names the host, `unreachable` where the name is not known.
 */
export async function checkedAddresses(
  target: HostPort,
  options: CheckOptions,
): Promise<readonly string[]> {
  const isOpened = options.rules.some((rule) => namesExactly(rule, target))
  const known = names.find(({ pattern }) => pattern.test(target.host))
  if (known && !isOpened) throw notPublic(target, target.host, known.kind)
  const addresses = isIP(target.host) ? [target.host] : await resolveInTime(target.host, options)
  if (isOpened) return addresses
  for (const address of addresses) {
    const kind = addressKind(address) ?? 'reserved'
    if (kind !== 'public') throw notPublic(target, address, kind)
  }
  return addresses
}

/** Names that mean such a place whoever resolves them: a proxy may know them where this machine does not. */
const names: readonly { pattern: RegExp; kind: AddressKind }[] = [
  { pattern: /^(?:.+\.)?localhost$/, kind: 'loopback' },
  {
    pattern: /^(?:metadata|metadata\.google\.internal|metadata\.goog|instance-data(?:\..+)?)$/,
    kind: 'metadata',
  },
]

const kindWords: Record<AddressKind, string> = {
  public: 'public',
  loopback: 'on this machine',
  private: 'in a private network',
  'link-local': 'link-local',
  metadata: 'of a cloud metadata service',
  multicast: 'multicast',
  reserved: 'reserved',
}

export function notPublic(target: HostPort, address: string, kind: AddressKind): CodiError {
  const which = address === target.host ? '' : ` (${address})`
  return new CodiError(
    'outside',
    `${target.host}${which} is ${kindWords[kind]}, which is not reached unless the user's setting allowHosts names ${hostText(target)}`,
  )
}

/** A resolver that does not answer is waited for as long as the caller wants, not as long as the system does. */
async function resolveInTime(host: string, { signal }: CheckOptions): Promise<string[]> {
  signal?.throwIfAborted()
  return signal ? abortable(resolve(host), signal) : resolve(host)
}

async function resolve(host: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises')
  let found: { address: string }[]
  try {
    found = await lookup(host, { all: true })
  } catch (thrown) {
    const code = errorCode(thrown) ?? 'unknown'
    const known = /NOTFOUND|NODATA|NONAME/.test(code)
    throw new CodiError(
      'unreachable',
      known
        ? `The host name ${host} is not known; check its spelling and the network`
        : `The host name ${host} could not be resolved (${code}); check the network`,
      { cause: thrown },
    )
  }
  if (found.length === 0)
    throw new CodiError('unreachable', `The host name ${host} has no address; check its spelling`)
  return found.map(({ address }) => address)
}
