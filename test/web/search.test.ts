/** Search engines in the shapes that they have, played by a server on loopback. */
import { describe, expect, test } from 'bun:test'
import { type SearchEngineId, searchEngineIds } from '../../src/contract/web-service.ts'
import { searchEngines } from '../../src/web/engines.ts'
import {
  duckDuckGo,
  duckDuckGoCaptcha,
  duckDuckGoLite,
  duckDuckGoNothing,
  jsonAnswers,
} from './search-pages.ts'
import { failure, html, openWebBench, type WebBench } from './web-bench.ts'

const search = (bench: WebBench, query = 'bun runtime', limit = 5) =>
  bench.web.search({ query, limit }, new AbortController().signal)

function bench(engine: SearchEngineId, answer: () => Response, env: Record<string, string> = {}) {
  return openWebBench(answer, {
    env,
    settings: (origin) => ({ searchEngine: engine, searchBaseUrl: `${origin}/` }),
  })
}

describe('DuckDuckGo', () => {
  test('gives results without advertisements, with the addresses behind its counter', async () => {
    await using server = bench('duckduckgo', () => html(duckDuckGo))
    expect(await search(server)).toEqual({
      engine: 'DuckDuckGo',
      failed: [],
      results: [
        {
          title: 'Bun & its docs',
          url: 'https://bun.example/docs?a=1&b=2',
          snippet: 'Bun is a fast runtime.',
        },
        { title: 'Direct', url: 'https://direct.example/page', snippet: '' },
      ],
    })
    expect(server.seen).toEqual(['GET /html/?q=bun+runtime'])
    expect((await search(server, 'q', 1)).results).toHaveLength(1)
  })

  test('Lite gives results whose parts stand in rows', async () => {
    await using server = bench('duckduckgo-lite', () => html(duckDuckGoLite))
    expect((await search(server)).results).toEqual([
      { title: 'One', url: 'https://one.example/', snippet: 'The first.' },
      { title: 'Two', url: 'https://two.example/', snippet: '' },
    ])
  })

  test('that finds nothing is an answer; a captcha, another page or an error is none', async () => {
    await using nothing = bench('duckduckgo', () => html(duckDuckGoNothing))
    expect((await search(nothing)).results).toEqual([])
    const failures: [() => Response, string][] = [
      [() => new Response(duckDuckGoCaptcha, { status: 202 }), 'a captcha'],
      [() => new Response(duckDuckGoCaptcha, { status: 403 }), 'status 403) and wants to know'],
      [() => html('<p>Welcome</p>'), 'a page without results'],
      [() => new Response('slow down', { status: 429 }), 'too many questions'],
      [() => new Response('oops', { status: 500 }), 'status 500'],
      [() => new Response(Buffer.from([0, 1, 2]) as never), 'no text'],
    ]
    for (const [answer, words] of failures) {
      await using server = bench('duckduckgo', answer)
      const failed = await failure(search(server))
      expect(failed.kind).toBe('unreachable')
      expect(failed.message).toContain('No search engine answered: DuckDuckGo')
      expect(failed.message).toContain(words)
    }
  })
})

describe('an engine that answers in JSON', () => {
  for (const engine of searchEngines.filter(({ id }) => id in jsonAnswers)) {
    const env = Object.fromEntries(
      [...engine.keys.slice(0, 1), ...(engine.also ? [engine.also] : [])].map((name) => [
        name,
        'k3y',
      ]),
    )

    test(`${engine.id} is asked with its key and understood`, async () => {
      const { body, snippet } = jsonAnswers[engine.id] ?? { body: {}, snippet: '' }
      await using server = bench(engine.id, () => Response.json(body), env)
      const { results } = await search(server, 'what & who')
      expect(results[0]).toEqual({ title: 'A title', url: 'https://a.example/', snippet })
      const [asked] = server.requests
      const said = JSON.stringify(asked)
      expect(said).toMatch(/what( |%20|\+)(&|%26)( |%20|\+)who/)
      if (engine.keys.length > 0) expect(said).toContain('k3y')
    })

    test(`${engine.id} that answers oddly is told, and its key is not`, async () => {
      const answers: [Response, RegExp][] = [
        [new Response('<html>'), /did not answer in JSON/],
        [Response.json([1]), /unknown form/],
        [Response.json({ error: 'no' }, { status: 401 }), /refused/],
      ]
      for (const [answer, words] of answers) {
        await using server = bench(engine.id, () => answer, env)
        const { message } = await failure(search(server))
        expect(message).toMatch(words)
        expect(message).not.toContain('k3y')
      }
    })
  }

  test('that found nothing is understood, too', async () => {
    const nothing: [SearchEngineId, object, Record<string, string>][] = [
      ['kagi', { meta: {}, data: {} }, { KAGI_API_KEY: 'k' }],
      [
        'google',
        { searchInformation: { totalResults: '0' } },
        { GOOGLE_SEARCH_API_KEY: 'k', GOOGLE_CSE_ID: 'c' },
      ],
      ['bing', { _type: 'SearchResponse' }, { BING_SEARCH_API_KEY: 'k' }],
      ['searxng', { results: [] }, {}],
      ['wikipedia', { batchcomplete: true }, {}],
      ['brave', { type: 'search', query: {} }, { BRAVE_API_KEY: 'k' }],
    ]
    for (const [id, body, env] of nothing) {
      await using server = bench(id, () => Response.json(body), env)
      expect(await search(server)).toMatchObject({ results: [] })
    }
  })

  test('says itself what is wrong', async () => {
    await using server = bench(
      'google',
      () => Response.json({ error: { message: 'Quota exceeded' } }, { status: 403 }),
      { GOOGLE_SEARCH_API_KEY: 'k', GOOGLE_CSE_ID: 'c' },
    )
    expect((await failure(search(server))).message).toContain('and says: Quota exceeded')
  })
})

describe('the choice of engines', () => {
  const hosts = (settings: object, env: Record<string, string> = {}) =>
    openWebBench(() => html(''), { settings, env })

  test('is one of those that the setting knows', () => {
    expect(searchEngines.map(({ id }) => id)).toEqual(
      searchEngineIds.filter((id) => id !== 'auto') as never,
    )
  })

  test('takes those without a key, unless the environment has one or an address is set', async () => {
    await using keyless = hosts({})
    expect(keyless.web.searchHosts()).toEqual([
      'html.duckduckgo.com:443',
      'lite.duckduckgo.com:443',
      'en.wikipedia.org:443',
    ])
    await using keyed = hosts({}, { TAVILY_API_KEY: 'k', BRAVE_SEARCH_API_KEY: 'k' })
    expect(keyed.web.searchHosts()).toEqual(['api.search.brave.com:443'])
    await using halfKeyed = hosts({}, { GOOGLE_SEARCH_API_KEY: 'k' })
    expect(halfKeyed.web.searchHosts()).toHaveLength(3)
    await using own = hosts({ searchBaseUrl: 'https://searx.example/' })
    expect(own.web.searchHosts()).toEqual(['searx.example:443'])
    await using named = hosts({
      searchEngine: 'wikipedia',
      searchBaseUrl: 'http://de.wikipedia.example',
    })
    expect(named.web.searchHosts()).toEqual(['de.wikipedia.example:80'])
  })

  test('says what is missing', async () => {
    for (const [settings, words] of [
      [{ searchEngine: 'brave' }, 'set BRAVE_API_KEY'],
      [{ searchEngine: 'google' }, 'set GOOGLE_SEARCH_API_KEY and GOOGLE_CSE_ID'],
      [{ searchEngine: 'searxng' }, 'set searchBaseUrl'],
      [{ searchEngine: 'searxng', searchBaseUrl: 'searx.example' }, 'must be an http'],
      [{ searchEngine: 'searxng', searchBaseUrl: 'file:///etc' }, 'must be an http'],
    ] as const) {
      await using chosen = hosts(settings)
      expect(chosen.web.searchHosts()).toEqual([])
      expect((await failure(search(chosen))).message).toContain(words)
    }
  })

  test('goes on to the next where one does not answer, and tells of it', async () => {
    const proxied: string[] = []
    await using engines = openWebBench((_, url) => {
      proxied.push(url.hostname)
      if (url.hostname === 'html.duckduckgo.com')
        return new Response(duckDuckGoCaptcha, { status: 202 })
      return html(duckDuckGoLite)
    })
    // The keyless engines are asked by plain HTTP here, so that a proxy on loopback can play all of them.
    const { searchWeb } = await import('../../src/web/search.ts')
    const env = { HTTP_PROXY: engines.origin.replace('localhost', '127.0.0.1') }
    const choice = { engine: 'auto', baseUrl: undefined, env } as const
    const plain = searchEngines.map((engine) => ({
      ...engine,
      baseUrl: engine.baseUrl?.replace('https:', 'http:'),
    }))
    const found = await searchWeb(
      { query: 'q', limit: 5 },
      { choice, engines: plain, access: { env, allowHosts: [], authorities: undefined } },
      new AbortController().signal,
    )
    expect(found.engine).toBe('DuckDuckGo Lite')
    expect(found.failed).toEqual([
      'DuckDuckGo wants to know whether a person is asking (a captcha)',
    ])
    expect(proxied).toEqual(['html.duckduckgo.com', 'lite.duckduckgo.com'])
  })
})
