/** A binary patch of git, which `git apply` takes: whole contents, deflated, in lines of base 85. */

const digits =
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~'
const bytesPerLine = 52

/** From `before` to `after` and back, so that it can be applied in reverse, too. */
export function binaryPatch(before: Uint8Array, after: Uint8Array): string {
  return `GIT binary patch\n${literal(after)}\n${literal(before)}\n`
}

function literal(bytes: Uint8Array): string {
  // Loaded by the few patches that need it.
  const packed = process.getBuiltinModule('node:zlib').deflateSync(bytes)
  const lines = [`literal ${bytes.length}`]
  for (let from = 0; from < packed.length; from += bytesPerLine) {
    const part = packed.subarray(from, from + bytesPerLine)
    lines.push(lengthSign(part.length) + base85(part))
  }
  return `${lines.join('\n')}\n`
}

/** `A` is 1, `Z` 26, `a` 27, `z` 52. */
function lengthSign(length: number): string {
  return String.fromCharCode(length <= 26 ? 64 + length : 70 + length)
}

/** Four bytes become five digits; the last group is filled up with zeros. */
function base85(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += 4) {
    let value = 0
    for (let at = 0; at < 4; at++) value = value * 256 + (bytes[from + at] ?? 0)
    let group = ''
    for (let at = 0; at < 5; at++) {
      group = digits.charAt(value % 85) + group
      value = Math.floor(value / 85)
    }
    text += group
  }
  return text
}
