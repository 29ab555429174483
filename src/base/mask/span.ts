/** A stretch of text that is a secret, and what it is. */

export interface Span {
  start: number
  /** The first index behind it. */
  end: number
  name: string
}

/** In order and without overlaps; what overlaps becomes one, named as its beginning. */
export function mergeSpans(spans: Span[]): Span[] {
  const sorted = spans.sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: Span[] = []
  for (const span of sorted) {
    const last = merged.at(-1)
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end)
    else merged.push({ ...span })
  }
  return merged
}
