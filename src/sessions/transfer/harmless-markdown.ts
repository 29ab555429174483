/**
 * A model's Markdown for a file that others will open: raw HTML is shown as text, images are links to be followed or
 * not, and links lead to web and mail addresses only. Code stays as it is.
 */

export function harmlessMarkdown(text: string): string {
  let fence: string | undefined
  return text
    .split('\n')
    .map((line) => {
      const [, mark] = /^\s{0,3}(`{3,}|~{3,})/.exec(line) ?? []
      if (fence !== undefined) {
        const ends = mark?.startsWith(fence) && /^\s*[`~]+\s*$/.test(line)
        if (ends) fence = undefined
        return line
      }
      if (mark !== undefined) {
        fence = mark
        return line
      }
      return proseLine(line)
    })
    .concat(fence === undefined ? [] : [fence])
    .join('\n')
}

/** Code within a line is left alone. */
function proseLine(line: string): string {
  return line
    .split(/(`+[^`]+`+)/)
    .map((part, index) => (index % 2 === 1 ? part : prose(part)))
    .join('')
}

function prose(text: string): string {
  return text
    .replace(/<(?=[a-z/!?])(?!https?:\/\/[^\s<>]*>)/gi, '&lt;')
    .replaceAll('![', '!\\[')
    .replace(/(\]\(\s*|^\s*\[[^\]]*\]:\s*)(?=[a-z][a-z0-9+.-]*:)(?!https?:|mailto:)/gi, '$1#')
}
