/**
 * The variables that lead programs to the proxy inside the sandbox: each of them reads others. Besides, what keeps
 * programs from connections that nobody wants: each would put a question to a person about something else than the work.
 */

/** What is inside the sandbox is reached without it. */
const noProxy = 'localhost,127.0.0.1,::1'

type Row = readonly [names: readonly string[], value: (port: number) => string]

const http = (port: number) => `http://127.0.0.1:${port}`

const rows: readonly Row[] = [
  // curl, wget, git, pip, cargo, Go, Python requests, apt; the lower-case names are older and some know only them.
  [['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'], http],
  // Not socks5h, which the proxy speaks too: Python's httpx refuses to start where it finds that and has no SOCKS part.
  [['ALL_PROXY', 'all_proxy'], http],
  [['NO_PROXY', 'no_proxy'], () => noProxy],
  // npm takes these before the others; pnpm and yarn 1 read them, too.
  [['npm_config_proxy', 'npm_config_https_proxy'], http],
  [['npm_config_noproxy'], () => noProxy],
  // Yarn 2 and later read only their own.
  [['YARN_HTTP_PROXY', 'YARN_HTTPS_PROXY'], http],
  // Node 24 (and 22.21) honours the usual names only when told.
  [['NODE_USE_ENV_PROXY'], () => '1'],
  [['CARGO_HTTP_PROXY'], http],
  [['PIP_PROXY'], http],
  // gRPC of C, Python, Ruby and PHP.
  [['grpc_proxy'], http],
  [['JAVA_TOOL_OPTIONS'], javaOptions],
  // Looks for a newer version of itself with every run.
  [['npm_config_update_notifier'], () => 'false'],
  [['NO_UPDATE_NOTIFIER', 'PIP_DISABLE_PIP_VERSION_CHECK', 'CHECKPOINT_DISABLE'], () => '1'],
  // Figures of its use.
  [['DO_NOT_TRACK', 'NEXT_TELEMETRY_DISABLED', 'ASTRO_TELEMETRY_DISABLED'], () => '1'],
  [['DOTNET_CLI_TELEMETRY_OPTOUT', 'GATSBY_TELEMETRY_DISABLED'], () => '1'],
  [
    ['NUXT_TELEMETRY_DISABLED', 'TURBO_TELEMETRY_DISABLED', 'STORYBOOK_DISABLE_TELEMETRY'],
    () => '1',
  ],
  [['YARN_ENABLE_TELEMETRY'], () => '0'],
]

export function proxyEnvironment(port: number): Record<string, string> {
  return Object.fromEntries(
    rows.flatMap(([names, value]) => names.map((name) => [name, value(port)])),
  )
}

function javaOptions(port: number): string {
  const of = (scheme: string) => `-D${scheme}.proxyHost=127.0.0.1 -D${scheme}.proxyPort=${port}`
  return `${of('http')} ${of('https')} -Dhttp.nonProxyHosts=localhost|127.*|[::1]`
}
