/** What a server says of a name under the cursor, as one text: Markdown where it sends that. */
import type { Hover, MarkedString } from 'vscode-languageserver-protocol'

const maxChars = 8000

export function hoverText(hover: Hover | null): string {
  const contents = hover?.contents ?? ''
  const parts = Array.isArray(contents) ? contents : [contents]
  const text = parts
    .map(partText)
    // Pictures in the text itself are kilobytes that nobody sees.
    .map((part) => part.replace(/!\[[^\]]*\]\(data:[^)]*\)/g, '').trim())
    .filter((part) => part !== '')
    .join('\n\n')
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}…`
}

function partText(part: MarkedString | { kind: string; value: string }): string {
  if (typeof part === 'string') return part
  return 'language' in part ? `\`\`\`${part.language}\n${part.value}\n\`\`\`` : part.value
}
