/** Names of files as git writes them in a diff: quoted where a byte of them could be taken for something else. */

const plain = /^[^\x00-\x1f"\\\x7f]*$/
const short: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

/** With `prefix` (`a/`, or none) in front, inside the quotes; text that is not ASCII stays as it is. */
export function gitName(prefix: string, path: string): string {
  const whole = `${prefix}${path}`
  if (plain.test(whole)) return whole
  const escaped = whole.replace(
    /[\x00-\x1f"\\\x7f]/g,
    (char) => short[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"${escaped}"`
}

/** The same on the lines `---` and `+++`, where a name with a space needs a tab behind it. */
export function gitFileLine(prefix: string, path: string): string {
  const name = gitName(prefix, path)
  return !name.startsWith('"') && name.includes(' ') ? `${name}\t` : name
}
