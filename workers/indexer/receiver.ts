/** What stands before the dot of a use, as one short text: `this`, `store.items`, `path.posix`, `open().rows`. */

const maxReceiverChars = 60
const maxSourceChars = 2_000

/** Parts are joined by dots whatever the language writes; arguments, indices, generics and `$` are left away. */
export function receiverOf(source: string): string {
  if (source.length > maxSourceChars) return ''
  if (/^[\p{L}\p{N}_]*$/u.test(source)) return source.slice(0, maxReceiverChars)
  const plain = dropBrackets(unwrap(source.trim()))
    .replace(/^(?:await|new|co_await|&|\*|!|\$|::)\s*/gu, '')
    .replace(/\s+/g, '')
    .replace(/\?\.|!\.|->|::|\\|\?->/g, '.')
    .replace(/[!?&*@$]/g, '')
    .replace(/\.+/g, '.')
    .replace(/^\.|\.$/g, '')
  if (!/^[\p{L}\p{N}_.()#]+$/u.test(plain)) return ''
  if (plain.length <= maxReceiverChars) return plain
  // The end of a long chain tells more than its beginning.
  const cut = plain.indexOf('.', plain.length - maxReceiverChars)
  return cut < 0 ? '' : plain.slice(cut + 1)
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
      if (char === '(' && depth === 0) out += '()'
      depth++
    } else if (char === ')' || char === ']' || char === '}' || (char === '>' && !isArrow)) depth--
    else if (depth === 0) out += char
  }
  return out
}
