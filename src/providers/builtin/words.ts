/** Words of questions and of code, brought to one form so that "retries" meets `withRetry`. */

import { oneLine } from '../../base/text.ts'

const docChars = 160
/** What is longer than a stem by as much is another word. */
const otherWordChars = 5
/** Shorter stems stand within too many words. */
const tellingChars = 5

/** Words that say nothing of the topic, also those that only say what kind of answer is wanted. */
const stopWords = new Set(
  (
    'a an the this that these those it its is are was were be been being do does did done have has had will would can could ' +
    'shall should may might must i me my we us our you your they them their he she of in on at to from for with without by ' +
    'as and or not no if then else than so such there here about into onto over under between out up down off all any each ' +
    'every some only also just very much many more most other another same own please tell show me explain describe find ' +
    'where what who whom whose which when why how look looking get gets got give gives let lets see need want know ' +
    'happen happens happening take takes place placed live lives located go goes come comes ' +
    'codi code codebase repo repository project program software app application source thing things stuff something anything ' +
    'file files function functions method methods class classes module modules symbol symbols type types variable variables line lines ' +
    'handle handles handled handling implement implements implemented implementation define defines defined definition declare declared ' +
    'work works working use uses used using usage call calls called caller callers calling configure configured configuring configuration ' +
    'make makes made responsible logic part parts really actually exactly currently find found hello hi s t re exist exists'
  ).split(' '),
)

/** Words of the topic in their order, lower case, each once. */
export function topicWords(text: string): string[] {
  const words = text.match(/[A-Za-z_$][\w$]*|\d{2,}/g) ?? []
  // `URLs` is one word, though its capitals end before its last letter.
  const parts = words.flatMap((word) =>
    splitName(/^[A-Z]{2,}s$/.test(word) ? word.toLowerCase() : word),
  )
  return [...new Set(parts)].filter((word) => word.length > 1 && !stopWords.has(word))
}

/** How often words of this stem stand in a text. */
export function mentions(text: string, wanted: string): number {
  const stems = (text.match(/[A-Za-z\d_$]+/g) ?? []).flatMap(splitName).map(stem)
  return stems.filter((other) => holds(new Set([other]), wanted)).length
}

/** `parseHTTPRequest_v2` = parse http request v2. */
export function splitName(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter((part) => part !== '')
    .map((part) => part.toLowerCase())
}

/** A rough stem: only ever compared with other stems of this function. */
export function stem(word: string): string {
  let root = word.toLowerCase()
  if (root.length > 4 && root.endsWith('ies')) root = `${root.slice(0, -3)}y`
  else if (root.length > 4 && /(ss|x|ch|sh)es$/.test(root)) root = root.slice(0, -2)
  else if (root.length > 3 && /[^su]s$/.test(root)) root = root.slice(0, -1)
  for (const ending of [
    'ization',
    'isation',
    'ation',
    'ement',
    'ment',
    'ing',
    'ion',
    'ed',
    'er',
    'or',
  ]) {
    if (root.length - ending.length >= 3 && root.endsWith(ending)) {
      root = root.slice(0, -ending.length)
      break
    }
  }
  root = root.replace(/([bdfglmnprt])\1$/, '$1')
  if (root.length > 3) root = root.replace(/[ey]$/, '')
  return root
}

/** Stems of all words of a text or of a path, for `holds`. */
export function stemsOf(text: string): Set<string> {
  return new Set((text.match(/[A-Za-z\d_$]+/g) ?? []).flatMap(splitName).map(stem))
}

/** Whether one of the stems is `wanted`, or begins with it where it is long enough to tell. */
export function holds(stems: ReadonlySet<string>, wanted: string): boolean {
  if (stems.has(wanted)) return true
  if (wanted.length < 5) return false
  for (const other of stems) {
    if (other.length < 5) continue
    if (other.startsWith(wanted)) return true
    // `config` is in `configur`; that `block` is in `blockchain` says nothing.
    if (wanted.startsWith(other) && wanted.length - other.length < otherWordChars) return true
  }
  return false
}

/** A ripgrep pattern, case ignored, for any word that begins with this stem. */
export function stemPattern(wanted: string): string {
  return wanted.length < tellingChars ? `(?:\\b|_)${wanted}` : wanted
}

/** The first sentence of a comment, on one line. */
export function firstSentence(doc: string): string {
  const plain = doc
    .replace(/[=~*_-]{4,}|\+[-=+]{3,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const sentence = /^.*?[.!?](?=\s+[A-Z`"(]|$)/.exec(plain)?.[0] ?? plain
  return oneLine(sentence, docChars)
}
