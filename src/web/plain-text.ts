/** The words of HTML that is too odd to be parsed: one pass, whatever it holds. */

const skipped = new Set(['script', 'style', 'template', 'noscript', 'svg'])
const breaking = /^\/?(p|div|br|li|tr|h[1-6]|ul|ol|table|section|article|pre|blockquote)$/

export function plainText(html: string): string {
  const parts: string[] = []
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at)
    parts.push(html.slice(at, open < 0 ? undefined : open))
    if (open < 0) break
    const comment = html.startsWith('<!--', open)
    const close = comment ? html.indexOf('-->', open) : html.indexOf('>', open)
    if (close < 0) break
    at = close + (comment ? 3 : 1)
    if (comment) continue
    const name = /^\/?[a-z][a-z\d]*/i.exec(html.slice(open + 1, open + 20))?.[0].toLowerCase() ?? ''
    if (breaking.test(name)) parts.push('\n')
    else if (name === 'td' || name === 'th') parts.push(' ')
    if (!skipped.has(name)) continue
    const end = html.indexOf(`</${name}`, at)
    if (end < 0) break
    at = end
  }
  return unescaped(parts.join(''))
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim()
}

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi,
    (all, decimal, hex, name) => {
      if (name) return named[String(name).toLowerCase()] ?? all
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : all
    },
  )
}
