/** What goes wrong between codi and a web server, in words. */
import { CodiError, errorCode, isAbort } from '../base/errors.ts'

export function failureOf(thrown: unknown, url: URL): Error {
  if (thrown instanceof CodiError || (thrown instanceof Error && isAbort(thrown))) return thrown
  const code = errorCode(thrown) ?? ''
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const row = rows.find(({ pattern }) => pattern.test(code) || pattern.test(text))
  const why = row?.words ?? `${text.slice(0, 200)}${code === '' ? '' : ` (${code})`}`
  return new CodiError('unreachable', `Cannot read ${url.host}: ${why}`, { cause: thrown })
}

const rows: readonly { pattern: RegExp; words: string }[] = [
  { pattern: /CERT_HAS_EXPIRED/, words: 'its certificate has expired' },
  { pattern: /ALTNAME_INVALID/, words: 'its certificate is for another host name' },
  {
    pattern: /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|DEPTH_ZERO/,
    words: 'its certificate is not trusted; the setting caFile names an authority of your own',
  },
  {
    pattern: /proxy/i,
    words: 'the proxy did not let it through; the user can check HTTPS_PROXY and NO_PROXY',
  },
  {
    pattern: /EPROTO|SSL|TLS|WRONG_VERSION/,
    words: 'it does not speak TLS there; check http:// or https://',
  },
  { pattern: /ECONNREFUSED|ConnectionRefused/, words: 'nothing listens there' },
  { pattern: /ENETUNREACH|EHOSTUNREACH/, words: 'there is no network to it' },
  { pattern: /ETIMEDOUT/, words: 'it does not answer' },
  {
    pattern: /Z_DATA|Z_BUF|BROTLI|ZSTD|incorrect header check|unexpected end of file/i,
    words: 'its packed answer is damaged',
  },
  {
    pattern: /ECONNRESET|ConnectionClosed|EPIPE|socket hang up|closed unexpectedly|aborted/i,
    words: 'the connection broke off',
  },
  { pattern: /HPE_|Malformed|Invalid.*(response|header)/i, words: 'it does not answer in HTTP' },
]
