/** Host and port that a URL leads to. */
import { type HostPort, hostName } from '../base/host-rule.ts'

export function targetOf(url: URL): HostPort {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return { host: hostName(url.hostname) ?? url.hostname, port }
}
