/**
 * Bytes to text and back without loss: UTF-8, UTF-16 and the legacy encodings that source files are found in. What
 * cannot be given back byte for byte says so (`lossless`), and a character that the encoding lacks is an error.
 */
import { CodiError } from './errors.ts'
import { detectLegacy } from './legacy-encoding.ts'

export interface TextFormat {
  /** `utf-8`, `utf-8+bytes` (with invalid bytes), `utf-16le`, `utf-16be`, or a name that iconv knows. */
  encoding: string
  bom: boolean
}

export interface DecodedText {
  /** Without byte order mark. In `utf-8+bytes` an invalid byte 0xNN stands as the lone surrogate U+DCNN. */
  text: string
  format: TextFormat
  /** False where encoding `text` again would not give the same bytes. */
  lossless: boolean
}

/** How far in a NUL byte makes a file binary, as git has it. */
const sniffBytes = 8000

/** Undefined for what is not text. `partial`: the bytes are the beginning of something longer. */
export async function decodeText(
  bytes: Uint8Array,
  options?: { partial?: boolean },
): Promise<DecodedText | undefined> {
  const utf16 = utf16Format(bytes)
  if (utf16) return decodeUtf16(bytes, utf16)
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff]))
    return undefined
  if (bytes.subarray(0, sniffBytes).includes(0)) return undefined

  const bom = startsWith(bytes, [0xef, 0xbb, 0xbf])
  const body = bom ? bytes.subarray(3) : bytes
  const plain = decodeUtf8(body, options?.partial ?? false)
  if (plain !== undefined) {
    if (hasManyControls(body)) return undefined
    return { text: plain, format: { encoding: 'utf-8', bom }, lossless: true }
  }
  if (hasManyControls(body)) return undefined
  if (bom || isMostlyUtf8(body)) {
    const text = decodeUtf8WithBytes(body)
    return { text, format: { encoding: 'utf-8+bytes', bom }, lossless: true }
  }
  return decodeLegacy(bytes)
}

/** Throws a CodiError of kind `invalid` that names the first character which the encoding lacks. */
export async function encodeText(text: string, format: TextFormat): Promise<Uint8Array> {
  const body = format.bom && text.startsWith('\ufeff') ? text.slice(1) : text
  switch (format.encoding) {
    case 'utf-8':
      return Buffer.from(format.bom ? `\ufeff${body}` : body, 'utf8')
    case 'utf-8+bytes':
      return encodeUtf8WithBytes(format.bom ? `\ufeff${body}` : body)
    case 'utf-16le':
      return Buffer.from(format.bom ? `\ufeff${body}` : body, 'utf16le')
    case 'utf-16be':
      return Buffer.from(format.bom ? `\ufeff${body}` : body, 'utf16le').swap16()
    default:
      return encodeLegacy(body, format.encoding)
  }
}

function utf16Format(bytes: Uint8Array): TextFormat | undefined {
  if (startsWith(bytes, [0xff, 0xfe]) && !startsWith(bytes, [0xff, 0xfe, 0, 0])) {
    return { encoding: 'utf-16le', bom: true }
  }
  if (startsWith(bytes, [0xfe, 0xff])) return { encoding: 'utf-16be', bom: true }
  return utf16WithoutMark(bytes)
}

/** Text in Western letters has a zero in every other byte; nothing else that is text has any. */
function utf16WithoutMark(bytes: Uint8Array): TextFormat | undefined {
  const sample = bytes.subarray(0, sniffBytes)
  if (sample.length < 4 || bytes.length % 2 !== 0) return undefined
  let even = 0
  let odd = 0
  for (let index = 0; index < sample.length; index++) {
    if (sample[index] !== 0) continue
    if (index % 2 === 0) even++
    else odd++
  }
  const half = sample.length / 2
  if (odd > half * 0.5 && even === 0) return { encoding: 'utf-16le', bom: false }
  if (even > half * 0.5 && odd === 0) return { encoding: 'utf-16be', bom: false }
  return undefined
}

function decodeUtf16(bytes: Uint8Array, format: TextFormat): DecodedText | undefined {
  const start = format.bom ? 2 : 0
  const even = bytes.length - (bytes.length % 2)
  const body = Buffer.from(bytes.subarray(start, even))
  const text = (format.encoding === 'utf-16be' ? body.swap16() : body).toString('utf16le')
  if (text.slice(0, sniffBytes).includes('\0')) return undefined
  return { text, format, lossless: even === bytes.length }
}

function decodeUtf8(bytes: Uint8Array, partial: boolean): string | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return decoder.decode(bytes, { stream: partial })
  } catch {
    return undefined
  }
}

/** Control characters that no text has; a few (a form feed, an escape sequence) are common. */
function hasManyControls(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, sniffBytes)
  let controls = 0
  for (const byte of sample) {
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) {
      controls++
    }
  }
  return controls > sample.length * 0.05
}

function isMostlyUtf8(bytes: Uint8Array): boolean {
  let valid = 0
  let invalid = 0
  for (let index = 0; index < bytes.length; ) {
    if ((bytes[index] ?? 0) < 0x80) {
      index++
      continue
    }
    const length = sequenceLength(bytes, index)
    if (length > 0) valid++
    else invalid++
    index += length || 1
  }
  return valid > invalid
}

function decodeUtf8WithBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let text = ''
  let from = 0
  for (let index = 0; index < bytes.length; ) {
    const byte = bytes[index] ?? 0
    const length = byte < 0x80 ? 1 : sequenceLength(bytes, index)
    if (length === 0) {
      text += buffer.toString('utf8', from, index) + String.fromCharCode(0xdc00 + byte)
      from = index + 1
    }
    index += length || 1
  }
  return text + buffer.toString('utf8', from)
}

const byteSurrogate = /(?<![\ud800-\udbff])[\udc80-\udcff]/

function encodeUtf8WithBytes(text: string): Uint8Array {
  const parts: Uint8Array[] = []
  let rest = text
  for (;;) {
    const at = rest.search(byteSurrogate)
    if (at < 0) break
    parts.push(Buffer.from(rest.slice(0, at), 'utf8'), Uint8Array.of(rest.charCodeAt(at) - 0xdc00))
    rest = rest.slice(at + 1)
  }
  return Buffer.concat([...parts, Buffer.from(rest, 'utf8')])
}

/** Length of the valid multi-byte sequence at `index` (no overlong form, no surrogate); 0 where there is none. */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const lead = bytes[index] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (lead < 0xc2 || lead > 0xf4 || index + length > bytes.length) return 0
  for (let next = 1; next < length; next++) {
    if (((bytes[index + next] ?? 0) & 0xc0) !== 0x80) return 0
  }
  const second = bytes[index + 1] ?? 0
  if (lead === 0xe0 && second < 0xa0) return 0
  if (lead === 0xed && second > 0x9f) return 0
  if (lead === 0xf0 && second < 0x90) return 0
  if (lead === 0xf4 && second > 0x8f) return 0
  return length
}

async function decodeLegacy(bytes: Uint8Array): Promise<DecodedText> {
  const iconv = await import('iconv-lite')
  const encoding = detectLegacy(bytes)
  const text = iconv.decode(bytes, encoding, { stripBOM: false })
  const lossless = Buffer.compare(iconv.encode(text, encoding), bytes) === 0
  return { text, format: { encoding, bom: false }, lossless }
}

async function encodeLegacy(text: string, encoding: string): Promise<Uint8Array> {
  const iconv = await import('iconv-lite')
  const bytes = iconv.encode(text, encoding)
  if (iconv.decode(bytes, encoding, { stripBOM: false }) === text) return bytes
  for (const char of text) {
    if (iconv.decode(iconv.encode(char, encoding), encoding, { stripBOM: false }) === char) continue
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    throw new CodiError(
      'invalid',
      `The file is written in ${encoding}, which has no “${char}” (U+${code}); use other characters or convert the file to UTF-8 first`,
    )
  }
  throw new CodiError('invalid', `The text cannot be written in ${encoding}, the file's encoding`)
}

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((byte, index) => bytes[index] === byte)
}
