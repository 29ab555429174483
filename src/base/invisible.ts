/**
 * Characters that drive a terminal, turn the direction of text or hide in it: what must not reach a person as it is. Emoji
 * that are joined of several, and the joiners that Arabic and Indic scripts are written with, are no such thing.
 */

/** Control characters but newline and tab; what is invisible or changes direction, and is not in the other ranges. */
const ranges = [
  '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f',
  // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, Mongolian selectors.
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u3164\\uffa0',
  // Zero width, marks, embeddings, overrides, isolates, line and paragraph separators, invisible operators.
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff',
  // Variation selectors, interlinear annotation.
  '\\ufe00-\\ufe0f\\ufff9-\\ufffb',
  // Shorthand and music controls, tags, further variation selectors.
  '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e01ef}',
].join('')

export const unsafeCharacter = new RegExp(`[${ranges}]`, 'u')
export const unsafeCharacters = new RegExp(`[${ranges}]`, 'gu')

const pictureBefore = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u
const pictureAfter = /^\p{Extended_Pictographic}/u
const selectable = /[\p{Extended_Pictographic}0-9#*]$/u
const joiningBefore =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Syriac}\p{Script=Mongolian}\p{Mn}\p{Mc}]$/u
const joiningAfter =
  /^[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Syriac}\p{Script=Mongolian}]/u

/**
 * Whether a character that matches `unsafeCharacter` does what it is for at `at`: joins or chooses a picture, or stands
 * between letters that are written with it.
 */
export function hasPurpose(char: string, text: string, at: number): boolean {
  const isJoiner = char === '\u200d' || char === '\u200c'
  const isSelector = char === '\ufe0f' || char === '\ufe0e'
  if (!isJoiner && !isSelector) return false
  const before = known(text.slice(Math.max(0, at - 2), at))
  // The text may be one piece of a longer one: what cannot be seen is given the benefit of the doubt.
  if (isSelector) return before === '' || selectable.test(before)
  const after = known(text.slice(at + 1, at + 3))
  const fits = (left: RegExp, right: RegExp) =>
    (left.test(before) && (after === '' || right.test(after))) ||
    (before === '' && (after === '' || right.test(after)))
  return (
    (char === '\u200d' && fits(pictureBefore, pictureAfter)) || fits(joiningBefore, joiningAfter)
  )
}

/** Half of a pair at the border of a piece says nothing. */
function known(beside: string): string {
  return /^[\ud800-\udfff]$/.test(beside) ? '' : beside
}

export interface HiddenCharacter {
  /** 1-based. */
  line: number
  /** `U+202E`. */
  code: string
}

/** Makes what is hidden visible, as `<U+202E>`: for texts that tell a model what to do. */
export function showInvisible(text: string): { text: string; hidden: HiddenCharacter[] } {
  // A byte order mark is no trick; lines may end as Windows has it.
  const plain = text.replace(/^\ufeff/, '').replace(/\r\n/g, '\n')
  if (!unsafeCharacter.test(plain)) return { text: plain, hidden: [] }
  const hidden: HiddenCharacter[] = []
  let line = 1
  let counted = 0
  const shown = plain.replace(unsafeCharacters, (char, at: number) => {
    if (hasPurpose(char, plain, at)) return char
    for (; counted < at; counted++) if (plain[counted] === '\n') line++
    const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    hidden.push({ line, code })
    return `<${code}>`
  })
  return { text: shown, hidden }
}
