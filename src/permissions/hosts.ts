/** Hosts of a request, as `example.org`, `example.org:443` or `[::1]:8080`, and what rules about hosts say of them. */
import { type HostPort, hostName, hostText, matchesHost, namesExactly } from '../base/host-rule.ts'
import { addressKind } from '../base/ip-address.ts'

const defaultPort = 443

/** Undefined for what is no host. */
export function parseHost(text: string): HostPort | undefined {
  const parts = /^(\[.*\]|[^:]*):(\d{1,5})$/.exec(text.trim())
  const host = hostName(parts ? (parts[1] ?? '') : text)
  return host === undefined ? undefined : { host, port: parts ? Number(parts[2]) : defaultPort }
}

/**
 * Whether a name can only mean this machine, its network or a cloud's metadata service. Other names may resolve to
 * such an address too: whoever connects checks it.
 */
export function isPrivateHost({ host }: HostPort): boolean {
  const kind = addressKind(host)
  if (kind !== undefined) return kind !== 'public'
  return /^(?:.*\.)?(?:localhost|local|internal|intranet|lan|home\.arpa)$/.test(host)
}

/** Whether a rule that allows hosts opens this one: a private host must be named exactly, with its port. */
export function opensHost(rule: string, host: HostPort): boolean {
  return isPrivateHost(host) ? namesExactly(rule, host) : matchesHost(rule, host)
}

/** As a rule would name it: without the usual port, with every other one. */
export function hostRuleFor(host: HostPort): string {
  return host.port === defaultPort || (host.port === 80 && !isPrivateHost(host))
    ? hostText(host).replace(/:\d+$/, '')
    : hostText(host)
}
