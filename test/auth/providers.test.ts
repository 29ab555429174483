import { describe, expect, test } from 'bun:test'
import { findEndpoints } from '../../src/auth/endpoints.ts'
import { canLogIn, findOAuthProvider, oauthProviders } from '../../src/auth/providers.ts'
import { json, openLoginServer } from '../support/login-server.ts'

describe('the setting oauth', () => {
  test('adds to a shipped row, and makes rows of its own', () => {
    const setting = {
      huggingface: { clientId: 'mine' },
      'mcp:demo': { issuer: 'https://login.example', clientId: 'other', ports: [1455] },
    }
    const own = findOAuthProvider('huggingface', setting)
    expect(own).toMatchObject({ issuer: 'https://huggingface.co', clientId: 'mine' })
    expect(findOAuthProvider('mcp:demo', setting)).toMatchObject({
      name: 'mcp:demo',
      ports: [1455],
    })
    expect(findOAuthProvider('nobody', setting)).toBeUndefined()
    expect(
      oauthProviders(setting)
        .filter(canLogIn)
        .map(({ name }) => name),
    ).toEqual(['openrouter', 'huggingface', 'mcp:demo'])
    expect(
      oauthProviders(undefined)
        .filter(canLogIn)
        .map(({ name }) => name),
    ).toEqual(['openrouter'])
  })

  test('is told by its place where it is wrong', () => {
    for (const [row, said] of [
      [{ issuer: 5 }, 'oauth.demo.issuer'],
      [{ clientID: 'x' }, 'oauth.demo.clientID'],
      [{ ports: [99999] }, 'oauth.demo.ports.0'],
      [{ redirectHost: '0.0.0.0' }, 'oauth.demo.redirectHost'],
      [{ tokenUrl: 'http://login.example/token' }, 'oauth.demo.tokenUrl must be an https address'],
      [{ issuer: 'login.example' }, 'oauth.demo.issuer must be an https address'],
      ['text', 'oauth.demo'],
    ] as const) {
      const setting = { demo: JSON.parse(JSON.stringify(row)) }
      expect(() => findOAuthProvider('demo', setting)).toThrow(said)
    }
  })
})

describe('the addresses of a server', () => {
  test('are found by RFC 8414 where there is no OpenID document, and a row may say otherwise', async () => {
    const asked: string[] = []
    await using server: ReturnType<typeof openLoginServer> = openLoginServer((path) => {
      asked.push(path)
      if (path !== '/.well-known/oauth-authorization-server/tenant') return json({}, 404)
      return json({ issuer: `${server.url}/tenant`, token_endpoint: `${server.url}/found` })
    })
    const plain = { fetch: (url: string, init?: RequestInit) => fetch(url, init) }
    const row = { name: 'demo', issuer: `${server.url}/tenant/`, deviceUrl: 'https://else/device' }
    expect(await findEndpoints(row, plain)).toMatchObject({
      tokenUrl: `${server.url}/found`,
      deviceUrl: 'https://else/device',
      authorizeUrl: undefined,
    })
    expect(asked).toEqual([
      '/tenant/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/tenant',
    ])
    await expect(
      findEndpoints({ name: 'demo', issuer: `${server.url}/other` }, plain),
    ).rejects.toThrow('publishes no addresses')
    await expect(findEndpoints({ name: 'demo' }, plain)).rejects.toThrow('oauth.demo.issuer')
  })
})
