/**
 * Rules about hosts, as people write them: `pypi.org`, `*.example.org`, `localhost:4873`, `[::1]:8080`, `*`. Names are
 * compared in the one form that `hostName` gives.
 */

export interface HostPort {
  /** As `hostName` gives it. */
  host: string
  port: number
}

/**
 * Lower case, in Punycode, without the final dot; an IPv4 address in any notation (`0x7f.1`, `2130706433`) as four
 * decimals, an IPv6 address without brackets. Undefined for what is no host name.
 */
export function hostName(text: string): string | undefined {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (bare === '' || bare.length > 255 || /[\s/?#@\\]/.test(bare)) return undefined
  try {
    const url = new URL(`http://${bare.includes(':') ? `[${bare}]` : bare}/`)
    const name = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
    return name === '' ? undefined : name
  } catch {
    return undefined
  }
}

/** True where the rule is about this host; `*.example.org` means every name below it, not `example.org` itself. */
export function matchesHost(rule: string, target: HostPort): boolean {
  const { name, port } = splitRule(rule)
  if (port !== undefined && port !== target.port) return false
  if (name === '*') return true
  if (name.startsWith('*.')) {
    const domain = hostName(name.slice(2))
    return domain !== undefined && target.host.endsWith(`.${domain}`)
  }
  return hostName(name) === target.host
}

/** True where the rule names exactly this host and this port: what opens an address that is not public. */
export function namesExactly(rule: string, target: HostPort): boolean {
  const { name, port } = splitRule(rule)
  return port === target.port && !name.includes('*') && hostName(name) === target.host
}

/** `example.org:443`, `[::1]:443`. */
export function hostText({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function splitRule(rule: string): { name: string; port: number | undefined } {
  const text = rule.trim().toLowerCase()
  const match = /^(\[.*\]|[^:]*):(\d{1,5})$/.exec(text)
  return match ? { name: match[1] ?? '', port: Number(match[2]) } : { name: text, port: undefined }
}
