/** Bytes of the web to text: byte order mark, the charset that was declared, what the bytes look like, in this order. */
import { decodeText } from '../base/encoding.ts'

/** How far in a page may declare its charset, as browsers have it. */
const declarationBytes = 4096

/** Undefined for what is not text. `partial`: the bytes are the beginning of something longer. */
export async function decodePage(
  bytes: Uint8Array,
  options: { charset: string | undefined; isHtml: boolean; partial: boolean },
): Promise<string | undefined> {
  const marked = (bytes[0] === 0xef && bytes[1] === 0xbb) || (bytes[0] ?? 0) >= 0xfe
  const declared = options.charset ?? (options.isHtml ? charsetOf(bytes) : undefined)
  if (declared !== undefined && !marked && !/^utf-?8$/i.test(declared)) {
    const iconv = await import('iconv-lite')
    // A page that says so in ASCII is not UTF-16, whatever it says.
    const known =
      iconv.encodingExists(declared) &&
      !(options.charset === undefined && /utf-?16/i.test(declared))
    if (known) return iconv.decode(bytes, declared)
  }
  return (await decodeText(bytes, { partial: options.partial }))?.text.replace(loneByte, '\ufffd')
}

/** `decodeText` keeps invalid bytes as lone surrogates, which only a file that is written back has use for. */
const loneByte = /(?<![\ud800-\udbff])[\udc80-\udcff]/g

function charsetOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, declarationBytes)).toString('latin1')
  return /<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1]
}
