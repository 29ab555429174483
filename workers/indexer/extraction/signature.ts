/** A definition's head as one line: from its line's keywords up to the body. */

const maxSignatureChars = 300
const maxValueChars = 120
/** Decorators and annotations that belong to the node: `@Entity("x") `, `[HttpGet] `. */
const leadingAttributes =
  /^(?:(?:export )?(?:@(?!interface\b)[\w.]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?|\[[A-Z][^\]]*\]) )+/

/** What stands on the way to the name: keywords, modifiers, a type; folded, without annotations. */
export function headOf(text: string, span: { start: number; nameStart: number }): string {
  if (span.nameStart <= span.start) return ''
  const end = Math.min(span.nameStart, span.start + maxSignatureChars * 4)
  return fold(text.slice(startOf(text, span.start), end))
}

export function signatureOf(
  text: string,
  span: { start: number; end: number; bodyStart: number; kind: string },
): string {
  const start = startOf(text, span.start)
  const hasBody = span.bodyStart > span.start
  const limit =
    hasBody || span.kind === 'type' || span.kind === 'interface' ? maxSignatureChars : maxValueChars
  const end = hasBody ? span.bodyStart : Math.min(span.end, start + limit * 4)
  const folded = fold(text.slice(start, end))
    .replace(/\s*(?:\{|=>|=|:)$/, '')
    .trim()
  return folded.length <= limit ? folded : `${folded.slice(0, limit - 1)}…`
}

/** `export default`, `type`, `static` … stand on the line before the node that was captured. */
function startOf(text: string, start: number): number {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  return /^[\w\s]*$/.test(text.slice(lineStart, start)) ? lineStart : start
}

/** One line without comments and leading annotations. */
function fold(text: string): string {
  return text
    .replace(/(^|\s)(?:#|\/\/)\s.*$/gm, '')
    .replace(/(?:\\\r?\n|\s)+/g, ' ')
    .trim()
    .replace(leadingAttributes, '')
}
