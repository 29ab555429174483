/**
 * A session as one HTML file: no script, no request, nothing from elsewhere. It reads in light and dark, on paper and on
 * a phone, by keyboard; every text in it is data. Streams; the path is read twice, first for the table of prompts.
 */
import { createHash } from 'node:crypto'
import { formatCount, formatDuration, formatMinute, plural } from '../../base/text.ts'
import type { ImageBlock } from '../../contract/message.ts'
import { callParts, callTitle, resultPart } from './call-text.ts'
import { exportFacts, exportTitle } from './export-facts.ts'
import { markdownHtml, preHtml } from './html-markdown.ts'
import { style } from './html-style.ts'
import { codeHtml, escapeHtml, type Highlight } from './html-text.ts'
import { type Mask, maskedEntry } from './masked-entry.ts'
import { promptTitle } from './prompt-text.ts'
import { type Shown, type ShownCall, type ShownPart, shown } from './shown.ts'
import type { SessionExport } from './write-json.ts'

const titleChars = 100
const callChars = 160

export async function* writeHtml(
  session: SessionExport,
  { mask, highlight }: { mask: Mask; highlight: Highlight },
): AsyncGenerator<string> {
  const title = mask(exportTitle(session.summary))
  yield headHtml(title)
  yield `<a class="skip" href="#conversation">To the conversation</a><div class="page"><header><h1>${escapeHtml(title)}</h1>${schemeHtml}<dl>`
  for (const [name, value] of exportFacts(session.summary))
    yield `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(mask(value))}</dd>`
  yield '</dl></header>\n'
  yield* contentsHtml(masked(session, mask))
  yield '<main id="conversation">\n'
  for (const item of shown(masked(session, mask))) yield* itemHtml(item, highlight)
  yield '</main>\n<p class="end">Exported by codi. Secrets are masked; this page asks nothing of the network.</p></div></body></html>\n'
}

function* masked(session: SessionExport, mask: Mask) {
  for (const entry of session.path()) yield maskedEntry(entry, mask)
}

function headHtml(title: string): string {
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body>\n`,
  ].join('\n')
}

const schemeHtml = `<fieldset class="scheme"><legend>Colours</legend>${['auto', 'light', 'dark']
  .map((name) => {
    const checked = name === 'auto' ? ' checked' : ''
    return `<label><input type="radio" name="scheme" id="${name}"${checked}>${name}</label>`
  })
  .join('')}</fieldset>`

function* contentsHtml(entries: Iterable<Parameters<typeof maskedEntry>[0]>): Generator<string> {
  yield '<nav aria-label="Prompts"><details open><summary>Prompts</summary><ol>\n'
  for (const item of shown(entries)) {
    if (item.kind !== 'prompt') continue
    const title = escapeHtml(promptTitle(item.text, titleChars))
    yield `<li><a href="#p${item.number}">${title}</a> ${timeHtml(item.at)}</li>\n`
  }
  yield '</ol></details></nav>\n'
}

async function* itemHtml(item: Shown, highlight: Highlight): AsyncGenerator<string> {
  switch (item.kind) {
    case 'prompt':
      yield `<section id="p${item.number}"><h2><a href="#p${item.number}">Prompt ${item.number}</a> ${timeHtml(item.at)}</h2>`
      if (item.text.typed !== '')
        yield `<p class="typed" dir="auto">${escapeHtml(item.text.typed)}</p>`
      for (const { title, body } of item.text.attached)
        yield foldedHtml(
          '',
          `attached: ${escapeHtml(title)}`,
          preHtml(codeHtml(body, '', highlight)),
        )
      for (const image of item.images) yield imageHtml(image)
      yield '</section>\n'
      return
    case 'answer': {
      const who = [item.provider, item.model].filter((word) => word !== '').join('/')
      yield `<article><h3>${escapeHtml(who || 'Answer')} ${timeHtml(item.at)}</h3>`
      for (const part of item.parts) yield* partHtml(part, highlight)
      yield `${costHtml(item)}</article>\n`
      return
    }
    case 'interrupted':
      yield `<article><h3>Interrupted ${timeHtml(item.at)}</h3><div dir="auto">${markdownHtml(item.text, highlight)}</div></article>\n`
      return
    case 'compaction':
      yield foldedHtml(
        'summary',
        `Summary in place of all before (${formatCount(item.tokensBefore)} tokens)`,
        markdownHtml(item.summary, highlight),
      )
      return
    case 'note':
      yield `<p class="facts">${escapeHtml(item.text)} ${timeHtml(item.at)}</p>\n`
  }
}

async function* partHtml(part: ShownPart, highlight: Highlight): AsyncGenerator<string> {
  if (part.kind === 'text') yield `<div dir="auto">${markdownHtml(part.text, highlight)}</div>`
  else if (part.kind === 'thinking')
    yield foldedHtml(
      'thinking',
      'Thinking',
      `<p class="typed" dir="auto">${escapeHtml(part.text)}</p>`,
    )
  else yield* callHtml(part, highlight)
}

async function* callHtml(
  { call, result, ms }: ShownCall,
  highlight: Highlight,
): AsyncGenerator<string> {
  const state = result === undefined ? 'interrupted' : result.isError ? 'failed' : ''
  const facts = [state, ms === undefined ? '' : formatDuration(ms)].filter((fact) => fact !== '')
  const parts = await callParts(call)
  if (result) parts.push(resultPart(call, result))
  const body = parts.map(({ title, language, text }) => {
    const head = title === '' ? '' : `<p class="part">${escapeHtml(title)}</p>`
    return head + preHtml(codeHtml(text, language, highlight))
  })
  for (const block of result?.content ?? []) if (block.type === 'image') body.push(imageHtml(block))
  const title = `<code>${escapeHtml(callTitle(call, callChars))}</code> <span class="facts state">${facts.join(', ')}</span>`
  yield foldedHtml(`call${state === '' ? '' : ' failed'}`, title, body.join(''))
}

function foldedHtml(kind: string, title: string, body: string): string {
  return `<details class="${kind}"><summary>${title}</summary><div>${body}</div></details>\n`
}

/** The type is one of four, the data base64: both were checked when they came in, and are again. */
function imageHtml({ mediaType, data, name }: ImageBlock): string {
  const isPlain =
    /^image\/(?:png|jpeg|gif|webp)$/.test(mediaType) && /^[A-Za-z0-9+/=\s]*$/.test(data)
  if (!isPlain) return `<p class="facts">[image ${escapeHtml(name ?? mediaType)}]</p>`
  return `<img alt="${escapeHtml(name ?? 'image')}" decoding="async" src="data:${mediaType};base64,${data.replace(/\s/g, '')}">`
}

function costHtml({ usage, costUsd }: Extract<Shown, { kind: 'answer' }>): string {
  if (!usage) return ''
  const cached = usage.cacheReadTokens + usage.cacheWriteTokens
  const facts = [
    `${formatCount(usage.inputTokens + cached)} tokens in`,
    ...(usage.cacheReadTokens > 0 ? [`${formatCount(usage.cacheReadTokens)} of them cached`] : []),
    `${plural(usage.outputTokens, 'token')} out`,
    ...(typeof costUsd === 'number' ? [`$${costUsd.toFixed(4)}`] : []),
  ]
  return `<footer>${facts.join(', ')}</footer>`
}

function timeHtml(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  return `<time datetime="${date.toISOString()}">${formatMinute(at)}</time>`
}
