/** A definition's head as one line: from its line's keywords up to the body. */

const maxSignatureChars = 300
const maxValueChars = 120
/** Decorators and annotations that belong to the node: `@Entity("x") `, `[HttpGet] `. */
const leadingAttributes =
  /^(?:(?:export )?(?:@[\w.]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?|\[[A-Z][^\]]*\]) )+/

export function signatureOf(
  text: string,
  span: { start: number; end: number; bodyStart: number; kind: string },
): string {
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1
  const before = text.slice(lineStart, span.start)
  // `export default`, `type`, `static` … stand before the node that was captured.
  const start = /^[\w\s]*$/.test(before) ? lineStart : span.start
  const hasBody = span.bodyStart > span.start
  const limit =
    hasBody || span.kind === 'type' || span.kind === 'interface' ? maxSignatureChars : maxValueChars
  const end = hasBody ? span.bodyStart : Math.min(span.end, start + limit * 4)
  const folded = text
    .slice(start, end)
    .replace(/(^|\s)(?:#|\/\/)\s.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(leadingAttributes, '')
    .replace(/\s*(?:\{|=>|=|:)$/, '')
    .trim()
  return folded.length <= limit ? folded : `${folded.slice(0, limit - 1)}…`
}
