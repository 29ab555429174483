/**
 * Markdown of a model as HTML. Raw HTML in it is shown as text; links lead to web and mail addresses only; images are
 * named and never fetched.
 */
import { codeHtml, escapeHtml, type Highlight, unescapeHtml } from './html-text.ts'

const parserOptions = {
  noHtmlBlocks: true,
  noHtmlSpans: true,
  tables: true,
  strikethrough: true,
  tasklists: true,
  autolinks: true,
}
/** Headings of an answer stand below those of the page. */
const firstLevel = 3
const linkSchemes = /^(?:https?:\/\/|mailto:)/i

export function markdownHtml(text: string, highlight: Highlight): string {
  const wrap = (name: string) => (children: string) => `<${name}>${children}</${name}>`
  return Bun.markdown.render(
    text,
    {
      text: escapeHtml,
      html: (children) => children,
      heading: (children, { level }) => wrap(`h${Math.min(6, level + firstLevel)}`)(children),
      paragraph: (children) => `<p>${children}</p>\n`,
      blockquote: wrap('blockquote'),
      code: (children, meta) => {
        const language = /^[\w+#.-]+/.exec(meta?.language ?? '')?.[0] ?? ''
        return preHtml(codeHtml(unescapeHtml(children), language, highlight))
      },
      list: (children, { ordered, start }) => {
        if (!ordered) return `<ul>${children}</ul>`
        return `<ol${start === undefined || start === 1 ? '' : ` start="${Number(start)}"`}>${children}</ol>`
      },
      listItem: (children, { checked }) => {
        const box = checked === undefined ? '' : checked ? '☑ ' : '☐ '
        return `<li>${box}${children}</li>`
      },
      hr: () => '<hr>',
      table: (children) => `<div class="wide" tabindex="0"><table>${children}</table></div>`,
      thead: wrap('thead'),
      tbody: wrap('tbody'),
      tr: wrap('tr'),
      th: (children, meta) => `<th${alignment(meta?.align)}>${children}</th>`,
      td: (children, meta) => `<td${alignment(meta?.align)}>${children}</td>`,
      strong: wrap('strong'),
      emphasis: wrap('em'),
      codespan: wrap('code'),
      strikethrough: wrap('del'),
      link: (children, { href }) => linkHtml(children, href),
      image: (children, { src }) => `[image ${children}: ${escapeHtml(src)}]`,
    },
    parserOptions,
  )
}

export function preHtml(inside: string): string {
  return `<pre tabindex="0"><code>${inside}</code></pre>`
}

function alignment(align: string | undefined): string {
  return align === 'right' || align === 'center' ? ` class="${align}"` : ''
}

/** What leads elsewhere than to the web stays readable, and leads nowhere. */
function linkHtml(children: string, href: string): string {
  if (!linkSchemes.test(href)) return `${children} (${escapeHtml(href)})`
  return `<a href="${escapeHtml(href)}" rel="noopener noreferrer nofollow">${children}</a>`
}
