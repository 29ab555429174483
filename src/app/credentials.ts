/** The store of credentials as this run has it: codi's own way out to the network, the settings, where it lies. */
import { openCredentials } from '../auth/credentials.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { Credentials, KeySource, StoredKeys, TokenOptions } from '../contract/auth.ts'
import type { Settings } from '../contract/settings.ts'
import { createHttp } from '../providers/http.ts'

type Env = Record<string, string | undefined>

/** A login server is no model: it answers within seconds. */
const stallMs = 20_000

export interface StoreOptions {
  env: Env
  paths: CodiPaths
  settings: Pick<Settings, 'caFile' | 'credentialStore'>
  notice(text: string): void
}

export function openStore({ env, paths, settings, notice }: StoreOptions): Credentials {
  return openCredentials({
    directory: paths.data,
    place: settings.credentialStore,
    passphrase: env.CODI_PASSPHRASE || undefined,
    fetch: authFetch({ env, settings }),
    notice,
  })
}

/** Made with the first request. */
export function authFetch({ env, settings }: Pick<StoreOptions, 'env' | 'settings'>) {
  return async (url: string, init?: RequestInit): Promise<Response> => {
    const caFile = settings.caFile ?? env.NODE_EXTRA_CA_CERTS
    return (await createHttp({ env, stallMs, caFile })).fetch(url, init)
  }
}

/** What a provider may use; what is not to be opened throws when it is used, not here. */
export async function storedKeys(credentials: Credentials): Promise<StoredKeys> {
  const rows = await credentials.list()
  return {
    names: rows.map((row) => row.name),
    async source(id) {
      const row = rows.find(({ name }) => name === id)
      if (!row) return undefined
      const token = async (options?: TokenOptions) =>
        (await credentials.accessToken(id, options)) ?? ''
      const bearer = row.kind === 'oauth' || row.bearer === true
      return { kind: row.kind, bearer, baseUrl: row.baseUrl, token } satisfies KeySource
    },
  }
}
