/** The escapes of `$'…'`, as bash reads them. */

const simple: Record<string, string> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

const numeric: readonly [RegExp, number][] = [
  [/^x([0-9a-fA-F]{1,2})/, 16],
  [/^u([0-9a-fA-F]{1,4})/, 16],
  [/^U([0-9a-fA-F]{1,8})/, 16],
  [/^([0-7]{1,3})/, 8],
]

/** From behind the opening quote; `end` is behind the closing one. Undefined where there is none, or for a NUL. */
export function decodeAnsiC(
  text: string,
  start: number,
  limit: number,
): { text: string; end: number } | undefined {
  let decoded = ''
  let at = start
  while (at < limit) {
    const char = text[at] ?? ''
    if (char === "'") return { text: decoded, end: at + 1 }
    if (char !== '\\') {
      decoded += char
      at++
      continue
    }
    const escaped = readEscape(text, at + 1)
    if (!escaped) return undefined
    decoded += escaped.text
    at = escaped.end
  }
  return undefined
}

function readEscape(text: string, at: number): { text: string; end: number } | undefined {
  const char = text[at] ?? ''
  const known = simple[char]
  if (known !== undefined) return { text: known, end: at + 1 }
  for (const [pattern, base] of numeric) {
    const found = pattern.exec(text.slice(at, at + 9))
    if (!found) continue
    const code = Number.parseInt(found[1] ?? '', base)
    if (code === 0 || code > 0x10ffff) return undefined
    return {
      text: String.fromCodePoint(base === 8 ? code & 0xff : code),
      end: at + found[0].length,
    }
  }
  // `\cx` and what else there may be: rare enough to be asked for.
  if (char === 'c' || char === '') return undefined
  return { text: `\\${char}`, end: at + 1 }
}
