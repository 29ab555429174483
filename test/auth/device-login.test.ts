import { describe, expect, test } from 'bun:test'
import { type DeviceLogin, loginByDevice } from '../../src/auth/device-login.ts'
import type { OAuthProvider } from '../../src/auth/providers.ts'
import type { CodiError } from '../../src/base/errors.ts'
import { browse, openAuthorizationServer } from '../support/authorization-server.ts'
import { json, openLoginServer } from '../support/login-server.ts'

/** Waits are recorded, not waited for. */
function options(more: Partial<DeviceLogin> = {}) {
  const waits: number[] = []
  const login: DeviceLogin = {
    fetch: (url, init) => fetch(url, { ...init, redirect: 'manual' }),
    signal: new AbortController().signal,
    limitMs: 20_000,
    now: Date.now,
    show: async () => undefined,
    wait: async (ms) => void waits.push(ms),
    ...more,
  }
  return { login, waits }
}

function row(url: string): OAuthProvider {
  return { name: 'odd', clientId: 'codi', deviceUrl: `${url}/device`, tokenUrl: `${url}/token` }
}

const device = {
  device_code: 'device-code-1234',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://example.org/device',
  interval: 2,
}

describe('a login by device code', () => {
  test('at a real server ends with tokens when the person has typed the code', async () => {
    await using server = await openAuthorizationServer()
    const { login } = options({
      async show({ url, userCode }) {
        const page = await browse(`${url}?user_code=${encodeURIComponent(userCode)}`)
        expect(page.text).toContain('Signed in')
      },
    })
    const credential = await loginByDevice(server.provider, login)
    expect(credential.account).toBe('ada')
    expect(await server.isGood(credential.accessToken)).toBe(true)
  })

  test('at a real server is over when the person says no', async () => {
    await using server = await openAuthorizationServer()
    const { login } = options({
      async show({ url, userCode }) {
        await browse(`${url}?user_code=${encodeURIComponent(userCode)}`, { denies: true })
      },
    })
    await expect(loginByDevice(server.provider, login)).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('was refused in the browser (access_denied'),
    })
  })

  test('goes on asking while it is pending, slower when told so or when nobody answers', async () => {
    const answers = [
      json({ error: 'authorization_pending' }, 400),
      json({ error: 'slow_down' }, 400),
      json({}, 503),
      json({ error: 'authorization_pending' }, 400),
      json({ access_token: 'token', token_type: 'bearer', expires_in: '60' }),
    ]
    await using server = openLoginServer((path, _, count) =>
      path === '/device' ? json(device) : (answers[count - 1] as Response),
    )
    const { login, waits } = options()
    const credential = await loginByDevice(row(server.url), login)
    expect(credential).toMatchObject({ accessToken: 'token', lifetimeMs: 60_000 })
    expect(waits).toEqual([2000, 2000, 7000, 12_000, 12_000])
    expect(server.posted[1]?.fields).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'device-code-1234',
      client_id: 'codi',
    })
  })

  test('ends with what the server says: expired, denied, or something else', async () => {
    const cases: [string, RegExp][] = [
      ['expired_token', /took too long.*codi login odd --device/],
      ['access_denied', /was refused in the browser/],
      ['invalid_client', /failed \(invalid_client\)/],
    ]
    for (const [error, said] of cases) {
      await using server = openLoginServer((path) =>
        path === '/device' ? json(device) : json({ error }, 400),
      )
      await expect(loginByDevice(row(server.url), options().login)).rejects.toMatchObject({
        kind: 'credentials',
        message: expect.stringMatching(said),
      })
    }
  })

  test('ends when the code has lived its time, though the server says nothing of it', async () => {
    await using server = openLoginServer((path) =>
      path === '/device'
        ? json({ ...device, interval: 0.02, expires_in: 0.2 })
        : json({ error: 'authorization_pending' }, 400),
    )
    const { wait: _, ...login } = options().login
    await expect(loginByDevice(row(server.url), login)).rejects.toMatchObject({
      message: expect.stringContaining('took too long'),
    })
  })

  test('shows no page that is no web page, and no escape sequences', async () => {
    const shown: string[] = []
    const { login } = options({
      async show({ url, userCode }) {
        shown.push(url, userCode)
      },
    })
    for (const [body, said] of [
      [{ ...device, verification_uri: 'file:///etc/passwd' }, /must be an https address/],
      [{ ...device, verification_uri_complete: 'javascript:1' }, /must be an https address/],
      [{ ...device, device_code: undefined }, /without a device code/],
    ] as const) {
      await using server = openLoginServer(() => json(body))
      const failure = (await loginByDevice(row(server.url), login).catch((e) => e)) as CodiError
      expect(failure.message).toMatch(said)
    }
    expect(shown).toEqual([])
    await using server = openLoginServer((path) =>
      path === '/device'
        ? json({ ...device, user_code: 'AB\x1b[2JCD' })
        : json({ access_token: 'token' }),
    )
    await loginByDevice(row(server.url), login)
    expect(shown[1]).toBe('AB␛[2JCD')
  })
})
