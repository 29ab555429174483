/**
 * Text without what a terminal does not show: `grep --color` splits a key by escape sequences, links and characters
 * without width do, too.
 */

export interface PlainText {
  text: string
  /** The index in the whole text of an index in the plain one. */
  original(index: number): number
}

const mayHide = /[\x1b\x9b\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/
const hidden =
  /(?:\x1b\[|\x9b)[0-?]{0,40}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)|\x1b[ -/][0-~]|\x1b[0-9=>A-OQ-WYZ\\c]|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+/g

/** Undefined where there is nothing of the kind. */
export function withoutControls(text: string): PlainText | undefined {
  if (!mayHide.test(text)) return undefined
  const cuts: { at: number; shift: number }[] = []
  let plain = ''
  let from = 0
  let shift = 0
  for (const match of text.matchAll(hidden)) {
    plain += text.slice(from, match.index)
    from = match.index + match[0].length
    shift += match[0].length
    cuts.push({ at: plain.length, shift })
  }
  if (cuts.length === 0) return undefined
  plain += text.slice(from)
  return {
    text: plain,
    original(index) {
      let low = 0
      let high = cuts.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((cuts[middle]?.at ?? 0) <= index) low = middle + 1
        else high = middle
      }
      return index + (cuts[low - 1]?.shift ?? 0)
    },
  }
}
