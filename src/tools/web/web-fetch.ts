/** Reads one page of the web. What comes back is told to be data: a page may hold sentences meant for the model. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { formatBytes, neutralize, oneLine } from '../../base/text.ts'
import type { Tool, ToolContext, ToolResult } from '../../contract/tool.ts'
import type { WebPage } from '../../contract/web-service.ts'
import { imageResultOf } from '../files/file-image.ts'
import { fileKind, kindBytes } from '../files/file-kind.ts'
import text from './web-fetch.md' with { type: 'text' }
import { dataNote } from './web-text.ts'

const input = Type.Object({ url: Type.String() })

const maxBytes = 5 * 1024 * 1024
const timeoutMs = 30_000
const maxUrlChars = 4000

export const webFetch: Tool<typeof input> = {
  name: 'web_fetch',
  text,
  input,
  effect: 'network',
  async request({ url }, context) {
    return {
      summary: `fetch ${oneLine(url, 200)}`,
      paths: [],
      hosts: [context.services.web.pageHost(checked(url))],
    }
  },
  async run({ url }, context) {
    requireApprovedHost(context, context.services.web.pageHost(checked(url)))
    const page = await context.services.web.fetch({ url, maxBytes, timeoutMs }, context.signal)
    if (page.redirect !== undefined) return redirected(page, page.redirect)
    if (page.text === undefined) return fileResult(page, page.bytes ?? new Uint8Array())
    return textResult(page, page.text)
  },
}

function checked(url: string): string {
  if (url.length <= maxUrlChars) return url
  throw new CodiError('invalid', `The address is longer than ${maxUrlChars} characters`)
}

function requireApprovedHost({ approved }: ToolContext, host: string): void {
  if (!approved || approved.hosts.includes(host)) return
  throw new CodiError('stale', `${host} is not the host that was allowed; call it again`)
}

function redirected(page: WebPage, target: string): ToolResult {
  return {
    content: `[status ${page.status}: ${page.url} redirects to another host, which was not asked: ${target}\nFetch that address if it is what you want.]`,
    data: { url: page.url, status: page.status, redirect: target },
  }
}

function textResult(page: WebPage, body: string): ToolResult {
  const failed = page.status >= 400
  const cut = page.truncated ? `, cut after ${formatBytes(maxBytes)}` : ''
  const title = page.title === undefined ? '' : ` “${oneLine(neutralize(page.title), 200)}”`
  const about = `${page.url}${title}: ${failed ? 'failed with ' : ''}status ${page.status}, ${page.mediaType}${cut}`
  return {
    content: `[${about}; ${dataNote}]\n\n${body.trim() === '' ? '(no text; it may need a browser)' : body}`,
    detail: { type: 'list', lines: [about] },
    data: {
      url: page.url,
      status: page.status,
      mediaType: page.mediaType,
      title: page.title ?? null,
      truncated: page.truncated,
    },
    ...(failed ? { isError: true } : {}),
  }
}

/** An image is shown; anything else is named, with what could be done. */
async function fileResult(page: WebPage, bytes: Uint8Array): Promise<ToolResult> {
  const kind = fileKind(bytes.subarray(0, kindBytes))
  const size = `${page.truncated ? 'more than ' : ''}${formatBytes(bytes.length)}`
  const isImage = kind?.type === 'image' || kind?.type === 'foreign_image'
  if (isImage && !page.truncated && page.status < 400) return imageResultOf(bytes, page.url)
  const what =
    kind?.type === 'pdf'
      ? 'a PDF'
      : kind?.type === 'binary' || kind?.type === 'foreign_image'
        ? kind.name
        : page.mediaType
  const advice =
    kind?.type === 'pdf'
      ? 'PDFs are not read; download it with bash (curl -O) and use pdftotext, or look for an HTML version'
      : isImage
        ? 'it is too large to be shown'
        : 'only text and images are shown; bash can download it (curl -O)'
  throw new CodiError(
    'unsupported',
    `${page.url} is ${what} (${size}, status ${page.status}): ${advice}`,
  )
}
