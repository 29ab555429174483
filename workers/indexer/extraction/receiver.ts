/** What stands before the dot of a use, as one short text: `this`, `store.items`, `path.posix`, `open().rows`. */

const unknown = '?'
const maxReceiverChars = 60
const maxSourceChars = 2_000

/**
 * Parts are joined by dots whatever the language writes; arguments, generics and `$` are left away, an index is `[]`.
 * What cannot be put into such words (a literal, an expression) is `?`: '' is for names with nothing before them.
 */
export function receiverOf(source: string): string {
  if (source === '') return ''
  if (source.length > maxSourceChars) return unknown
  if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(source)) return source.slice(0, maxReceiverChars)
  const plain = dropBrackets(unwrap(source.trim()))
    .replace(/^(?:await|new|co_await|&|\*|!|\$|::)\s*/gu, '')
    .replace(/\s+/g, '')
    .replace(/\?\.|!\.|->|::|\\|\?->/g, '.')
    .replace(/[!?&*@$]/g, '')
    .replace(/\.+/g, '.')
    .replace(/^\.|\.$/g, '')
  if (!/^[\p{L}_#][\p{L}\p{N}_.()#[\]]*$/u.test(plain)) return unknown
  if (plain.length <= maxReceiverChars) return plain
  // The end of a long chain tells more than its beginning.
  const cut = plain.indexOf('.', plain.length - maxReceiverChars)
  return cut < 0 ? unknown : plain.slice(cut + 1)
}

/** `(await open())` -> `open()`. */
function unwrap(source: string): string {
  let text = source
  while (text.startsWith('(') && closing(text) === text.length - 1)
    text = text
      .slice(1, -1)
      .trim()
      .replace(/^(?:await|new)\s+/, '')
      .replace(/\s(?:as|satisfies)\s.*$/s, '')
  return text.replace(/^(?:await|new)\s+/, '')
}

/** Index of the bracket that closes the first one. */
function closing(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at
  }
  return -1
}

/** `open(a, b)[0]<T>` -> `open()`. */
function dropBrackets(text: string): string {
  let out = ''
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    const isArrow = char === '>' && /[-=]/.test(text[at - 1] ?? '')
    if (char === '(' || char === '[' || char === '{' || char === '<') {
      if (depth === 0 && char === '(') out += '()'
      if (depth === 0 && char === '[') out += '.[]'
      if (depth === 0 && char === '{') out += '{'
      depth++
    } else if (char === ')' || char === ']' || char === '}' || (char === '>' && !isArrow)) depth--
    else if (depth === 0) out += char
  }
  return out
}
