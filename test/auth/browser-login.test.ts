import { describe, expect, test } from 'bun:test'
import { type BrowserLogin, loginByBrowser } from '../../src/auth/browser-login.ts'
import type { OAuthProvider } from '../../src/auth/providers.ts'
import type { AuthFetch } from '../../src/auth/token-endpoint.ts'
import { CodiError } from '../../src/base/errors.ts'
import type { OAuthCredential } from '../../src/contract/auth.ts'
import { browse, openAuthorizationServer } from '../support/authorization-server.ts'
import { json, openLoginServer } from '../support/login-server.ts'

const plainFetch: AuthFetch = (url, init) => fetch(url, { ...init, redirect: 'manual' })

/** A login whose browser does `visit`, in the background as a browser would. */
function options(
  visit: (url: string) => Promise<unknown>,
  more: Partial<BrowserLogin> = {},
): BrowserLogin {
  return {
    fetch: plainFetch,
    signal: new AbortController().signal,
    limitMs: 20_000,
    now: Date.now,
    async visit(url) {
      void visit(url)
    },
    paste: async () => undefined,
    ...more,
  }
}

async function failureOf(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof CodiError) return thrown
  throw new Error(`Not a CodiError: ${String(thrown)}`)
}

/** A row whose login page sends the browser straight back with what `answer` says. */
function direct(url: string): OAuthProvider {
  return {
    name: 'odd',
    authorizeUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    clientId: 'codi',
  }
}

/** The callback that a login page would send the browser to. */
function callbackOf(url: string, parameters: Record<string, string>): string {
  const asked = new URL(url).searchParams
  const callback = new URL(asked.get('redirect_uri') ?? asked.get('callback_url') ?? '')
  const all = { state: asked.get('state') ?? '', ...parameters }
  for (const [name, value] of Object.entries(all)) callback.searchParams.set(name, value)
  return callback.href
}

describe('a login by browser at a real authorization server', () => {
  test('ends with tokens that work, and says who it was', async () => {
    await using server = await openAuthorizationServer()
    let page = { status: 0, text: '' }
    const credential = (await loginByBrowser(
      server.provider,
      options(async (url) => {
        const { searchParams } = new URL(url)
        expect(searchParams.get('code_challenge_method')).toBe('S256')
        expect(searchParams.get('nonce')).toBeTruthy()
        expect(searchParams.get('redirect_uri')).toStartWith('http://127.0.0.1:')
        page = await browse(url)
      }),
    )) as OAuthCredential
    expect(page).toMatchObject({ status: 200 })
    expect(page.text).toContain('You can close this page')
    expect(credential).toMatchObject({ kind: 'oauth', account: 'ada', clientId: 'codi' })
    expect(credential.refreshToken).toBeTruthy()
    expect(credential.expiresAt).toBeGreaterThan(Date.now() + 3_500_000)
    expect(await server.isGood(credential.accessToken)).toBe(true)
    expect(server.grants).toEqual(['authorization_code'])
  })

  test('is over when the person says no', async () => {
    await using server = await openAuthorizationServer()
    const failure = await failureOf(
      loginByBrowser(
        server.provider,
        options((url) => browse(url, { denies: true })),
      ),
    )
    expect(failure.kind).toBe('credentials')
    expect(failure.message).toMatch(/was refused in the browser \(access_denied.*codi login demo/)
    expect(server.grants).toEqual([])
  })

  test('fails where the PKCE verifier is another one, and shows neither code nor verifier', async () => {
    await using server = await openAuthorizationServer()
    let sent = ''
    const tampering: AuthFetch = (url, init) => {
      if (init?.method !== 'POST') return plainFetch(url, init)
      const form = new URLSearchParams(String(init.body))
      form.set('code_verifier', 'x'.repeat(43))
      sent = form.get('code') ?? ''
      return plainFetch(url, { ...init, body: form.toString() })
    }
    const failure = await failureOf(
      loginByBrowser(
        server.provider,
        options((url) => browse(url), { fetch: tampering }),
      ),
    )
    expect(failure).toMatchObject({ kind: 'credentials' })
    expect(failure.message).toContain('did not take the code (invalid_grant')
    expect(sent).not.toBe('')
    expect(`${failure.message}${failure.stack}`).not.toContain(sent)
  })

  test('makes a code that is good once: who replays it ends the login', async () => {
    await using server = await openAuthorizationServer()
    let form: RequestInit | undefined
    const listening: AuthFetch = (url, init) => {
      if (init?.method === 'POST') form = init
      return plainFetch(url, init)
    }
    const credential = (await loginByBrowser(
      server.provider,
      options((url) => browse(url), { fetch: listening }),
    )) as OAuthCredential
    const again = await fetch(`${server.url}/token`, form)
    expect(again.status).toBe(400)
    expect(await server.isGood(credential.accessToken)).toBe(false)
  })

  test('takes the address that a browser elsewhere was sent to, and asks again for a wrong one', async () => {
    await using server = await openAuthorizationServer()
    const visited = Promise.withResolvers<string>()
    const problems: (string | undefined)[] = []
    const answers = [
      async () => 'https://example.org/',
      async () => 'http://127.0.0.1:1/callback?code=x&state=other',
      async () => (await browse(await visited.promise, { staysAway: true })).url,
    ]
    const credential = await loginByBrowser(
      server.provider,
      options(async (url) => visited.resolve(url), {
        async paste({ problem }) {
          problems.push(problem)
          return answers.shift()?.()
        },
      }),
    )
    expect(credential.kind).toBe('oauth')
    expect(problems).toEqual([
      undefined,
      expect.stringContaining('holds no code'),
      expect.stringContaining('another login'),
    ])
  })
})

describe('the callback', () => {
  test('is answered for the right host, path, method and state only, once', async () => {
    await using server = openLoginServer(() => json({ access_token: 'token-of-odd' }))
    const statuses: Record<string, number> = {}
    const ask = async (name: string, url: string, init: RequestInit = {}) => {
      statuses[name] = (await fetch(url, { ...init, redirect: 'manual' })).status
    }
    let visited: Promise<unknown> | undefined
    const visiting = async (url: string) => {
      const good = callbackOf(url, { code: 'c0de' })
      const { port } = new URL(good)
      await ask('rebound', good, { headers: { host: `evil.example:${port}` } })
      await ask('without port', good, { headers: { host: '127.0.0.1' } })
      await ask('localhost', good, { headers: { host: `localhost:${port}` } })
      await ask('origin', good, { headers: { origin: 'https://evil.example' } })
      await ask('script', good, { headers: { 'sec-fetch-mode': 'cors' } })
      await ask('post', good, { method: 'POST' })
      await ask('path', good.replace('/callback', '/favicon.ico'))
      await ask('below', good.replace('/callback', '/callback/more'))
      await ask('state', callbackOf(url, { code: 'c0de', state: 'other' }))
      await ask('good', good)
      // Answered 410, or nobody is there any more.
      await ask('again', good).catch(() => {
        statuses.again = 410
      })
    }
    const credential = await loginByBrowser(
      direct(server.url),
      options((url) => {
        visited = visiting(url)
        return visited
      }),
    )
    await visited
    expect(credential).toMatchObject({ accessToken: 'token-of-odd' })
    expect(statuses).toMatchObject({
      rebound: 421,
      'without port': 421,
      localhost: 421,
      origin: 403,
      script: 403,
      post: 405,
      path: 404,
      below: 404,
      state: 400,
      good: 200,
      again: 410,
    })
    expect(server.posted).toHaveLength(1)
  })

  test('says so when its port is taken, and takes the next where there is one', async () => {
    await using server = openLoginServer(() => json({ access_token: 'token-of-odd' }))
    await using other = openLoginServer(() => json({}))
    const taken = Number(new URL(other.url).port)
    const visit = (url: string) => fetch(callbackOf(url, { code: 'c0de' }))
    const failure = await failureOf(
      loginByBrowser({ ...direct(server.url), ports: [taken] }, options(visit)),
    )
    expect(failure.message).toMatch(new RegExp(`wants port ${taken}.*in use.*oauth.odd.ports`))

    await using freed = openLoginServer(() => json({}))
    const free = Number(new URL(freed.url).port)
    await freed[Symbol.asyncDispose]()
    let redirect = ''
    await loginByBrowser(
      { ...direct(server.url), ports: [taken, free] },
      options((url) => {
        redirect = new URL(url).searchParams.get('redirect_uri') ?? ''
        return visit(url)
      }),
    )
    expect(redirect).toBe(`http://127.0.0.1:${free}/callback`)
  })

  test('is closed after a while when nobody comes, and then says what came instead', async () => {
    await using server = openLoginServer(() => json({}))
    let callback = ''
    const failure = await failureOf(
      loginByBrowser(
        direct(server.url),
        options((url) => fetch(callbackOf(url, { code: 'c', state: 'wrong' })), {
          limitMs: 300,
          paste: async () => undefined,
          async visit(url) {
            callback = callbackOf(url, { code: 'c', state: 'wrong' })
            await fetch(callback)
          },
        }),
      ),
    )
    expect(failure.kind).toBe('credentials')
    expect(failure.message).toMatch(/No answer came.*1 came with a wrong state.*codi login odd/)
    await expect(fetch(callback)).rejects.toThrow()
  })

  test('is closed at once when the person interrupts', async () => {
    await using server = openLoginServer(() => json({}))
    const controller = new AbortController()
    const failure = await failureOf(
      loginByBrowser(
        direct(server.url),
        options(async () => controller.abort(), { signal: controller.signal }),
      ),
    )
    expect(failure.kind).toBe('cancelled')
  })
})

describe('a login server that is not well', () => {
  test('is unreachable where nothing listens', async () => {
    const server = openLoginServer(() => json({}))
    await server[Symbol.asyncDispose]()
    const provider = { name: 'odd', issuer: server.url, clientId: 'codi' }
    const failure = await failureOf(
      loginByBrowser(
        provider,
        options(async () => undefined),
      ),
    )
    expect(failure.kind).toBe('unreachable')
    expect(failure.message).toContain('Cannot reach 127.0.0.1')
  })

  test('may answer anything to the code, and nothing of it is taken or shown', async () => {
    const cases: [Response, RegExp][] = [
      [new Response('<html>secret-of-the-server</html>'), /did not answer with JSON/],
      [json([1]), /did not answer with JSON/],
      [json({}), /without an access token/],
      [json({ access_token: 'a\nb' }), /without an access token/],
      [json({ access_token: 'a', token_type: 'DPoP' }), /type "DPoP"/],
      [json({ error: 'server_error' }, 500), /failed \(500\)/],
      [new Response(null, { status: 302, headers: { location: '/x' } }), /elsewhere \(302\)/],
      [json({ error: 'invalid_grant', error_description: 'no c0de-1234 \x1b[2J' }, 400), /no … /],
    ]
    for (const [response, said] of cases) {
      await using server = openLoginServer(() => response)
      const failure = await failureOf(
        loginByBrowser(
          direct(server.url),
          options((url) => fetch(callbackOf(url, { code: 'c0de-1234' }))),
        ),
      )
      expect(failure.message).toMatch(said)
      expect(failure.message).not.toMatch(/secret-of-the-server|c0de-1234|\x1b/)
    }
  })

  test('may send the browser back with an error, whose words are made harmless', async () => {
    await using server = openLoginServer(() => json({}))
    const failure = await failureOf(
      loginByBrowser(
        direct(server.url),
        options((url) =>
          fetch(callbackOf(url, { error: 'invalid_scope', error_description: 'no\x1b]0;x\x07' })),
        ),
      ),
    )
    expect(failure.message).toContain('failed (invalid_scope: no')
    expect(failure.message).not.toContain('\x1b')
  })

  test('is not believed when the answer names another issuer, or none where it promised to', async () => {
    for (const iss of ['https://evil.example', undefined]) {
      await using server: Awaited<ReturnType<typeof openLoginServer>> = openLoginServer((path) =>
        path.startsWith('/.well-known/')
          ? json({
              issuer: server.url,
              authorization_endpoint: `${server.url}/authorize`,
              token_endpoint: `${server.url}/token`,
              authorization_response_iss_parameter_supported: true,
            })
          : json({ access_token: 'never' }),
      )
      const provider = { name: 'odd', issuer: server.url, clientId: 'codi' }
      const failure = await failureOf(
        loginByBrowser(
          provider,
          options((url) => fetch(callbackOf(url, { code: 'c', ...(iss ? { iss } : {}) }))),
        ),
      )
      expect(failure.message).toContain('came from another server')
      expect(server.posted).toEqual([])
    }
  })

  test('is not believed when it calls itself another issuer, or wants codi to leave TLS', async () => {
    await using liar = openLoginServer(() => json({ issuer: 'https://else.example' }))
    const failure = await failureOf(
      loginByBrowser(
        { name: 'odd', issuer: liar.url, clientId: 'codi' },
        options(async () => undefined),
      ),
    )
    expect(failure.message).toContain('another issuer')
    await using plain: Awaited<ReturnType<typeof openLoginServer>> = openLoginServer(() =>
      json({ issuer: plain.url, token_endpoint: 'http://example.org/token' }),
    )
    const insecure = await failureOf(
      loginByBrowser(
        { name: 'odd', issuer: plain.url, clientId: 'codi' },
        options(async () => undefined),
      ),
    )
    expect(insecure.message).toContain('must be an https address')
  })

  test('is not believed when its ID token belongs to another login', async () => {
    const idToken = (claims: object) =>
      ['{}', JSON.stringify(claims), 'x']
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.')
    for (const claims of [
      { aud: 'codi', nonce: 'other' },
      { aud: 'somebody', nonce: 'right' },
      { aud: 'codi', nonce: 'right', exp: 1 },
    ]) {
      let nonce = ''
      await using server = openLoginServer(() =>
        json({
          access_token: 'never',
          id_token: idToken({ ...claims, nonce: claims.nonce === 'right' ? nonce : 'other' }),
        }),
      )
      const failure = await failureOf(
        loginByBrowser(
          { ...direct(server.url), scopes: ['openid'] },
          options((url) => {
            nonce = new URL(url).searchParams.get('nonce') ?? ''
            return fetch(callbackOf(url, { code: 'c' }))
          }),
        ),
      )
      expect(failure.message).toContain('ID token of another login')
    }
  })
})

test('a login that ends with a key keeps its secret in the path of the callback', async () => {
  await using server = openLoginServer(() => json({ key: 'sk-or-1234' }))
  const provider: OAuthProvider = {
    name: 'openrouter',
    authorizeUrl: `${server.url}/auth`,
    tokenUrl: `${server.url}/keys`,
    redirectHost: 'localhost',
    dialect: 'openrouter',
  }
  const credential = await loginByBrowser(
    provider,
    options(async (url) => {
      const callback = new URL(new URL(url).searchParams.get('callback_url') ?? '')
      expect(callback.pathname).toMatch(/^\/callback\/[\w-]{43}$/)
      expect((await fetch(`${callback.origin}/callback/guess?code=evil`)).status).toBe(404)
      callback.searchParams.set('code', 'c0de')
      await fetch(callback)
    }),
  )
  expect(credential).toEqual({ kind: 'key', key: 'sk-or-1234' })
  expect(server.posted).toEqual([
    {
      path: '/keys',
      fields: {
        code: 'c0de',
        code_verifier: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: 'S256',
      },
    },
  ])
})
