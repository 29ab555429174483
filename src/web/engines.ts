/** The search engines: those without a key in the order in which they are tried, then those with one. */
import type { SearchEngine } from './engine.ts'
import { parseDuckDuckGo, parseDuckDuckGoLite } from './parse-duckduckgo.ts'
import { jsonHits } from './parse-json.ts'

function query(base: string, parameters: Record<string, string | number>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) search.set(name, String(value))
  return `${base}?${search}`
}

export const searchEngines: readonly SearchEngine[] = [
  {
    id: 'duckduckgo',
    name: 'DuckDuckGo',
    baseUrl: 'https://html.duckduckgo.com',
    keys: [],
    request: (asked) => ({ url: query(`${asked.baseUrl}/html/`, { q: asked.query }) }),
    parse: parseDuckDuckGo,
  },
  {
    id: 'duckduckgo-lite',
    name: 'DuckDuckGo Lite',
    baseUrl: 'https://lite.duckduckgo.com',
    keys: [],
    request: (asked) => ({ url: query(`${asked.baseUrl}/lite/`, { q: asked.query }) }),
    parse: parseDuckDuckGoLite,
  },
  {
    id: 'wikipedia',
    name: 'Wikipedia',
    baseUrl: 'https://en.wikipedia.org',
    keys: [],
    request: (asked) => ({
      url: query(`${asked.baseUrl}/w/api.php`, {
        action: 'query',
        generator: 'search',
        gsrsearch: asked.query,
        gsrlimit: asked.limit,
        prop: 'info|extracts',
        inprop: 'url',
        exintro: 1,
        explaintext: 1,
        exchars: 300,
        exlimit: 20,
        format: 'json',
        formatversion: 2,
      }),
    }),
    parse: jsonHits({
      list: 'query.pages',
      order: 'index',
      title: 'title',
      url: 'fullurl',
      snippet: 'extract',
      failure: 'error.info',
    }),
  },
  {
    id: 'searxng',
    name: 'SearXNG',
    baseUrl: undefined,
    keys: [],
    request: (asked) => ({
      url: query(`${asked.baseUrl}/search`, { q: asked.query, format: 'json' }),
    }),
    parse: jsonHits({ list: 'results', title: 'title', url: 'url', snippet: 'content' }),
  },
  {
    id: 'brave',
    name: 'Brave Search',
    baseUrl: 'https://api.search.brave.com',
    keys: ['BRAVE_API_KEY', 'BRAVE_SEARCH_API_KEY'],
    request: (asked) => ({
      url: query(`${asked.baseUrl}/res/v1/web/search`, { q: asked.query, count: asked.limit }),
      headers: { 'x-subscription-token': asked.key },
    }),
    parse: jsonHits({
      list: 'web.results',
      title: 'title',
      url: 'url',
      snippet: 'description',
      failure: 'error.detail',
    }),
  },
  {
    id: 'tavily',
    name: 'Tavily',
    baseUrl: 'https://api.tavily.com',
    keys: ['TAVILY_API_KEY'],
    request: (asked) => ({
      url: `${asked.baseUrl}/search`,
      headers: { authorization: `Bearer ${asked.key}` },
      json: { query: asked.query, max_results: asked.limit },
    }),
    parse: jsonHits({
      list: 'results',
      title: 'title',
      url: 'url',
      snippet: 'content',
      failure: 'detail.error',
    }),
  },
  {
    id: 'exa',
    name: 'Exa',
    baseUrl: 'https://api.exa.ai',
    keys: ['EXA_API_KEY'],
    request: (asked) => ({
      url: `${asked.baseUrl}/search`,
      headers: { 'x-api-key': asked.key },
      json: {
        query: asked.query,
        numResults: asked.limit,
        contents: { text: { maxCharacters: 500 } },
      },
    }),
    parse: jsonHits({
      list: 'results',
      title: 'title',
      url: 'url',
      snippet: 'text',
      failure: 'error',
    }),
  },
  {
    id: 'kagi',
    name: 'Kagi',
    baseUrl: 'https://kagi.com',
    keys: ['KAGI_API_KEY'],
    request: (asked) => ({
      url: `${asked.baseUrl}/api/v1/search`,
      headers: { authorization: `Bearer ${asked.key}` },
      json: { query: asked.query, workflow: 'search', limit: asked.limit },
    }),
    // Where nothing was found, the list is not there.
    parse: jsonHits({
      list: 'data.search',
      title: 'title',
      url: 'url',
      snippet: 'snippet',
      empty: 'data',
    }),
  },
  {
    id: 'serper',
    name: 'Serper',
    baseUrl: 'https://google.serper.dev',
    keys: ['SERPER_API_KEY'],
    request: (asked) => ({
      url: `${asked.baseUrl}/search`,
      headers: { 'x-api-key': asked.key },
      json: { q: asked.query, num: asked.limit },
    }),
    parse: jsonHits({
      list: 'organic',
      title: 'title',
      url: 'link',
      snippet: 'snippet',
      failure: 'message',
    }),
  },
  {
    id: 'google',
    name: 'Google Custom Search',
    baseUrl: 'https://www.googleapis.com',
    keys: ['GOOGLE_SEARCH_API_KEY'],
    also: 'GOOGLE_CSE_ID',
    request: (asked) => ({
      url: query(`${asked.baseUrl}/customsearch/v1`, {
        key: asked.key,
        cx: asked.also,
        q: asked.query,
        num: Math.min(asked.limit, 10),
      }),
    }),
    parse: jsonHits({
      list: 'items',
      title: 'title',
      url: 'link',
      snippet: 'snippet',
      failure: 'error.message',
      empty: 'searchInformation',
    }),
  },
  {
    // Microsoft has closed its own; others answer in the same shape.
    id: 'bing',
    name: 'the Bing-compatible engine',
    baseUrl: undefined,
    keys: ['BING_SEARCH_API_KEY'],
    request: (asked) => ({
      url: query(`${asked.baseUrl}/v7.0/search`, { q: asked.query, count: asked.limit }),
      headers: { 'ocp-apim-subscription-key': asked.key },
    }),
    parse: jsonHits({
      list: 'webPages.value',
      title: 'name',
      url: 'url',
      snippet: 'snippet',
      failure: 'error.message',
      empty: '_type',
    }),
  },
]
