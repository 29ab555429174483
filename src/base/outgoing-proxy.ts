/** The proxy that the environment names for what codi asks of the network, as curl reads these variables. */

export type Environment = Readonly<Record<string, string | undefined>>

/** The proxy for this URL, or false for none. Loopback is never asked of a proxy. */
export function proxyFor(url: URL, env: Environment): string | false {
  if (isLoopback(url.hostname)) return false
  const names =
    url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  const proxy = firstSet(env, [...names, 'ALL_PROXY', 'all_proxy'])
  if (!proxy || isExempt(url, firstSet(env, ['NO_PROXY', 'no_proxy']) ?? '')) return false
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\./.test(name)
  )
}

/** The first of these variables that is not empty. */
export function firstSet(env: Environment, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = env[name]?.trim()
    if (value) return value
  }
  return undefined
}

/** `NO_PROXY` as curl reads it: hosts, domains with or without a leading dot or `*.`, `host:port`, `*`. */
function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false
    if (entry === '*') return true
    const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
    if (wantedPort && wantedPort !== port) return false
    const domain = name.replace(/^\*?\./, '').toLowerCase()
    return url.hostname === domain || url.hostname.endsWith(`.${domain}`)
  })
}
