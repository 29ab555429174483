/** Whether a pasted key can be right: its shape, and what its provider says to it. */
import { CodiError, toCodiError } from '../../base/errors.ts'
import type { Environment } from '../../base/outgoing-proxy.ts'
import type { Settings } from '../../contract/settings.ts'
import { baseUrlOf } from '../../providers/address.ts'
import { createProvider } from '../../providers/create.ts'
import type { Host } from '../../providers/hosts.ts'
import { createHttp } from '../../providers/http.ts'

const stallMs = 20_000

/** The key without what people copy along with it: spaces, quotes, `NAME=`. Throws a CodiError where none is left. */
export function readKey(text: string, host: Host): string {
  const bare = text
    .trim()
    .replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*=/, '')
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim()
  if (bare === '') throw new CodiError('usage', 'There is no key: paste it, or pipe it in')
  if (/^[\x21-\x7e]+$/.test(bare)) return bare
  const where = host.keyUrl ? `; copy it again from ${host.keyUrl}` : ''
  throw new CodiError(
    'usage',
    `That is no key for ${host.name}: it holds a space, a line break or a character that no key has${where}`,
  )
}

/** A warning for a key that looks like none of this provider. */
export function oddShape(key: string, { keyPattern, name }: Host): string | undefined {
  if (!keyPattern || keyPattern.test(key)) return undefined
  const start = keyPattern.source.replace(/[\^\\]/g, '')
  return `keys of ${name} begin with ${start}, and this one does not`
}

/** Asks the provider for something cheap. False where it has nothing that would tell. Throws where it says no. */
export async function checkKey(
  host: Host,
  key: string,
  options: { env: Environment; settings: Settings; signal: AbortSignal },
): Promise<boolean> {
  if (host.keyCheck === 'none') return false
  try {
    if (host.keyCheck) await askPath(host, host.keyCheck.path, { key, ...options })
    else await listModels(host, key, options)
    return true
  } catch (thrown) {
    const error = toCodiError(thrown)
    if (error.kind === 'cancelled') throw error
    if (error.kind === 'credentials') {
      const where = host.keyUrl ? ` at ${host.keyUrl}` : ''
      throw new CodiError(
        'credentials',
        `${host.name} refused this key, so it was not stored: make one${where}, or keep it unchecked with --no-verify`,
      )
    }
    throw new CodiError(
      error.kind,
      `The key could not be checked, so it was not stored (${error.message}); --no-verify keeps it unchecked`,
    )
  }
}

async function listModels(
  host: Host,
  apiKey: string,
  { env, settings, signal }: { env: Environment; settings: Settings; signal: AbortSignal },
): Promise<void> {
  const { baseUrl, caFile } = settings
  const provider = await createProvider(host.id, {
    env,
    stallMs,
    apiKey,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(caFile === undefined ? {} : { caFile }),
  })
  await provider.models(signal)
}

async function askPath(
  host: Host,
  path: string,
  options: { key: string; env: Environment; settings: Settings; signal: AbortSignal },
): Promise<void> {
  const { key, env, settings, signal } = options
  const http = await createHttp({
    env,
    stallMs,
    caFile: settings.caFile ?? env.NODE_EXTRA_CA_CERTS,
  })
  const headers = { authorization: `Bearer ${key}` }
  const url = `${baseUrlOf(host, env, settings.baseUrl)}${path}`
  const response = await http.fetch(url, { headers, signal }).catch((thrown) => {
    if (signal.aborted) throw new CodiError('cancelled', 'Interrupted', { cause: thrown })
    throw new CodiError('unreachable', `Cannot reach ${host.name}`)
  })
  if (response.status === 401 || response.status === 403)
    throw new CodiError('credentials', `${host.name} refused the key`)
  if (!response.ok) throw new CodiError('provider', `${host.name} answered ${response.status}`)
}
