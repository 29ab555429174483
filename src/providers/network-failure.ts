/** What goes wrong below HTTP: names, connections, certificates, proxies. */
import { errorCode } from '../base/errors.ts'
import type { ProviderFailure } from '../contract/provider.ts'
import { brief, type FailureContext, sentence } from './failure-context.ts'

/** Undefined where the thrown value is of another kind. `streaming` tells that an answer had begun. */
export function networkFailure(
  thrown: unknown,
  context: FailureContext,
  streaming: boolean,
): ProviderFailure | undefined {
  const code = errorCode(thrown) ?? ''
  const text = messageOf(thrown)
  const where = `${context.hostName} at ${origin(context.baseUrl)}`
  const network = 'check the network, HTTPS_PROXY and --base-url'
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ALTNAME|DEPTH_ZERO/.test(code)) {
    return {
      ...failure(
        'unreachable',
        `The certificate of ${where} is not trusted (${code}); name your own authority with the caFile setting`,
      ),
      permanent: true,
    }
  }
  if (code === 'ERR_PROXY_TUNNEL' || /proxy/i.test(code)) {
    return {
      ...failure(
        'unreachable',
        `The proxy did not let codi through to ${where}: ${brief(text, context)}; check HTTPS_PROXY and NO_PROXY`,
      ),
      permanent: true,
    }
  }
  if (code === 'EPROTO') {
    return {
      ...failure(
        'unreachable',
        `${where} does not speak TLS there; check http:// or https:// in --base-url`,
      ),
      permanent: true,
    }
  }
  if (code === 'ECONNREFUSED' || code === 'ConnectionRefused') {
    return failure(
      'unreachable',
      `Cannot reach ${where}: nothing listens there; ${context.startHint ?? network}`,
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return failure('unreachable', `Cannot reach ${where}: the host name is not known; ${network}`)
  }
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENET|EHOST|UND_ERR|ConnectionClosed|FailedToOpen)/.test(code)) {
    if (streaming) return truncated(context)
    return failure('unreachable', `The connection to ${where} broke (${code}); ${network}`)
  }
  if (/Zlib|Brotli|decompress/i.test(`${code} ${text}`)) return truncated(context)
  if (/unable to connect|connection error|socket|connection was closed/i.test(text)) {
    if (streaming) return truncated(context)
    return failure('unreachable', `Cannot reach ${where}: ${brief(text, context)}; ${network}`)
  }
  return undefined
}

export function truncated(context: FailureContext): ProviderFailure {
  return failure('truncated', `The answer of ${context.hostName} broke off before its end`)
}

function failure(kind: ProviderFailure['kind'], message: string): ProviderFailure {
  return { kind, message: sentence(message) }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

function origin(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return url
  }
}
