/** The doc comment of a definition: the comments that end right above it (attributes and decorators may be between). */

export interface DocSources {
  text: string
  /** By the row where each ends. */
  comments: Map<number, { start: number; end: number; startRow: number }>
  attributes: Map<number, { start: number; end: number; startRow: number }>
}

const maxDocChars = 600
const maxLinesAbove = 400

/** The first paragraph above the definition that starts in `startRow`, and the attributes found on the way. */
export function docOf(sources: DocSources, startRow: number): { doc: string; attributes: string } {
  let row = startRow - 1
  const comments: string[] = []
  let attributes = ''
  for (let count = 0; count < maxLinesAbove && row >= 0; count++) {
    const attribute = sources.attributes.get(row)
    const comment = sources.comments.get(row)
    const above = attribute ?? comment
    if (!above || !startsItsLine(sources.text, above.start)) break
    // The grammar of Rust counts the line break to a comment; a blank line would end the paragraph.
    const text = sources.text.slice(above.start, above.end).trimEnd()
    if (attribute) attributes = `${text}\n${attributes}`
    else if (!isDirective(text)) comments.unshift(text)
    row = above.startRow - 1
  }
  return { doc: plainDoc(comments.join('\n')), attributes }
}

/** Markers off, first paragraph, one line. */
export function plainDoc(comment: string): string {
  const lines = comment
    .replace(/^[rubfRUBF]{0,2}("""|'''|"|')([\s\S]*?)\1$/, '$2')
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^(?:\/\*+!?|\/\/+!?|\*+\/|\*(?!\*)|#+!?(?=\s|$)|--+)\s?/, '')
        .replace(/\s*\*+\/$/, '')
        .trim(),
    )
  const first = lines.findIndex((line) => /[\p{L}\p{N}]/u.test(line))
  if (first < 0) return ''
  const rest = lines.slice(first)
  const blank = rest.findIndex((line, index) => index > 0 && (line === '' || /^@\w/.test(line)))
  const paragraph = (blank < 0 ? rest : rest.slice(0, blank))
    .join(' ')
    .replace(/<\/?(?:summary|p|para)>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return paragraph.length <= maxDocChars ? paragraph : `${paragraph.slice(0, maxDocChars - 1)}…`
}

/** Notes for tools, not for readers. */
function isDirective(comment: string): boolean {
  return /^(?:\/\/|\/\*|#)\s*(?:eslint|biome|prettier|ts-|@ts-|noqa|type:|pylint|nolint|go:|clang-format|istanbul|c8 |v8 |SPDX|!)/.test(
    comment,
  )
}

function startsItsLine(text: string, index: number): boolean {
  const lineStart = text.lastIndexOf('\n', index - 1) + 1
  return text.slice(lineStart, index).trim() === ''
}
