/** Splits typed arguments at white space; quotes keep a word together, a backslash keeps a character. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      word = (word ?? '') + text[++at]
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || (char === "'" && word === undefined)) {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  // A quote that never closes (an apostrophe) was a character: what it opened is split after all.
  if (quote !== '') return text.split(/\s+/).filter((part) => part !== '')
  return word === undefined ? words : [...words, word]
}
