import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loginByBrowser } from '../../src/auth/browser-login.ts'
import { openCredentials } from '../../src/auth/credentials.ts'
import { revoke } from '../../src/auth/refresh.ts'
import type { OAuthCredential } from '../../src/contract/auth.ts'
import {
  type AuthorizationServer,
  browse,
  openAuthorizationServer,
} from '../support/authorization-server.ts'
import { json, openLoginServer } from '../support/login-server.ts'

const storeProcess = join(import.meta.dir, '../support/store-process.ts')
const day = 86_400_000
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'codi-refresh-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function open(now: () => number = Date.now) {
  return openCredentials({
    directory,
    place: 'file',
    fetch: (url, init) => fetch(url, init),
    notice: (text) => {
      throw new Error(text)
    },
    now,
  })
}

async function loggedIn(server: AuthorizationServer): Promise<OAuthCredential> {
  return (await loginByBrowser(server.provider, {
    fetch: (url, init) => fetch(url, init),
    signal: new AbortController().signal,
    limitMs: 20_000,
    now: Date.now,
    async visit(url) {
      void browse(url)
    },
    paste: async () => undefined,
  })) as OAuthCredential
}

/** As if it had come a day ago. */
function aged(credential: OAuthCredential): OAuthCredential {
  return { ...credential, expiresAt: (credential.expiresAt ?? 0) - day }
}

function at(url: string, more: Partial<OAuthCredential> = {}): OAuthCredential {
  return {
    kind: 'oauth',
    accessToken: 'old-access-token',
    refreshToken: 'old-refresh-token',
    lifetimeMs: 3_600_000,
    expiresAt: Date.now() - 1000,
    clientId: 'codi',
    tokenUrl: `${url}/token`,
    ...more,
  }
}

describe('an access token', () => {
  test('that is good is used without asking anybody', async () => {
    await using server = await openAuthorizationServer()
    const credential = await loggedIn(server)
    await open().set('demo', credential)
    expect(await open().accessToken('demo')).toBe(credential.accessToken)
    expect(server.grants).toEqual(['authorization_code'])
  })

  test('that has expired is renewed, and so is the refresh token', async () => {
    await using server = await openAuthorizationServer()
    const credential = await loggedIn(server)
    await open().set('demo', aged(credential))
    const token = (await open().accessToken('demo')) ?? ''
    expect(token).not.toBe(credential.accessToken)
    expect(await server.isGood(token)).toBe(true)
    const renewed = (await open().get('demo')) as OAuthCredential
    expect(renewed.refreshToken).not.toBe(credential.refreshToken)
    expect(renewed.account).toBe('ada')
    expect(await open().accessToken('demo')).toBe(token)
    expect(server.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  test('that the host refused is renewed although it looks good', async () => {
    await using server = await openAuthorizationServer()
    const { accessToken } = await loggedIn(server).then(async (credential) => {
      await open().set('demo', credential)
      return credential
    })
    const token = await open().accessToken('demo', { refused: accessToken })
    expect(token).not.toBe(accessToken)
    // Whoever still holds the old one gets the new one, without another request.
    expect(await open().accessToken('demo', { refused: accessToken })).toBe(token)
    expect(server.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  test('is renewed by one of many processes, and all go on', async () => {
    await using server = await openAuthorizationServer()
    await open().set('demo', aged(await loggedIn(server)))
    const children = Array.from({ length: 4 }, () =>
      Bun.spawn([process.execPath, storeProcess, directory, 'token', 'demo']),
    )
    const tokens = await Promise.all(
      children.map(async (child) => (await new Response(child.stdout).text()).trim()),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(await server.isGood(tokens[0] ?? '')).toBe(true)
    expect(server.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  test('is renewed once for many that ask in one process', async () => {
    await using server = await openAuthorizationServer()
    await open().set('demo', aged(await loggedIn(server)))
    const store = open()
    const tokens = await Promise.all(Array.from({ length: 5 }, () => store.accessToken('demo')))
    expect(new Set(tokens).size).toBe(1)
    expect(server.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  test('whose refresh token was revoked ends the login: said at once, without asking again', async () => {
    await using server = await openAuthorizationServer()
    const credential = aged(await loggedIn(server))
    await open().set('demo', credential)
    await server.forget(credential.refreshToken ?? '')
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(open().accessToken('demo')).rejects.toMatchObject({
        kind: 'credentials',
        message: expect.stringContaining('log in again with `codi login demo`'),
      })
    expect((await open().list())[0]?.ended).toBe(true)
    expect(server.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  test('is renewed before it ends, and when the clock was set back', async () => {
    await using server = openLoginServer((_, __, count) =>
      json({ access_token: `token-${count}`, expires_in: 3600 }),
    )
    const start = Date.now()
    let now = start
    const store = open(() => now)
    await store.set('demo', at(server.url, { expiresAt: start + 3_600_000 }))
    now = start + 3_600_000 - 61_000
    expect(await store.accessToken('demo')).toBe('old-access-token')
    now = start + 3_600_000 - 59_000
    expect(await store.accessToken('demo')).toBe('token-1')
    now = start - day
    expect(await store.accessToken('demo')).toBe('token-2')
    expect(await store.accessToken('demo')).toBe('token-2')
  })

  test('is used to its end when the server is down, and no longer', async () => {
    const server = openLoginServer(() => json({}))
    await server[Symbol.asyncDispose]()
    const store = open()
    await store.set('soon', at(server.url, { expiresAt: Date.now() + 30_000 }))
    await store.set('over', at(server.url))
    expect(await store.accessToken('soon')).toBe('old-access-token')
    await expect(store.accessToken('over')).rejects.toMatchObject({ kind: 'unreachable' })
    expect((await store.list()).some((row) => row.ended)).toBe(false)
  })

  test('without a refresh token is used to its end; then only a login helps', async () => {
    const store = open()
    const { refreshToken: _, ...alone } = at('http://127.0.0.1:1')
    await store.set('soon', { ...alone, expiresAt: Date.now() + 30_000 })
    await store.set('over', alone)
    expect(await store.accessToken('soon')).toBe('old-access-token')
    await expect(store.accessToken('over')).rejects.toThrow('codi login over')
    await expect(store.accessToken('soon', { refused: 'old-access-token' })).rejects.toThrow(
      'codi login soon',
    )
  })

  test('stays away when somebody logs out while it is renewed', async () => {
    await using server = openLoginServer(() => json({ access_token: 'new', expires_in: 60 }))
    const store = openCredentials({
      directory,
      place: 'file',
      notice: () => undefined,
      async fetch(url, init) {
        await open().remove('demo')
        return fetch(url, init)
      },
    })
    await store.set('demo', at(server.url))
    expect(await store.accessToken('demo')).toBe('new')
    expect(await store.list()).toEqual([])
  })

  test('is not lost when it cannot be stored: used meanwhile, told, and stored later', async () => {
    const [file, aside] = [join(directory, 'credentials'), join(directory, 'aside')]
    const told: string[] = []
    let asked = 0
    await using server = openLoginServer(() => {
      asked++
      renameSync(file, aside)
      mkdirSync(file)
      return json({ access_token: 'new', refresh_token: 'new-refresh', expires_in: 3600 })
    })
    const store = openCredentials({
      directory,
      place: 'file',
      fetch: (url, init) => fetch(url, init),
      notice: (text) => told.push(text),
    })
    await store.set('demo', at(server.url))
    expect(await store.accessToken('demo')).toBe('new')
    expect(told.join()).toContain('cannot be stored')
    expect(told.join()).not.toContain('new-refresh')
    rmSync(file, { recursive: true })
    renameSync(aside, file)
    expect(await store.accessToken('demo')).toBe('new')
    expect(await open().get('demo')).toMatchObject({ refreshToken: 'new-refresh' })
    expect(asked).toBe(1)
  })

  test('keeps the refresh token of a server that does not rotate, and sends the resource again', async () => {
    await using server = openLoginServer(() => json({ access_token: 'new', expires_in: 60 }))
    const store = open()
    await store.set('demo', at(server.url, { resource: 'https://api.example/' }))
    expect(await store.accessToken('demo')).toBe('new')
    expect(await store.get('demo')).toMatchObject({ refreshToken: 'old-refresh-token' })
    expect(server.posted[0]?.fields).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'old-refresh-token',
      client_id: 'codi',
      resource: 'https://api.example/',
    })
  })
})

describe('revoking', () => {
  test('makes both tokens worthless at a real server', async () => {
    await using server = await openAuthorizationServer()
    const credential = await loggedIn(server)
    const problem = await revoke(credential, { fetch: (url, init) => fetch(url, init) })
    expect(problem).toBeUndefined()
    expect(await server.isGood(credential.accessToken)).toBe(false)
    expect(await server.isGood(credential.refreshToken ?? '')).toBe(false)
  })

  test('says why it did not work', async () => {
    await using server = openLoginServer(() => json({ error: 'server_error' }, 503))
    const asked = { fetch: (url: string, init?: RequestInit) => fetch(url, init) }
    expect(await revoke(at(server.url), asked)).toContain('no address')
    expect(await revoke(at(server.url, { revokeUrl: `${server.url}/revoke` }), asked)).toContain(
      'failed (503)',
    )
  })
})
