/** Proxies, certificate authorities, silence. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { proxyFor } from '../../src/base/outgoing-proxy.ts'
import { createProvider } from '../../src/providers/create.ts'
import { createHttp, StallError } from '../../src/providers/http.ts'
import { gather, never, requestOf } from '../contract/provider.suite.ts'
import { startModelServer } from '../support/model-server.ts'
import { certificate, certificateKey } from './certificate.ts'

const directory = mkdtempSync(join(tmpdir(), 'codi-http-'))
const caFile = join(directory, 'ca.pem')
writeFileSync(caFile, certificate)
afterAll(() => rmSync(directory, { recursive: true }))

describe('proxies', () => {
  const choose = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)
  const env = { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://plain:3128' }

  test('each scheme has its own, in capitals or not, and ALL_PROXY is for both', () => {
    expect(choose('https://api.example.com/v1', env)).toBe('http://proxy:3128')
    expect(choose('http://api.example.com/v1', env)).toBe('http://plain:3128')
    expect(choose('https://api.example.com', { https_proxy: 'proxy:1' })).toBe('http://proxy:1')
    expect(choose('https://api.example.com', { ALL_PROXY: 'http://all:1' })).toBe('http://all:1')
    expect(choose('https://api.example.com', {})).toBe(false)
  })

  test('NO_PROXY exempts hosts, domains, ports and everything', () => {
    const free = (list: string, url = 'https://api.example.com/v1') =>
      choose(url, { ...env, NO_PROXY: list }) === false
    expect(free('api.example.com')).toBe(true)
    expect(free('other.org, .example.com')).toBe(true)
    expect(free('*.example.com')).toBe(true)
    expect(free('example.com:443')).toBe(true)
    expect(free('example.com:8443')).toBe(false)
    expect(free('*')).toBe(true)
    expect(free('ample.com')).toBe(false)
    expect(free('')).toBe(false)
  })

  test('this machine is never asked of a proxy', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'models.localhost']) {
      expect(choose(`http://${host}:11434/`, env)).toBe(false)
    }
  })

  test('a request goes through the proxy that the environment names', async () => {
    const proxy = startModelServer({ fallback: { text: 'through the proxy' } })
    const provider = await createProvider('groq', {
      env: { GROQ_API_KEY: 'k', HTTP_PROXY: proxy.url },
      stallMs: 5000,
      baseUrl: 'http://models.example.invalid/v1',
    })
    const got = await gather(provider.stream(requestOf({ model: 'm' }), never()))
    expect(got.texts.join('')).toBe('through the proxy')
    expect(proxy.requests[0]?.headers.host).toBe('models.example.invalid')
    proxy.close()
  })

  test('a proxy that refuses is named, and not asked again', async () => {
    const proxy = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => new Response('', { status: 407 }),
    })
    const provider = await createProvider('groq', {
      env: { GROQ_API_KEY: 'k', HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
      stallMs: 5000,
    })
    const got = await gather(provider.stream(requestOf({ model: 'm' }), never()))
    expect(got.error).toMatchObject({ kind: 'unreachable', permanent: true })
    expect(got.error?.message).toContain('HTTPS_PROXY')
    expect(got.retries).toEqual([])
    await proxy.stop(true)
  })
})

describe('certificates', () => {
  const events = ['message_start', 'content_block_start', 'content_block_delta', 'message_stop']
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls: { cert: certificate, key: certificateKey },
    fetch: () =>
      new Response(
        events
          .map((type) => {
            const delta = { type: 'text_delta', text: 'secure' }
            return `data: ${JSON.stringify({ type, index: 0, delta, content_block: { type: 'text' } })}\n\n`
          })
          .join(''),
      ),
  })
  afterAll(() => server.stop(true))

  const open = (more: { caFile?: string }) =>
    createProvider('anthropic', {
      env: { ANTHROPIC_API_KEY: 'k' },
      stallMs: 5000,
      baseUrl: `https://localhost:${server.port}`,
      ...more,
    })

  test('one that nobody vouches for is refused, with what to do', async () => {
    const got = await gather((await open({})).stream(requestOf({ model: 'claude-x' }), never()))
    expect(got.error).toMatchObject({ kind: 'unreachable', permanent: true })
    expect(got.error?.message).toContain('caFile')
  })

  test('one of an authority in caFile is taken', async () => {
    const provider = await open({ caFile })
    const got = await gather(provider.stream(requestOf({ model: 'claude-x' }), never()))
    expect(got.texts.join('')).toBe('secure')
  })

  test('a caFile that is missing or holds none is said at once', async () => {
    const notPem = join(directory, 'not.pem')
    writeFileSync(notPem, 'hello')
    for (const file of [notPem, join(directory, 'missing.pem')]) {
      const thrown = await open({ caFile: file }).catch((error: Error) => error)
      expect(thrown).toMatchObject({ kind: 'invalid' })
      expect(String(thrown)).toContain(file)
    }
  })
})

test('silence before the head of a response ends at the limit', async () => {
  const server = startModelServer({ fallback: { fault: 'stall-first' } })
  const http = await createHttp({ env: {}, stallMs: 50 })
  const asked = http.fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{}' })
  expect(await asked.catch((thrown) => thrown)).toBeInstanceOf(StallError)
  server.close()
})
