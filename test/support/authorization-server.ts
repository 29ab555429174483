/**
 * A real authorization server on loopback (oidc-provider) with one public client `codi`, and a browser that somebody
 * called `ada` uses: it follows redirects, keeps cookies and fills in the forms.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Provider from 'oidc-provider'
import type { OAuthProvider } from '../../src/auth/providers.ts'

export interface AuthorizationServer extends AsyncDisposable {
  url: string
  /** The row that logs in here. */
  provider: OAuthProvider
  /** Grant types that were asked for, good and bad, oldest first. */
  grants: string[]
  /** Of an access token or a refresh token. */
  isGood(token: string): Promise<boolean>
  /** What an administrator does: the token is no longer known. */
  forget(token: string): Promise<void>
  /** The same for every token there is. */
  forgetAll(): Promise<void>
}

export async function openAuthorizationServer(
  options: { accessSeconds?: number } = {},
): Promise<AuthorizationServer> {
  const listener: { answer?: ReturnType<Provider['callback']> } = {}
  const server = createServer((request, response) => listener.answer?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const grants: string[] = []
  const tokens: { destroy(): Promise<void> }[] = []
  const provider = await quietly(async () => {
    const oidc = await import('oidc-provider')
    return new oidc.default(url, configuration(options.accessSeconds ?? 3600))
  })
  for (const event of ['grant.success', 'grant.error'] as const)
    provider.on(event, ({ oidc }) => void grants.push(oidc.params.grant_type ?? ''))
  for (const event of ['access_token.saved', 'refresh_token.saved'] as const)
    provider.on(event, (token) => void tokens.push(token))
  listener.answer = provider.callback()
  return {
    url,
    provider: {
      name: 'demo',
      issuer: url,
      clientId: 'codi',
      scopes: ['openid', 'offline_access'],
    },
    grants,
    isGood: async (token) =>
      ((await provider.AccessToken.find(token)) ?? (await provider.RefreshToken.find(token))) !==
      undefined,
    async forget(token) {
      await (await provider.AccessToken.find(token))?.destroy()
      await (await provider.RefreshToken.find(token))?.destroy()
    },
    async forgetAll() {
      await Promise.all(tokens.map((token) => token.destroy()))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function configuration(accessSeconds: number): Record<string, unknown> {
  const seconds = (value: number) => () => value
  return {
    clients: [
      {
        client_id: 'codi',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
        grant_types: [
          'authorization_code',
          'refresh_token',
          'urn:ietf:params:oauth:grant-type:device_code',
        ],
        response_types: ['code'],
      },
    ],
    features: {
      deviceFlow: { enabled: true, ...devicePages },
      revocation: {
        enabled: true,
        allowedPolicy: (_: unknown, client: Owner, token: Owner) =>
          client.clientId === token.clientId,
      },
    },
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    cookies: { keys: ['of the tests'] },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ttl: {
      AccessToken: seconds(accessSeconds),
      ...Object.fromEntries(
        ['AuthorizationCode', 'DeviceCode', 'Grant', 'IdToken', 'Interaction', 'RefreshToken'].map(
          (name) => [name, seconds(600)],
        ),
      ),
      Session: seconds(600),
    },
  }
}

interface Owner {
  clientId: string
}

interface Page {
  body: string
}

/** Its own look like something and tell so. */
const devicePages = {
  async userCodeInputSource(page: Page, form: string, _out: unknown, error: unknown) {
    page.body = error ? 'It was not to be' : form
  },
  async userCodeConfirmSource(page: Page, form: string) {
    page.body = `${form}<button name="abort">`
  },
  async successSource(page: Page) {
    page.body = 'Signed in'
  },
}

/** It warns of a runtime that is not Node, and of a configuration that is for development, which is what this is. */
async function quietly<T>(make: () => Promise<T>): Promise<T> {
  const { info, warn } = console
  console.info = console.warn = () => undefined
  try {
    return await make()
  } finally {
    Object.assign(console, { info, warn })
  }
}

export interface BrowserChoices {
  /** Turns away where consent is asked for. */
  denies?: boolean
  /** Answers the address of the callback instead of going there. */
  staysAway?: boolean
}

/** Goes to the address and does what a person would; answers where it ended and what it saw there. */
export async function browse(
  start: string,
  { denies = false, staysAway = false }: BrowserChoices = {},
): Promise<{ url: string; status: number; text: string }> {
  const home = new URL(start).origin
  const cookies = new Map<string, string>()
  let request: { url: string; body?: string } = { url: start }
  for (let step = 0; step < 20; step++) {
    const { url, body } = request
    const isCallback = new URL(url).origin !== home
    if (isCallback && staysAway) return { url, status: 0, text: '' }
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        'sec-fetch-mode': 'navigate',
        ...(isCallback ? {} : { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body === undefined ? {} : { body }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location')
    const next =
      location === null ? formOf(text, url, denies) : { url: new URL(location, url).href }
    if (!next || isCallback) return { url, status: response.status, text }
    request = next
  }
  throw new Error(`The browser goes in circles at ${request.url}`)
}

/** The first form of a page, filled in; a link that aborts, for somebody who denies. */
function formOf(
  html: string,
  base: string,
  denies: boolean,
): { url: string; body?: string } | undefined {
  const abort = /<a href="([^"]*abort)">/.exec(html)
  if (denies && abort?.[1] && html.includes('value="consent"'))
    return { url: new URL(abort[1], base).href }
  const action = /<form[^>]* action="([^"]*)"/.exec(html)
  if (!action?.[1]) return undefined
  const fields = new URLSearchParams()
  for (const [input] of html.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1]
    if (name) fields.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? 'ada')
  }
  if (denies && html.includes('name="abort"')) fields.set('abort', 'yes')
  return { url: new URL(action[1], base).href, body: fields.toString() }
}

/** As a program it is the BROWSER of a test: `bun authorization-server.ts URL`. */
if (import.meta.main) await browse(process.argv[2] ?? '')
