/** One search: the engines of the plan one after another, until one answers. */
import { CodiError, errorMessage } from '../base/errors.ts'
import type { WebSearch, WebSearchResult } from '../contract/web-service.ts'
import { decodePage } from './charset.ts'
import { EngineFailure, type SearchEngine, type SearchHit } from './engine.ts'
import { mediaTypeOf } from './media.ts'
import { request, type WebAccess } from './request.ts'
import { type PlannedEngine, type SearchChoice, searchPlan } from './search-plan.ts'

const maxAnswerBytes = 2 * 1024 * 1024
const timeoutMs = 15_000
const maxTitleChars = 200
const maxSnippetChars = 500

export async function searchWeb(
  search: WebSearch,
  options: { choice: SearchChoice; access: WebAccess; engines?: readonly SearchEngine[] },
  signal: AbortSignal,
): Promise<WebSearchResult> {
  const failed: string[] = []
  for (const planned of searchPlan(options.choice, options.engines)) {
    try {
      const hits = await ask(planned, search, options.access, signal)
      return { engine: planned.engine.name, results: tidy(hits, search.limit), failed }
    } catch (thrown) {
      signal.throwIfAborted()
      const own = thrown instanceof EngineFailure
      failed.push(own ? `${planned.engine.name} ${thrown.message}` : errorMessage(thrown))
    }
  }
  throw new CodiError(
    'unreachable',
    `No search engine answered: ${failed.join('; ')}. The setting searchEngine chooses another, with a key in the environment`,
  )
}

async function ask(
  { engine, asked }: PlannedEngine,
  search: WebSearch,
  access: WebAccess,
  signal: AbortSignal,
): Promise<SearchHit[]> {
  const { url, headers, json } = engine.request({ ...search, ...asked })
  const answer = await request(
    {
      url: new URL(url),
      maxBytes: maxAnswerBytes,
      timeoutMs,
      headers: { ...headers, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { method: 'POST' as const, body: JSON.stringify(json) } : {}),
    },
    access,
    signal,
  )
  const { charset } = mediaTypeOf(answer.headers['content-type'])
  const body = await decodePage(answer.bytes, { charset, isHtml: true, partial: answer.truncated })
  if (body === undefined) throw new EngineFailure('answered with something that is no text')
  const words = statusWords(answer.status, engine.keys[0])
  if (words === undefined) return await engine.parse(body, signal)
  throw new EngineFailure(`${words}${await detail(engine, body, signal)}`)
}

/** Undefined where there is an answer to be read; a captcha comes with status 202. */
function statusWords(status: number, key: string | undefined): string | undefined {
  if (status >= 200 && status < 300) return undefined
  const keyWords = key === undefined ? 'refused to answer' : `refused the key in ${key}`
  if (status === 401 || status === 403) return `${keyWords} (status ${status})`
  if (status === 429) return 'has had too many questions (status 429)'
  return `answered with status ${status}`
}

/** What the engine itself says about it, where it does. */
async function detail(
  engine: PlannedEngine['engine'],
  body: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    await engine.parse(body, signal)
    return ''
  } catch (thrown) {
    const said = thrown instanceof EngineFailure && /says: |captcha/.test(thrown.message)
    return said ? ` and ${thrown.message}` : ''
  }
}

function tidy(hits: readonly SearchHit[], limit: number): SearchHit[] {
  const seen = new Set<string>()
  return hits
    .filter(({ url }) => {
      const isNew = /^https?:\/\//i.test(url) && URL.canParse(url) && !seen.has(url)
      seen.add(url)
      return isNew
    })
    .slice(0, limit)
    .map(({ title, url, snippet }) => ({
      title: words(title, maxTitleChars) || url,
      url,
      snippet: words(snippet, maxSnippetChars),
    }))
}

/** One line; some engines mark what fits with tags. */
function words(text: string, maxChars: number): string {
  const plain = text
    .replace(/<\/?(b|strong|em|span|mark)\b[^<>]{0,200}>/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
  return plain.length <= maxChars ? plain : `${plain.slice(0, maxChars - 1)}…`
}
