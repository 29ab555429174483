/** One page: asked for, followed where it stays with its host, decoded, as Markdown where it is HTML. */
import { CodiError } from '../base/errors.ts'
import type { WebPage, WebRequest } from '../contract/web-service.ts'
import { decodePage } from './charset.ts'
import { pageMarkdown } from './markdown.ts'
import { isHtml, mayBeText, mediaTypeOf } from './media.ts'
import { pageUrl, shownUrl } from './page-url.ts'
import { request, type WebAccess, type WebAnswer } from './request.ts'

const maxRedirects = 8

export async function fetchPage(
  given: WebRequest,
  access: WebAccess,
  signal: AbortSignal,
): Promise<WebPage> {
  const deadline = Date.now() + given.timeoutMs
  let url = pageUrl(given.url)
  for (let followed = 0; ; followed++) {
    const answer = await request(
      {
        url,
        headers: { accept: 'text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5' },
        maxBytes: given.maxBytes,
        timeoutMs: Math.max(1, deadline - Date.now()),
      },
      access,
      signal,
    )
    const next = redirectOf(url, answer)
    if (next === undefined) return pageOf(url, answer, signal)
    if (!staysWithHost(url, next)) {
      const { status } = answer
      return { url: url.href, status, mediaType: '', truncated: false, redirect: next.href }
    }
    if (followed === maxRedirects) {
      throw new CodiError(
        'unreachable',
        `${url.host} redirects in circles, at last to ${next.href}`,
      )
    }
    url = next
  }
}

function redirectOf(url: URL, answer: WebAnswer): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined
  const { location } = answer.headers
  if (!location) return undefined
  const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined
  const isWeb = next?.protocol === 'https:' || next?.protocol === 'http:'
  if (!next || !isWeb || next.username !== '' || next.password !== '') {
    throw new CodiError(
      'unreachable',
      `${url.host} redirects to ${shownUrl(location)}, which is not fetched`,
    )
  }
  next.hash = ''
  return next
}

/** The same host, with or without `www.`, and never from https to http. */
function staysWithHost(from: URL, to: URL): boolean {
  const bare = (url: URL) => url.hostname.replace(/^www\./, '')
  if (bare(from) !== bare(to)) return false
  if (from.protocol === to.protocol) return from.port === to.port
  return from.protocol === 'http:' && from.port === '' && to.port === ''
}

async function pageOf(url: URL, answer: WebAnswer, signal: AbortSignal): Promise<WebPage> {
  const { status, bytes, truncated } = answer
  const { type, charset } = mediaTypeOf(answer.headers['content-type'])
  const page = { url: url.href, status, mediaType: type, truncated }
  const html = isHtml(type, bytes)
  const text = mayBeText(type)
    ? await decodePage(bytes, { charset, isHtml: html, partial: truncated })
    : undefined
  if (text === undefined) return { ...page, bytes }
  if (!html) return { ...page, text }
  const { title, text: markdown, cut } = await pageMarkdown(text, url.href, signal)
  return {
    ...page,
    text: markdown,
    truncated: truncated || cut,
    ...(title === undefined ? {} : { title }),
  }
}
