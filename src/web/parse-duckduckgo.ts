/** Results out of the two pages of DuckDuckGo that need no scripts. */
import { type HtmlDocument, type HtmlElement, parseHtml, select } from './dom.ts'
import { EngineFailure, type SearchHit } from './engine.ts'

export async function parseDuckDuckGo(body: string, signal: AbortSignal): Promise<SearchHit[]> {
  const document = await open(body, signal)
  const hits = select(document, '.result').flatMap((result) => {
    if (/\bresult--(ad|no-result)\b/.test(result.className)) return []
    return hitOf(result.querySelector('a.result__a'), result.querySelector('.result__snippet'))
  })
  return found(hits, document, '.no-results, .result--no-result')
}

export async function parseDuckDuckGoLite(body: string, signal: AbortSignal): Promise<SearchHit[]> {
  const document = await open(body, signal)
  // A row with the link, one with the snippet, one with the address: they belong together by their order only.
  const hits: SearchHit[] = []
  for (const part of select(document, 'a.result-link, td.result-snippet')) {
    if (part.tagName === 'A') hits.push(...hitOf(part, null))
    else {
      const last = hits.at(-1)
      if (last && last.snippet === '') last.snippet = part.textContent
    }
  }
  return found(hits, document, '.no-results')
}

async function open(body: string, signal: AbortSignal): Promise<HtmlDocument> {
  const document = await parseHtml(body, signal)
  if (!document) throw new EngineFailure('answered with a page that cannot be read')
  const challenge = document.querySelector('#challenge-form, .anomaly-modal__title, .anomaly-modal')
  if (challenge) throw new EngineFailure('wants to know whether a person is asking (a captcha)')
  return document
}

function found(hits: SearchHit[], document: HtmlDocument, nothing: string): SearchHit[] {
  if (hits.length > 0 || document.querySelector(nothing)) return hits
  if (/no\s+(more\s+)?results/i.test(document.textContent)) return []
  throw new EngineFailure('answered with a page without results')
}

function hitOf(link: HtmlElement | null, snippet: HtmlElement | null): SearchHit[] {
  const url = targetOf(link?.getAttribute('href') ?? '')
  if (!link || url === undefined) return []
  return [{ title: link.textContent, url, snippet: snippet?.textContent ?? '' }]
}

/** Links lead through a counter, `//duckduckgo.com/l/?uddg=ADDRESS`; those of advertisements through `y.js`. */
function targetOf(href: string): string | undefined {
  const base = 'https://duckduckgo.com/'
  if (!URL.canParse(href, base)) return undefined
  const url = new URL(href, base)
  const isOwn = url.hostname === 'duckduckgo.com' || url.hostname.endsWith('.duckduckgo.com')
  if (!isOwn) return url.href
  const target = url.pathname === '/l/' ? url.searchParams.get('uddg') : null
  return target !== null && URL.canParse(target) ? target : undefined
}
