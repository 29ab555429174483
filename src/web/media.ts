/** What a body is, by what its server and its bytes say. */

export interface MediaType {
  /** `text/html`, lower case; `application/octet-stream` where nobody says. */
  type: string
  charset: string | undefined
}

export function mediaTypeOf(header: string | undefined): MediaType {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim())
  const charset = parameters
    .map((part) => /^charset\s*=\s*"?([\w.:-]{1,40})"?$/i.exec(part)?.[1])
    .find((found) => found !== undefined)
  const usable = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type.toLowerCase() : 'application/octet-stream'
  return { type: usable, charset }
}

export function isHtml(type: string, bytes: Uint8Array): boolean {
  if (type === 'text/html' || type === 'application/xhtml+xml') return true
  return type === 'application/octet-stream' && looksLikeHtml(bytes)
}

/** Images, sound, films, fonts and packed files are never text, whatever their bytes look like; an SVG is. */
export function mayBeText(type: string): boolean {
  if (/[+/](xml|json|yaml|toml)$/.test(type)) return true
  return !/^(image|audio|video|font|model)\/|^application\/(pdf|zip|gzip|x-tar|wasm|vnd\.)/.test(
    type,
  )
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1')
  return /^\s*<(!--|!doctype html|html|head|body)/i.test(head)
}
