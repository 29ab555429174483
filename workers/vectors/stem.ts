/**
 * Porter's stemmer for English (1980), so that code words and question words meet: `indexing`, `indexed` -> `index`.
 * Words of other alphabets and with digits come back as they are.
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word
  let text = word.replace(/^y/, 'Y')
  text = plurals(text)
  text = pastAndProgressive(text)
  if (/y$/.test(text) && hasVowel(text.slice(0, -1))) text = `${text.slice(0, -1)}i`
  text = replaceSuffix(text, secondStep, 0)
  text = replaceSuffix(text, thirdStep, 0)
  text = dropSuffix(text)
  text = finalE(text)
  return text.toLowerCase()
}

function isVowel(text: string, index: number): boolean {
  const char = text[index]
  if (char === undefined) return false
  if ('aeiou'.includes(char)) return true
  return char === 'y' && index > 0 && !isVowel(text, index - 1)
}

function hasVowel(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (isVowel(text, index)) return true
  return false
}

/** Porter's m: how often a vowel run is followed by a consonant run. */
function measure(text: string): number {
  let count = 0
  let before = false
  for (let index = 0; index < text.length; index++) {
    const vowel = isVowel(text, index)
    if (before && !vowel) count++
    before = vowel
  }
  return count
}

function endsDouble(text: string): boolean {
  const last = text.length - 1
  return last > 0 && text[last] === text[last - 1] && !isVowel(text, last)
}

/** Ends consonant, vowel, consonant, and the last is not w, x or y. */
function endsShort(text: string): boolean {
  const last = text.length - 1
  return (
    last >= 2 &&
    !isVowel(text, last) &&
    isVowel(text, last - 1) &&
    !isVowel(text, last - 2) &&
    !'wxy'.includes(text[last] as string)
  )
}

function plurals(text: string): string {
  if (text.endsWith('sses') || text.endsWith('ies')) return text.slice(0, -2)
  if (text.endsWith('s') && !text.endsWith('ss')) return text.slice(0, -1)
  return text
}

function pastAndProgressive(text: string): string {
  if (text.endsWith('eed')) return measure(text.slice(0, -3)) > 0 ? text.slice(0, -1) : text
  const ending = text.endsWith('ed') ? 2 : text.endsWith('ing') ? 3 : 0
  if (ending === 0) return text
  const rest = text.slice(0, -ending)
  if (!hasVowel(rest)) return text
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`
  if (endsDouble(rest) && !/[lsz]$/.test(rest)) return rest.slice(0, -1)
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest
}

const secondStep: [string, string][] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
]
const thirdStep: [string, string][] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
]
const dropped =
  /(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|(?<=[st])ion|ou|ism|ate|iti|ous|ive|ize)$/

function replaceSuffix(text: string, rules: [string, string][], minMeasure: number): string {
  for (const [suffix, replacement] of rules) {
    if (!text.endsWith(suffix)) continue
    const rest = text.slice(0, -suffix.length)
    return measure(rest) > minMeasure ? rest + replacement : text
  }
  return text
}

function dropSuffix(text: string): string {
  const suffix = dropped.exec(text)?.[0]
  if (suffix === undefined) return text
  const rest = text.slice(0, -suffix.length)
  return measure(rest) > 1 ? rest : text
}

function finalE(text: string): string {
  let result = text
  if (result.endsWith('e')) {
    const rest = result.slice(0, -1)
    const size = measure(rest)
    if (size > 1 || (size === 1 && !endsShort(rest))) result = rest
  }
  return measure(result) > 1 && /ll$/.test(result) ? result.slice(0, -1) : result
}
