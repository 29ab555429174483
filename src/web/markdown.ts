/** A page as Markdown: its main part, without scripts, menus and what is hidden, links made absolute. */
import type TurndownService from 'turndown'
import { type HtmlDocument, type HtmlElement, parseHtml, select, walk } from './dom.ts'
import { plainText } from './plain-text.ts'

export interface PageText {
  title: string | undefined
  text: string
}

/** Longer pages are cut before they are converted, which takes a second for so much. */
const maxHtmlChars = 2_000_000

/** The conversion cannot be interrupted, and takes some 40 µs for each; no page that people read has so many. */
const maxNodes = 50_000

/** Never fails: what cannot be converted comes as plain text. `base`: the address of the page. */
export async function pageMarkdown(
  html: string,
  base: string,
  signal: AbortSignal,
): Promise<PageText & { cut: boolean }> {
  const cut = html.length > maxHtmlChars
  const given = cut ? html.slice(0, maxHtmlChars) : html
  const document = await parseHtml(given, signal)
  const converted = document && (await convert(document, base))
  return { ...(converted ?? { title: undefined, text: plainText(given) }), cut }
}

async function convert(document: HtmlDocument, base: string): Promise<PageText | undefined> {
  const title = document.title.replace(/\s+/g, ' ').trim() || undefined
  const { body } = document
  if (!body) return { title, text: '' }
  if (hasTooMany(body)) return undefined
  const from = document.querySelector('base[href]')?.getAttribute('href')
  clean(body, from && URL.canParse(from, base) ? new URL(from, base).href : base)
  const blocks = takeCodeBlocks(document, body)
  plainSpaces(body)
  const { default: Turndown } = await import('turndown')
  const converter = new Turndown({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    emDelimiter: '*',
    hr: '---',
  })
  addRules(converter)
  try {
    const markdown = converter.turndown(mainPart(body) as never)
    return { title, text: trimLines(blocks.putBack(markdown)) }
  } catch {
    return undefined
  }
}

function hasTooMany(body: HtmlElement): boolean {
  let count = 0
  for (const _ of walk(body)) if (++count > maxNodes) return true
  return false
}

/** Line by line: a pattern for the end of a line would try every space of a long run. */
function trimLines(markdown: string): string {
  const lines = markdown.split('\n').map((line) => line.trimEnd())
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Nothing of these is what a reader came for. */
const unread = [
  'script, style, noscript, template, svg, iframe, object, embed, canvas, video, audio, dialog',
  'nav, footer, form, button, input, select, textarea, link, meta',
  '[role=navigation], [role=search], [role=banner], [role=contentinfo], [aria-hidden=true], [hidden]',
].join(', ')

const hiddenStyle = /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])/i

function clean(body: HtmlElement, base: string): void {
  for (const element of select(body, unread)) element.remove()
  for (const element of select(body, '[style]'))
    if (hiddenStyle.test(element.getAttribute('style') ?? '')) element.remove()
  for (const link of select(body, 'a[href]')) absolute(link, 'href', base)
  for (const image of select(body, 'img')) {
    // A picture without words says nothing here; its address is long.
    if (!image.getAttribute('alt')?.trim() || !absolute(image, 'src', base)) image.remove()
  }
}

function absolute(element: HtmlElement, attribute: 'href' | 'src', base: string): boolean {
  const value = element.getAttribute(attribute) ?? ''
  element.removeAttribute('title')
  if (value !== '' && URL.canParse(value, base)) {
    const url = new URL(value, base)
    if (/^(https?|mailto):$/.test(url.protocol)) {
      element.setAttribute(attribute, url.href)
      return true
    }
  }
  element.removeAttribute(attribute)
  return false
}

/** The element that says it is the main part, where it holds a good part of the text. */
function mainPart(body: HtmlElement): HtmlElement {
  const all = body.textContent.length
  for (const selector of ['main', '[role=main]', 'article']) {
    const found = select(body, selector)
    const [only] = found
    if (found.length === 1 && only && only.textContent.length > all * 0.3) return only
  }
  return body
}

function addRules(converter: TurndownService): void {
  // The text is read by a model, not rendered: `snake\_case` would only mislead.
  converter.escape = (text) => text
  converter.addRule('item', {
    filter: 'li',
    replacement: (content, node) => listItem(content, node as HtmlElement),
  })
  converter.addRule('cell', {
    filter: ['th', 'td'],
    replacement: (content, node) =>
      isLayout(node as HtmlElement) ? `\n\n${content.trim()}\n\n` : ` ${oneCell(content)} |`,
  })
  converter.addRule('row', {
    filter: 'tr',
    replacement(content, node) {
      const row = node as HtmlElement
      if (isLayout(row)) return content
      const cells = select(row, 'th, td').length
      const isFirst = tableOf(row)?.querySelector('tr') === row
      return `|${content}\n${isFirst ? `|${' --- |'.repeat(cells)}\n` : ''}`
    },
  })
  converter.addRule('rows', {
    filter: ['thead', 'tbody', 'tfoot'],
    replacement: (content) => content,
  })
  converter.addRule('table', {
    filter: 'table',
    replacement: (content) => `\n\n${content.trim()}\n\n`,
  })
}

/** Numbers are counted in the list itself: an item does not know its place without asking all before it. */
function listItem(content: string, item: HtmlElement): string {
  const list = item.parentNode as HtmlElement | null
  let mark = '- '
  if (list?.nodeName === 'OL') {
    const number = Number(list.getAttribute('start') ?? 1) || 1
    list.setAttribute('start', String(number + 1))
    mark = `${number}. `
  }
  const inner = content.trim().replaceAll('\n', `\n${' '.repeat(mark.length)}`)
  return `${mark}${inner}\n`
}

function oneCell(content: string): string {
  const lines = content.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .join(' ')
    .replaceAll('|', '\\|')
}

/** Tables that hold tables, or a single column, only put things in their place. */
function isLayout(part: HtmlElement): boolean {
  const table = tableOf(part)
  if (!table) return true
  const known = table.getAttribute('data-codi-layout')
  if (known !== null) return known === 'yes'
  const layout =
    select(table, `table, ul, ol, h1, h2, h3, [${codeMark}]`).length > 0 ||
    !select(table, 'tr').some((row) => select(row, 'td, th').length > 1)
  table.setAttribute('data-codi-layout', layout ? 'yes' : 'no')
  return layout
}

function tableOf(part: HtmlElement): HtmlElement | undefined {
  let node = part.parentNode
  while (node && node.nodeName !== 'TABLE') node = node.parentNode
  return (node as HtmlElement | null) ?? undefined
}

const codeMark = 'data-codi-code'

/**
 * Blocks of code stay out of the conversion, which takes long for long runs of spaces: a word stands for each until the
 * Markdown is there.
 */
function takeCodeBlocks(
  document: HtmlDocument,
  body: HtmlElement,
): { putBack(markdown: string): string } {
  const word = `code${crypto.randomUUID().replaceAll('-', '')}x`
  const blocks: string[] = []
  for (const block of select(body, 'pre')) {
    const text = codeBlock(block)
    const parent = block.parentNode
    if (text === '' || !parent) continue
    const stand = document.createElement('p')
    stand.textContent = `${word}${blocks.length}`
    stand.setAttribute(codeMark, '')
    blocks.push(text)
    parent.replaceChild(stand, block)
  }
  const pattern = new RegExp(`${word}(\\d+)`, 'g')
  return {
    putBack: (markdown) => markdown.replace(pattern, (_, index) => blocks[Number(index)] ?? ''),
  }
}

/** Spaces of every kind become the one that Markdown folds. */
function plainSpaces(body: HtmlElement): void {
  const odd = /[^\S \t\r\n]/g
  for (const { node } of walk(body)) {
    if (node.nodeType !== textNode) continue
    const text = node.textContent
    if (odd.test(text)) node.textContent = text.replace(odd, ' ')
  }
}

const textNode = 3

function codeBlock(block: HtmlElement): string {
  const text = block.textContent.replace(/^\n+/, '').trimEnd()
  if (text === '') return ''
  const classes = [block, block.querySelector('code'), block.parentNode as HtmlElement | null]
    .map((element) => element?.className ?? '')
    .join(' ')
  const language =
    /\b(?:language|lang|highlight-source|brush:)[-\s]?([\w+#-]{1,20})/.exec(classes)?.[1] ?? ''
  const longest = Math.max(2, ...[...text.matchAll(/^`{3,}/gm)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}
