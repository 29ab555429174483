/** A session as Markdown that reads well as text, too: calls folded, diffs and outputs fenced. Streams. */
import { formatCount, formatDuration, formatMinute, neutralize } from '../../base/text.ts'
import type { Usage } from '../../contract/message.ts'
import { type CodePart, callParts, callTitle, resultPart } from './call-text.ts'
import { exportFacts, exportTitle } from './export-facts.ts'
import { harmlessMarkdown } from './harmless-markdown.ts'
import { type Mask, maskedEntry } from './masked-entry.ts'
import { promptTitle } from './prompt-text.ts'
import { type Shown, type ShownCall, type ShownPart, shown } from './shown.ts'
import type { SessionExport } from './write-json.ts'

const titleChars = 80

export async function* writeMarkdown(session: SessionExport, mask: Mask): AsyncGenerator<string> {
  const safe = (text: string) => neutralize(mask(text))
  yield `# ${escapeInline(safe(exportTitle(session.summary)))}\n\n`
  for (const [name, value] of exportFacts(session.summary))
    yield `- ${name}: ${escapeInline(safe(value))}\n`
  for (const item of shown(masked(session, mask))) {
    for await (const text of itemText(item)) yield neutralize(text)
  }
}

function* masked(session: SessionExport, mask: Mask) {
  for (const entry of session.path()) yield maskedEntry(entry, mask)
}

async function* itemText(item: Shown): AsyncGenerator<string> {
  switch (item.kind) {
    case 'prompt': {
      const title = escapeInline(promptTitle(item.text, titleChars))
      yield `\n## ${item.number}. ${title}\n\n*${formatMinute(item.at)}*\n`
      if (item.text.typed !== '') yield `\n${quote(harmlessMarkdown(item.text.typed))}\n`
      for (const { title: name, body } of item.text.attached)
        yield folded(`attached: ${name}`, fence('', body))
      for (const image of item.images)
        yield `\n*[image ${escapeInline(image.name ?? image.mediaType)}]*\n`
      return
    }
    case 'answer': {
      const who = [item.provider, item.model].filter((word) => word !== '').join('/')
      yield `\n### ${escapeInline(who || 'answer')}${usageText(item.usage)}\n`
      for (const part of item.parts) yield await partText(part)
      return
    }
    case 'interrupted':
      yield `\n### interrupted\n\n${harmlessMarkdown(item.text)}\n`
      return
    case 'compaction':
      yield folded(
        `summary in place of all before (${formatCount(item.tokensBefore)} tokens)`,
        `${harmlessMarkdown(item.summary)}\n`,
      )
      return
    case 'note':
      yield `\n*${escapeInline(item.text)}*\n`
  }
}

async function partText(part: ShownPart): Promise<string> {
  if (part.kind === 'text') return `\n${harmlessMarkdown(part.text.trim())}\n`
  if (part.kind === 'thinking')
    return folded('thinking', `${quote(harmlessMarkdown(part.text.trim()))}\n`)
  return callText(part)
}

async function callText({ call, result, ms }: ShownCall): Promise<string> {
  const mark = result === undefined ? 'interrupted: ' : result.isError ? 'failed: ' : ''
  const time = ms === undefined ? '' : ` (${formatDuration(ms)})`
  const parts: CodePart[] = await callParts(call)
  if (result) parts.push(resultPart(call, result))
  const body = parts
    .map(
      ({ title, language, text }) =>
        `${title === '' ? '' : `${title}:\n\n`}${fence(language, text)}`,
    )
    .join('\n')
  return folded(`${mark}${callTitle(call, 120)}${time}`, body)
}

function folded(title: string, body: string): string {
  return `\n<details>\n<summary>${escapeHtml(title)}</summary>\n\n${body}\n</details>\n`
}

/** Longer than any fence within. */
function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([found]) => found.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text.replace(/\n$/, '')}\n${ticks}\n`
}

function quote(text: string): string {
  return `> ${text.replaceAll('\n', '\n> ')}`
}

function usageText(usage: Usage | undefined): string {
  if (!usage) return ''
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  return ` (${formatCount(input)} in, ${formatCount(usage.outputTokens)} out)`
}

/** In a heading or a list a text stays one line of words. */
function escapeInline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#]/g, '\\$&')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
